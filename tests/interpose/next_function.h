// For libraries to preload: the function that would have been called without them. GL's come from
// eglGetProcAddress where no library has them by name. Thread-safe.
#pragma once

#include <EGL/egl.h>
#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace next_function {

inline void* find(const char* name) {
    void* next = dlsym(RTLD_NEXT, name);
    const bool is_gl = name[0] == 'g' && name[1] == 'l';
    const bool is_egl = name[0] == 'e' && name[1] == 'g' && name[2] == 'l';
    if (next == nullptr && (is_gl || is_egl)) {
        void* loader = dlsym(RTLD_NEXT, "eglGetProcAddress");
        if (loader != nullptr)
            next = reinterpret_cast<void*>(
                reinterpret_cast<decltype(&eglGetProcAddress)>(loader)(name));
    }
    if (next == nullptr) {
        std::fprintf(stderr, "interpose: there is no other %s\n", name);
        std::abort();
    }
    return next;
}

/// Found once.
template <typename Function>
Function* find_once(std::atomic<void*>& slot, const char* name) {
    void* next = slot.load(std::memory_order_acquire);
    if (next == nullptr) {
        next = find(name);
        slot.store(next, std::memory_order_release);
    }
    return reinterpret_cast<Function*>(next);
}

}  // namespace next_function

#define VITRINE_NEXT(function)                                                  \
    [] {                                                                        \
        static std::atomic<void*> slot;                                         \
        return next_function::find_once<decltype(::function)>(slot, #function); \
    }()
