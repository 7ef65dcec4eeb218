#!/bin/sh
# `vitrine doctor` on machines that lack something, each in its own way: what is wrong with a rung is
# said with how to mend it, and the rungs that play say how fast and with how many copies.
# Usage: doctor_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
. "$(dirname "$0")/cases.sh"
export LIBGL_ALWAYS_SOFTWARE=1  # whatever GPU there is

# examine NAME STATUS PROFILE FAULT ARGUMENT...
examine() {
    name=$1 status=$2 profile=$3 fault=$4
    shift 4
    on_device "$name" "$profile" "$fault" "$program" doctor "$@"
    expect_status "$name" "$status"
}

examine works 0 spec source-change@40 "$clip"
expect works "v4l2 played [0-9.]* 0 /dev/video10 [^>]*> dma-buf > dmabuf drm-prime"
expect works "drm-prime left - - reason no decoder for h264 in this FFmpeg gives out dma-bufs hint this libavcodec"
expect works "software, imported played [0-9.]* 0 h264 > [a-z]* > dmabuf software"
expect works "software, uploaded played [0-9.]* 1 h264 > memory > upload reason the CPU copies each picture"
expect works 'hint "software, imported" does without'
expect works "graphics llvmpipe.*hint: a software renderer draws"

examine none 0 "" "" "$clip"
expect none "v4l2 left - - reason there is no /dev/video\* hint no driver of a video decoder"
examine denied 0 spec open-denied "$clip"
expect denied "v4l2 left - - reason /dev/video10 belongs to root:root (0660): it"
examine memory 0 spec no-memory "$clip"
expect memory "v4l2 left - - reason .*Cannot allocate memory.* hint the kernel's contiguous memory (CMA) is too small"
expect memory "dtoverlay=vc4-kms-v3d,cma-512 into config.txt"
examine columns 0 spec-columns "" "$clip"
expect columns "v4l2 played [0-9.]* 2 /dev/video10 [^>]*> dma-buf > upload reason dmabuf: nv12 cannot be imported: EGL"
expect columns "hint a software renderer draws, which imports plain rows only"

examine json 0 "" "" --json "$clip"
expect json '"schema": 1'
expect json '"outcome": "played"'

# Without any GL no rung plays.
export __EGL_VENDOR_LIBRARY_FILENAMES=/nonexistent
examine blind 3 "" "" "$clip"
unset __EGL_VENDOR_LIBRARY_FILENAMES
expect blind "software, uploaded left - - reason"

# What is wrong with the file is no fault of the rungs.
examine missing 3 "" "" "$folder/none.mp4"
expect missing "none.mp4: cannot be opened: No such file"
examine script 3 "" "" "$0"
examine nothing 2 "" ""
examine two 2 "" "" "$clip" "$clip"
examine stdin 2 "" "" -
