#include "hw/buffer_allocator.h"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "hw/allocator_rows.h"
#include "hw/dma_buf_sync.h"

namespace vitrine {
namespace {

using Row = std::vector<AllocatorTrial> (*)(const std::shared_ptr<Kernel>&);
constexpr std::array<Row, 3> kRows = {open_dma_heaps, open_udmabuf, open_memfd};

Result<void> sync_cpu_access(Kernel& kernel, int fd, uint64_t flags) {
    const int error = sync_dma_buf(kernel, fd, flags);
    if (error == 0) return {};
    return fail(Errc::io, "DMA_BUF_IOCTL_SYNC on descriptor {}: {}", fd, errno_text(error));
}

}  // namespace

SharedBuffer::SharedBuffer(std::shared_ptr<Kernel> kernel, UniqueFd fd, DmaBufObject object,
                           bool is_dma_buf)
    : kernel_(std::move(kernel)), fd_(std::move(fd)), object_(object), is_dma_buf_(is_dma_buf) {}

SharedBuffer::SharedBuffer(std::span<std::byte> memory)
    : object_{-1, memory.size(), {}, memory.data()}, is_dma_buf_(false) {}

SharedBuffer::~SharedBuffer() {
    if (kernel_ && object_.mapping != nullptr) kernel_->munmap(data(), object_.size);
}

std::byte* SharedBuffer::data() const {
    return const_cast<std::byte*>(object_.mapping);  // the mapping was made writable
}

Result<void> SharedBuffer::begin_cpu_access() {
    if (!is_dma_buf_) return {};
    return sync_cpu_access(*kernel_, fd_.get(), DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
}

Result<void> SharedBuffer::end_cpu_access() {
    if (!is_dma_buf_) return {};
    return sync_cpu_access(*kernel_, fd_.get(), DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
}

std::vector<AllocatorTrial> open_allocators(const std::shared_ptr<Kernel>& kernel) {
    std::vector<AllocatorTrial> trials;
    for (const Row row : kRows) {
        for (AllocatorTrial& trial : row(kernel)) trials.push_back(std::move(trial));
    }
    return trials;
}

std::vector<AllocatorTrial> open_allocators_for_device(const std::shared_ptr<Kernel>& kernel) {
    auto trials = open_allocators(kernel);
    std::stable_partition(trials.begin(), trials.end(), [](const AllocatorTrial& trial) {
        return trial.allocator && (*trial.allocator)->contiguous();
    });
    return trials;
}

Result<size_t> whole_pages(size_t size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const auto most = static_cast<size_t>(std::numeric_limits<off_t>::max());
    if (size == 0 || size > most - page) {
        return fail(Errc::invalid_argument, "a buffer of {} bytes cannot be made", size);
    }
    return (size + page - 1) / page * page;
}

Result<UniqueFd> make_memfd(Kernel& kernel, size_t size) {
    UniqueFd fd(kernel.memfd_create("vitrine", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd) return fail(errc_of(errno), "memfd_create: {}", errno_text(errno));
    if (kernel.ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
        return fail(errc_of(errno), "ftruncate of a memfd to {} bytes: {}", size,
                    errno_text(errno));
    }
    if (kernel.add_seals(fd.get(), F_SEAL_SHRINK) != 0) {
        return fail(errc_of(errno), "sealing a memfd: {}", errno_text(errno));
    }
    return fd;
}

Result<std::unique_ptr<SharedBuffer>> map_buffer(std::shared_ptr<Kernel> kernel,
                                                 std::string_view owner, UniqueFd fd, size_t size,
                                                 bool is_dma_buf) {
    struct stat status {};
    if (kernel->fstat(fd.get(), status) != 0) {
        return fail(errc_of(errno), "{}: fstat: {}", owner, errno_text(errno));
    }
    void* address = kernel->mmap(fd.get(), size, 0);
    if (address == MAP_FAILED) {
        return fail(errc_of(errno), "{}: mmap of {} bytes: {}", owner, size, errno_text(errno));
    }
    const DmaBufObject object{fd.get(), size, identity_of(status),
                              static_cast<const std::byte*>(address)};
    return std::make_unique<SharedBuffer>(std::move(kernel), std::move(fd), object, is_dma_buf);
}

AllocatorTrial prove(std::string name, std::unique_ptr<BufferAllocator> allocator) {
    auto buffer = allocator->allocate(1);
    if (!buffer) return {std::move(name), Failure(buffer.error())};
    return {std::move(name), std::move(allocator)};
}

}  // namespace vitrine
