// The EGL functions that we call, as one table, so that a test can put its own in front of the
// driver's. Core functions are linked; extensions are null where the driver lacks them. Plain
// values; reentrant.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>

// VITRINE_EGL_CORE(X), X(name): functions that every EGL 1.4 has.
#define VITRINE_EGL_CORE(X) \
    X(BindAPI)              \
    X(ChooseConfig)         \
    X(CreateContext)        \
    X(CreatePbufferSurface) \
    X(DestroyContext)       \
    X(DestroySurface)       \
    X(GetCurrentContext)    \
    X(GetCurrentDisplay)    \
    X(GetDisplay)           \
    X(GetError)             \
    X(Initialize)           \
    X(MakeCurrent)          \
    X(QueryString)          \
    X(ReleaseThread)        \
    X(Terminate)

// VITRINE_EGL_EXTENSIONS(X), X(name, type): may be null.
#define VITRINE_EGL_EXTENSIONS(X)                             \
    X(GetPlatformDisplayEXT, PFNEGLGETPLATFORMDISPLAYEXTPROC) \
    X(QueryDevicesEXT, PFNEGLQUERYDEVICESEXTPROC)             \
    X(QueryDeviceStringEXT, PFNEGLQUERYDEVICESTRINGEXTPROC)   \
    X(CreateImageKHR, PFNEGLCREATEIMAGEKHRPROC)               \
    X(DestroyImageKHR, PFNEGLDESTROYIMAGEKHRPROC)             \
    X(CreateSyncKHR, PFNEGLCREATESYNCKHRPROC)                 \
    X(DestroySyncKHR, PFNEGLDESTROYSYNCKHRPROC)               \
    X(ClientWaitSyncKHR, PFNEGLCLIENTWAITSYNCKHRPROC)         \
    X(GetSyncAttribKHR, PFNEGLGETSYNCATTRIBKHRPROC)           \
    X(GetDisplayDriverName, PFNEGLGETDISPLAYDRIVERNAMEPROC)   \
    X(QueryDmaBufFormatsEXT, PFNEGLQUERYDMABUFFORMATSEXTPROC) \
    X(QueryDmaBufModifiersEXT, PFNEGLQUERYDMABUFMODIFIERSEXTPROC)

namespace vitrine {

struct EglFunctions {
#define VITRINE_MEMBER(name) decltype(&::egl##name) name = nullptr;
    VITRINE_EGL_CORE(VITRINE_MEMBER)
#undef VITRINE_MEMBER
#define VITRINE_MEMBER(name, type) type name = nullptr;
    VITRINE_EGL_EXTENSIONS(VITRINE_MEMBER)
#undef VITRINE_MEMBER
};

[[nodiscard]] EglFunctions load_egl();

/// "EGL_BAD_ALLOC".
[[nodiscard]] const char* egl_error_name(EGLint error);

}  // namespace vitrine
