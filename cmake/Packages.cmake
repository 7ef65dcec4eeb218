# Everything comes from the system's packages; README names them, ./dev installs them.
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PNG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(DRM REQUIRED IMPORTED_TARGET libdrm)
pkg_check_modules(EGL REQUIRED IMPORTED_TARGET egl)
pkg_check_modules(GLES REQUIRED IMPORTED_TARGET glesv2)
pkg_check_modules(SDL2 REQUIRED IMPORTED_TARGET sdl2>=2.0.20)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
    libavformat>=59.27 libavcodec>=59.37 libavutil>=57.28 libswscale>=6.7
    libswresample>=4.7)
pkg_check_modules(FFMPEG_FILTERS REQUIRED libavfilter>=8.44)  # headers: it is loaded when it is needed
# Headers of NVIDIA's driver, which is looked for at run time; without them NVDEC is left out.
option(VITRINE_CUDA "Take pictures from NVIDIA's decoder, where ffnvcodec is there" ON)
set(VITRINE_HAS_CUDA FALSE)
if(VITRINE_CUDA)
    pkg_check_modules(FFNVCODEC IMPORTED_TARGET ffnvcodec)
    set(VITRINE_HAS_CUDA ${FFNVCODEC_FOUND})
endif()
