#include "render/glx.h"

#include <dlfcn.h>

namespace vitrine {
namespace {

GlxFunctions find_in(void* library) {
    GlxFunctions glx;
    glx.GetCurrentContext = reinterpret_cast<void* (*)()>(dlsym(library, "glXGetCurrentContext"));
    glx.GetProcAddress = reinterpret_cast<GlLoader>(dlsym(library, "glXGetProcAddressARB"));
    const bool whole = glx.GetCurrentContext != nullptr && glx.GetProcAddress != nullptr;
    return whole ? glx : GlxFunctions{};
}

/// A toolkit may have opened it for all, and close it before a renderer goes.
void keep_loaded(void* function) {
    Dl_info found{};
    if (dladdr(function, &found) == 0 || found.dli_fname == nullptr) return;
    void* library = dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    if (library != nullptr) dlclose(library);
}

}  // namespace

GlxFunctions load_glx() {
    if (const GlxFunctions linked = find_in(RTLD_DEFAULT); linked.GetCurrentContext != nullptr) {
        keep_loaded(reinterpret_cast<void*>(linked.GetCurrentContext));
        return linked;
    }
    for (const char* name : {"libGLX.so.0", "libGL.so.1"}) {
        // It stays: a renderer may be destroyed after its toolkit has closed the library.
        void* library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
        if (library == nullptr) continue;
        const GlxFunctions found = find_in(library);
        dlclose(library);
        if (found.GetCurrentContext != nullptr) return found;
    }
    return {};
}

}  // namespace vitrine
