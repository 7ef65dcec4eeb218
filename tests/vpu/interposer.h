// What the two interposer files share, and tests that link them: the process's one Emulator, and
// the way to the functions that they stand before. Thread-safe.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "tests/vpu/emulator.h"

namespace vpu::interposer {

/// The one object of the process: libc's functions have no argument to pass it in. It is never
/// destroyed, because other threads may call libc until the very end; its counters are written by
/// an exit handler.
[[nodiscard]] Emulator& emulator();

/// Puts another in its place, for a test that links vitrine_vpu_objects, while no node is open. The
/// process ends where the settings cannot be read.
Emulator& use(const Settings& settings);

/// The emulator where that descriptor is one of its devices, or null. Looks at nothing until a node
/// was opened: libc is called long before this library, or a sanitizer's, is ready for more.
[[nodiscard]] Emulator* owner_of(int fd);

/// That this process has called so far, on a device of the emulator or anything else.
[[nodiscard]] uint64_t ioctls();

/// The next function of that name, which is libc's or a sanitizer's. Found at the first call,
/// without a guarded initialization, which a sanitizer that is itself just starting would stumble
/// over.
template <typename Function>
class Next {
  public:
    constexpr explicit Next(const char* name) : name_(name) {}

    template <typename... Arguments>
    auto operator()(Arguments... arguments) {
        Function found = found_.load(std::memory_order_relaxed);
        if (found == nullptr) {
            found = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name_));
            found_.store(found, std::memory_order_relaxed);
        }
        return found(arguments...);
    }

  private:
    const char* name_;
    std::atomic<Function> found_{nullptr};
};

inline int give(int answer) {
    if (answer >= 0) return answer;
    errno = -answer;
    return -1;
}

inline bool is_node(const char* path) {
    return path != nullptr && Emulator::owns_path(path);
}

}  // namespace vpu::interposer
