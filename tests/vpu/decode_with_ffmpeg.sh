#!/bin/sh
# Decodes clips twice with the unmodified ffmpeg program, by its V4L2 wrapper on the emulated VPU and
# in software, and compares the visible pictures one by one.
#
#   decode_with_ffmpeg.sh LIBRARY PROFILE DECODER CLIP...
#
# CLIP is ENCODER:EXTENSION[:OPTIONS] to generate one, or a file's name, which is looked for in
# $VITRINE_TEST_MEDIA where that is set. Exit 0: equal; 1: not, or an encoder is missing in CI; 77: this
# ffmpeg lacks an encoder.
set -eu
library=$1 profile=$2 decoder=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# generate ENCODER EXTENSION OPTIONS: makes $clip.
generate() {
    if ! ffmpeg -hide_banner -encoders 2>/dev/null | grep -q " $1 "; then
        echo "this ffmpeg has no encoder $1"
        [ "${CI-}" = true ] || exit 77
        exit 1
    fi
    clip=$work/clip.$2
    # Not a multiple of 16 in either direction, so that cropping counts.
    # shellcheck disable=SC2086  # options
    ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=size=330x182:rate=25:duration=3 \
        -pix_fmt yuv420p -c:v "$1" -g 20 -b:v 1M $3 -f "$2" "$clip"
}

pictures() {
    grep -v '^#' "$1" | awk '{ print $NF }'
}

# compare NAME: of $clip.
compare() {
    # As many buffers as it takes: the program's own threads hold pictures, and of those that it cannot
    # hold it drops some.
    VITRINE_VPU_PROFILE=$profile VITRINE_VPU_COUNTERS=$work/counters LD_PRELOAD=$library \
        ffmpeg -v warning -nostdin -y -c:v "$decoder" -num_capture_buffers 32 -i "$clip" -map 0:v:0 \
        -fps_mode passthrough -pix_fmt yuv420p -f framemd5 "$work/device"
    ffmpeg -v error -nostdin -y -i "$clip" -map 0:v:0 -fps_mode passthrough -pix_fmt yuv420p \
        -f framemd5 "$work/software"
    pictures "$work/device" >"$work/device.sums"
    pictures "$work/software" >"$work/software.sums"

    count=$(wc -l <"$work/software.sums")
    echo "$decoder on $profile, $1: $(wc -l <"$work/device.sums") pictures, software $count"
    cat "$work/counters"
    [ "$count" -gt 0 ]
    grep -q "\"pictures\": $count," "$work/counters"
    grep -q '"violation_count": 0,' "$work/counters"
    cmp "$work/device.sums" "$work/software.sums"
}

compared=0
for spec; do
    case $spec in
    *:*)
        rest=${spec#*:}:
        options=${rest#*:}
        generate "${spec%%:*}" "${rest%%:*}" "${options%:}"
        ;;
    *)
        [ -n "${VITRINE_TEST_MEDIA-}" ] || continue
        clip=$VITRINE_TEST_MEDIA/$spec
        if ! [ -r "$clip" ]; then
            echo "there is no $clip"
            continue
        fi
        ;;
    esac
    compare "$spec"
    compared=$((compared + 1))
done
[ "$compared" -gt 0 ]
