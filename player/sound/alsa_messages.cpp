#include "player/sound/alsa_messages.h"

#include <dlfcn.h>

#include <array>
#include <cstdarg>
#include <cstdio>

#include "core/log.h"

namespace vitrine {
namespace {

// As alsa/error.h has them. The library is only there where SDL uses it, so nothing is linked.
using Handler = void (*)(const char* file, int line, const char* function, int error,
                         const char* format, ...);
using SetHandler = int (*)(Handler);

void log_message(const char* /*file*/, int /*line*/, const char* function, int /*error*/,
                 const char* format, ...) {
    std::array<char, 512> text{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    log_debug("ALSA: {}: {}", function, text.data());
}

}  // namespace

void route_alsa_messages() {
    // Stays loaded: the handler is of use as long as SDL may load it again.
    void* library = dlopen("libasound.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const auto set = reinterpret_cast<SetHandler>(dlsym(library, "snd_lib_error_set_handler"));
    if (set != nullptr) set(&log_message);
}

}  // namespace vitrine
