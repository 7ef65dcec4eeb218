// Memory that EGL can import on a machine without dma-bufs: a memfd, mapped for writing.
// It owns its descriptor and mapping. Thread-bound.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <stdexcept>

#include "core/frame.h"
#include "core/unique_fd.h"

namespace vitrine::test {

class MemfdBuffer {
  public:
    explicit MemfdBuffer(size_t size)
        : fd_(memfd_create("vitrine-test", MFD_CLOEXEC)), size_((size + 4095) / 4096 * 4096) {
        if (!fd_ || ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0)
            throw std::runtime_error("memfd_create");
        void* address = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
        if (address == MAP_FAILED) throw std::runtime_error("mmap of a memfd");
        data_ = static_cast<std::byte*>(address);
    }
    ~MemfdBuffer() { munmap(data_, size_); }
    MemfdBuffer(const MemfdBuffer&) = delete;
    MemfdBuffer& operator=(const MemfdBuffer&) = delete;

    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] size_t size() const { return size_; }
    /// With the CPU's view in it.
    [[nodiscard]] DmaBufObject object() const {
        DmaBufObject object = inspect_dma_buf(fd_.get()).value();
        object.mapping = data_;
        return object;
    }

  private:
    UniqueFd fd_;
    size_t size_;
    std::byte* data_ = nullptr;
};

}  // namespace vitrine::test
