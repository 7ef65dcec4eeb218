#!/bin/sh
# Plays a clip on a machine whose V4L2 decoder opens and then fails on its first frame, and compares
# every frame with those of the software decoder: none is lost, none comes twice.
#
#   first_frame.sh PROGRAM VPU_LIBRARY CLIP FAULT REASON
#
# FAULT: of tests/vpu/fault.h, or "none": an unmodified FFmpeg gives no dma-bufs. REASON: why the
# device's row is to be out. Exit 77, but for CI: this FFmpeg has no such decoder.
set -eu
program=$1 library=$2 clip=$3 fault=$4 reason=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "$fault" = none ] && fault=

play() {
    "$@" "$program" --output=null --untimed --frame-hash="$work/hashes" "$clip" 2>"$work/log" ||
        { cat "$work/log"; exit 1; }
}

play env
mv "$work/hashes" "$work/software"
if ! grep -q 'h264_v4l2m2m' "$work/log"; then
    echo "this FFmpeg has no h264_v4l2m2m"
    [ "${CI-}" = true ] || exit 77
    exit 1
fi
play env VITRINE_VPU_FAULT="$fault" LD_PRELOAD="$library"
tr -s ' \n' ' ' <"$work/log" | grep -q "not drm-prime (h264_v4l2m2m): .*$reason" ||
    { cat "$work/log"; exit 1; }
grep -q 'path *decoder h264 (software)' "$work/log"
[ "$(grep -vc '^#' "$work/software")" -ge 50 ]
cmp "$work/software" "$work/hashes"
