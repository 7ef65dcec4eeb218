#include "hw/device_memory.h"

#include "core/log.h"

namespace vitrine {

void DeviceMemory::open() {
    if (std::exchange(opened_, true)) return;
    for (AllocatorTrial& trial : open_allocators_for_device(kernel_)) {
        if (trial.allocator) {
            left_.push_back(std::move(*trial.allocator));
        } else {
            say_refused(trial.name, trial.allocator.error());
        }
    }
}

BufferAllocator* DeviceMemory::best() {
    open();
    return left_.empty() ? nullptr : left_.front().get();
}

void DeviceMemory::refuse(const Error& why) {
    say_refused(left_.front()->name(), why);
    left_.erase(left_.begin());
    taken_ = false;
}

void DeviceMemory::note_taken() {
    if (!std::exchange(taken_, true)) log_info("{}: its buffers are {}", device_, best()->name());
}

void DeviceMemory::say_refused(std::string_view name, const Error& why) {
    ran_out_ |= why.code == Errc::unavailable;
    refused_.push_back(fmt::format("{}: {}", name, why.text));
    log_info("{}: no buffers of {}", device_, refused_.back());
}

Failure DeviceMemory::nothing_left() const {
    return fail(ran_out_ ? Errc::unavailable : Errc::unsupported, "{} takes no memory of ours ({})",
                device_, fmt::join(refused_, "; "));
}

}  // namespace vitrine
