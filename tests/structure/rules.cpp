#include "tests/structure/rules.h"

namespace vitrine::structure {

std::span<const Library> libraries() {
    static const std::vector<Library> table = {
        // Every room may use these; what has no dot in its name is the C++ library's.
        {"system",
         {"arpa/inet.h", "dirent.h",     "dlfcn.h",  "fcntl.h",   "grp.h",   "link.h",
          "math.h",      "netinet/in.h", "poll.h",   "pthread.h", "pwd.h",   "sched.h",
          "signal.h",    "spawn.h",      "stddef.h", "stdint.h",  "stdio.h", "stdlib.h",
          "sys/",        "termios.h",    "time.h",   "unistd.h"},
         {"Threads::Threads", "${CMAKE_DL_LIBS}", "m"}},
        {"kernel", {"linux/", "sys/ioctl.h"}, {}},
        {"expected", {"tl/"}, {"tl::expected"}},
        {"fmt", {"fmt/"}, {"fmt::fmt"}},
        {"fourcc", {"drm_fourcc.h"}, {"PkgConfig::DRM"}},
        {"drm",
         {"xf86drm.h", "xf86drmMode.h", "drm.h", "drm_mode.h", "libdrm/"},
         {"PkgConfig::DRM"}},
        {"ffmpeg",
         {"libavcodec/", "libavfilter/", "libavformat/", "libavutil/", "libswresample/",
          "libswscale/"},
         {"PkgConfig::FFMPEG"}},
        {"gl",
         {"EGL/", "GLES2/", "GLES3/", "KHR/", "gbm.h"},
         {"PkgConfig::EGL", "PkgConfig::GLES", "PkgConfig::GBM"}},
        {"cuda",
         {"cuda.h", "cuda_runtime.h", "cudaGL.h", "cudaEGL.h", "ffnvcodec/", "nvcuvid.h"},
         {"PkgConfig::FFNVCODEC"}},
        {"sdl", {"SDL.h", "SDL_", "SDL2/"}, {"PkgConfig::SDL2"}},
        {"gtk",
         {"epoxy/", "gdk/", "glib-unix.h", "gtk/"},
         {"PkgConfig::GTK4", "PkgConfig::GTK4_16"}},
        {"qt", {"QtCore/", "QtGui/", "QtOpenGL/"}, {"Qt6::OpenGL"}},
        {"ass", {"ass/"}, {"PkgConfig::ASS"}},
        {"png", {"png.h"}, {"PNG::PNG"}},
        {"cli11", {"CLI/"}, {"CLI11::CLI11"}, true},
        {"json", {"nlohmann/"}, {"nlohmann_json::nlohmann_json"}, true},
        {"vitrine", {"vitrine/"}, {"vitrine::vitrine"}},
        {"gtest", {"gtest/", "gmock/"}, {"GTest::gtest", "GTest::gtest_main", "GTest::gmock"}},
    };
    return table;
}

std::span<const Room> rooms() {
    static const std::vector<Room> table = {
        {"core", {}, {"expected", "fmt", "fourcc"}},
        {"hw", {"core"}, {"expected", "fmt", "fourcc", "drm", "kernel", "cuda"}},
        {"hw/av", {"core", "hw"}, {"expected", "fmt", "fourcc", "drm", "ffmpeg"}},
        {"decode", {"core", "hw", "hw/av"}, {"expected", "fmt", "fourcc", "ffmpeg"}},
        {"capture", {"core", "hw"}, {"expected", "fmt", "fourcc", "kernel"}},
        {"encode", {"core", "hw", "hw/av"}, {"expected", "fmt", "fourcc", "ffmpeg"}},
        {"share", {"core"}, {"expected", "fmt", "fourcc"}},
        {"render",
         {"core", "hw", "shaders"},
         {"expected", "fmt", "fourcc", "gl", "cuda", "kernel"}},
        {"shaders", {}, {}},
        // hw for the allocators: only from here on are the room that makes pool memory and the room
        // that proves its import both in sight.
        {"player",
         {"core", "hw", "hw/av", "decode", "render", "player/sound"},
         {"expected", "fmt", "ass", "json"}},
        {"player/sound", {"core"}, {"expected", "fmt", "sdl"}},
        {"embed", {"core", "player", "player/sound", "render"}, {"expected", "fmt", "fourcc"}},
        {"examples", {}, {"gl", "gtk", "qt", "sdl", "vitrine"}},
        {"app",
         {"core", "hw", "decode", "capture", "encode", "share", "render", "shaders", "player",
          "player/sound", "embed"},
         {"expected", "fmt", "fourcc", "drm", "kernel", "ffmpeg", "gl", "sdl", "png", "cli11",
          "json"}},
        {"tests", {"*"}, {"*"}},
        {"bench", {"*"}, {"*"}},
    };
    return table;
}

}  // namespace vitrine::structure
