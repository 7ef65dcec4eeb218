// A dma-buf made of the pages of a memfd (linux/udmabuf.h): cached memory, any size up to the
// module's size_limit_mb, on every kernel with CONFIG_UDMABUF.
#include <fcntl.h>
#include <linux/udmabuf.h>

#include <cerrno>

#include "hw/allocator_rows.h"

namespace vitrine {
namespace {

constexpr const char* kNode = "/dev/udmabuf";

class UdmabufAllocator final : public BufferAllocator {
  public:
    UdmabufAllocator(std::shared_ptr<Kernel> kernel, UniqueFd device)
        : kernel_(std::move(kernel)), device_(std::move(device)) {}
    std::string_view name() const override { return "udmabuf"; }

    Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) override {
        const auto bytes = whole_pages(size);
        if (!bytes) return Failure(bytes.error());
        const auto memory = make_memfd(*kernel_, *bytes);
        if (!memory) return Failure(memory.error());
        udmabuf_create request{};
        request.memfd = static_cast<uint32_t>(memory->get());
        request.flags = UDMABUF_FLAGS_CLOEXEC;
        request.size = *bytes;
        // The dma-buf keeps the pages: the memfd may go.
        UniqueFd fd(kernel_->ioctl(device_.get(), UDMABUF_CREATE, &request));
        if (!fd) {
            return fail(errc_of(errno), "{}: UDMABUF_CREATE of {} bytes: {}", kNode, *bytes,
                        errno_text(errno));
        }
        return map_buffer(kernel_, name(), std::move(fd), *bytes, true);
    }

  private:
    const std::shared_ptr<Kernel> kernel_;
    UniqueFd device_;
};

}  // namespace

std::vector<AllocatorTrial> open_udmabuf(const std::shared_ptr<Kernel>& kernel) {
    std::vector<AllocatorTrial> trials;
    UniqueFd device(kernel->open(kNode, O_RDWR | O_CLOEXEC));
    if (!device) {
        trials.push_back({"udmabuf", Failure(explain_open_failure(*kernel, kNode, errno))});
    } else {
        auto allocator = std::make_unique<UdmabufAllocator>(kernel, std::move(device));
        trials.push_back(prove("udmabuf", std::move(allocator)));
    }
    return trials;
}

}  // namespace vitrine
