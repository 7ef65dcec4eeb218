# Cross building for arm64 Debian: the sysroot is a root with the libraries, which `./dev cross
# arm64` makes and names in the environment; programs run in it by qemu's user emulation.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

if(DEFINED ENV{VITRINE_SYSROOT})
    set(VITRINE_SYSROOT "$ENV{VITRINE_SYSROOT}" CACHE PATH "arm64 root with the libraries")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES VITRINE_SYSROOT)
set(CMAKE_SYSROOT "${VITRINE_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR}
    "${VITRINE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${VITRINE_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${VITRINE_SYSROOT}")

# Debian 13 has the static emulator without the suffix.
find_program(VITRINE_QEMU NAMES qemu-aarch64-static qemu-aarch64 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR "${VITRINE_QEMU};-L;${VITRINE_SYSROOT}")
