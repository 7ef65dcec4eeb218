#!/bin/sh
# Decodes a clip twice with the unmodified ffmpeg program, by its V4L2 wrapper on the emulated VPU and
# in software, and compares the visible pictures one by one.
#
#   decode_with_ffmpeg.sh LIBRARY PROFILE DECODER CLIP
#
# CLIP is a file's name in $VITRINE_TEST_MEDIA, or ENCODER:EXTENSION to generate one. Exit 0: equal; 1: not;
# 77: nothing to try with (for an encoder in CI: 1).
set -eu
library=$1 profile=$2 decoder=$3 clip=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $clip in
*:*)
    encoder=${clip%%:*}
    if ! ffmpeg -hide_banner -encoders 2>/dev/null | grep -q " $encoder "; then
        echo "this ffmpeg has no encoder $encoder"
        [ "${CI-}" = true ] || exit 77
        exit 1
    fi
    clip=$work/clip.${clip#*:}
    # Not a multiple of 16 in either direction, so that cropping counts.
    ffmpeg -v error -nostdin -f lavfi -i testsrc2=size=330x182:rate=25:duration=3 \
        -pix_fmt yuv420p -c:v "$encoder" -g 20 -b:v 1M -f "${clip##*.}" "$clip"
    ;;
*)
    clip=${VITRINE_TEST_MEDIA:-VITRINE_TEST_MEDIA is not set}/$clip
    ;;
esac
if ! [ -r "$clip" ]; then
    echo "no clip $clip"
    exit 77
fi

pictures() {
    grep -v '^#' "$1" | awk '{ print $NF }'
}

# As many buffers as it takes: the program's own threads hold pictures, and of those that it cannot
# hold it drops some.
VITRINE_VPU_PROFILE=$profile VITRINE_VPU_COUNTERS=$work/counters LD_PRELOAD=$library \
    ffmpeg -v warning -nostdin -c:v "$decoder" -num_capture_buffers 32 -i "$clip" -map 0:v:0 -fps_mode passthrough -pix_fmt yuv420p \
    -f framemd5 "$work/device"
ffmpeg -v error -nostdin -i "$clip" -map 0:v:0 -fps_mode passthrough -pix_fmt yuv420p -f framemd5 "$work/software"
pictures "$work/device" >"$work/device.sums"
pictures "$work/software" >"$work/software.sums"

count=$(wc -l <"$work/software.sums")
echo "$decoder on $profile: $(wc -l <"$work/device.sums") pictures, software $count"
cat "$work/counters"
[ "$count" -gt 0 ]
grep -q "\"pictures\": $count," "$work/counters"
grep -q '"violation_count": 0,' "$work/counters"
cmp "$work/device.sums" "$work/software.sums"
