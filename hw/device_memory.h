// Memory of ours for the buffers of a device that has none, or none that can be shared: which
// allocator's it takes nobody can ask, so each is tried, contiguous memory first. What it refused
// it is not offered again, and that is said once. Thread-bound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/buffer_allocator.h"

namespace vitrine {

class DeviceMemory {
  public:
    /// device: for people, "/dev/video10". Nothing is opened before the first look at best().
    DeviceMemory(std::shared_ptr<Kernel> kernel, std::string device)
        : kernel_(std::move(kernel)), device_(std::move(device)) {}

    /// The best allocator that was not refused; null where there is none left.
    [[nodiscard]] BufferAllocator* best();
    /// The device does not take what best() makes, or it makes nothing: the next one is best.
    void refuse(const Error& why);
    /// The device takes what best() makes.
    void note_taken();
    /// Why there is none left. Errors: unavailable where one had run out of memory, which may come
    /// back; else unsupported.
    [[nodiscard]] Failure nothing_left() const;

  private:
    void open();
    void say_refused(std::string_view name, const Error& why);

    const std::shared_ptr<Kernel> kernel_;
    const std::string device_;
    bool opened_ = false;
    bool taken_ = false;
    bool ran_out_ = false;
    std::vector<std::unique_ptr<BufferAllocator>> left_;  // the best one first
    std::vector<std::string> refused_;                    // at most one reason for each allocator
};

}  // namespace vitrine
