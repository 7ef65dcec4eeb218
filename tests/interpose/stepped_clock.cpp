// A library to preload. The time of day is off by as many seconds as the file says that
// VITRINE_CLOCK_STEP names, from when it says so: what somebody does who sets the clock. Other
// clocks are left alone. Thread-safe.
#include <dlfcn.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "tests/interpose/next_function.h"

namespace {

/// Asked anew each time.
time_t step() {
    const char* path = std::getenv("VITRINE_CLOCK_STEP");
    FILE* file = path == nullptr ? nullptr : std::fopen(path, "re");
    if (file == nullptr) return 0;
    char text[32] = "";
    const bool read = std::fgets(text, sizeof text, file) != nullptr;
    std::fclose(file);
    return read ? std::atol(text) : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    const int code = VITRINE_NEXT(clock_gettime)(clock, now);
    const bool of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (code == 0 && of_day) now->tv_sec += step();
    return code;
}
int gettimeofday(timeval* now, void* zone) noexcept {
    const int code = VITRINE_NEXT(gettimeofday)(now, zone);
    if (code == 0) now->tv_sec += step();
    return code;
}
time_t time(time_t* out) noexcept {
    const time_t now = VITRINE_NEXT(time)(nullptr) + step();
    if (out != nullptr) *out = now;
    return now;
}

}  // extern "C"
