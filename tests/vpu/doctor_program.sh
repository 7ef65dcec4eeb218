#!/bin/sh
# `vitrine doctor` on machines that lack something, each in its own way: what is wrong with a rung is
# said with how to mend it, and the rungs that play say how fast and with how many copies.
# Usage: doctor_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
program=$1 library=$2 clip=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# examine STATUS FAULT ARGUMENT...: with an emulated decoder that does wrong in this way; "": none.
examine() {
    status=$1 fault=$2
    shift 2
    if [ -n "$fault" ]; then
        VITRINE_VPU_PROFILE=spec VITRINE_VPU_FAULT=$fault LD_PRELOAD=$library \
            timeout 60 "$program" doctor "$@" >"$folder/out" 2>"$folder/err"
    else
        timeout 60 "$program" doctor "$@" >"$folder/out" 2>"$folder/err"
    fi
    seen=$?
    tr '\n' ' ' <"$folder/out" | tr -s ' ' >"$folder/said"
    [ $seen = "$status" ] || fail "status $seen, not $status: $fault $*"
}
fail() {
    echo "$1" >&2
    cat "$folder/out" "$folder/err" >&2
    exit 1
}
expect() { grep -q -e "$1" "$folder/said" || fail "does not say: $1"; }

examine 0 "source-change@40" "$clip"
expect "v4l2 played [0-9.]* 0 /dev/video10 [^>]*> dma-buf > dmabuf"
expect "drm-prime left - - reason no decoder for h264 in this FFmpeg gives out dma-bufs hint this libavcodec"
expect "software, imported played [0-9.]* 0 h264 > [a-z]* > dmabuf"
expect "software, uploaded played [0-9.]* 1 h264 > memory > upload"
expect "graphics llvmpipe.*hint: a software renderer draws"

examine 0 open-denied "$clip"
expect "v4l2 left - - reason /dev/video10 belongs to root:root (0660): its rights admit its owner only"
examine 0 no-memory "$clip"
expect "v4l2 left - - reason .*Cannot allocate memory.* hint the kernel's contiguous memory (CMA) is too small"
expect "dtoverlay=vc4-kms-v3d,cma-512 into config.txt"

if [ ! -e /dev/video0 ] && [ ! -e /dev/video10 ]; then
    examine 0 "" "$clip"
    expect "v4l2 left - - reason there is no /dev/video\* hint no driver of a video decoder"
fi
if [ ! -e /dev/dri ]; then
    examine 0 "" "$clip"
    expect "vaapi left - - reason .*there is no /dev/dri/renderD\*) hint no driver of a GPU"
fi
examine 0 "" --json "$clip"
grep -q '"schema": 1' "$folder/out" || fail "no schema"
grep -q '"outcome": "played"' "$folder/out" || fail "nothing played"

# Without any GL no rung plays.
if [ -n "$(ls /usr/share/glvnd/egl_vendor.d 2>/dev/null)" ]; then
    export __EGL_VENDOR_LIBRARY_FILENAMES=/nonexistent
    examine 3 "" "$clip"
    unset __EGL_VENDOR_LIBRARY_FILENAMES
    expect "software, uploaded left - - reason"
fi

# What is wrong with the file is no fault of the rungs.
examine 3 "" "$folder/none.mp4"
grep -q "none.mp4: cannot be opened: No such file" "$folder/err" || fail "no reason"
examine 3 "" "$0"
examine 2 ""
examine 2 "" "$clip" "$clip"
examine 2 "" -
