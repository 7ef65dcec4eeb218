#!/usr/bin/env bash
# Measures vitrine against a bare loop (bench/floor.cpp) and, where they are installed, mpv and ffmpeg,
# on one clip and one GL driver, in turn, and prints medians and ratios.
# Usage: bench/compare.sh [CLIP [ROUNDS]]
# Without a clip one is made: 300 frames of 1080p60, 8 Mbit/s H.264. mpv plays under Xvfb, vitrine also in
# a window there. Rows of vitrine have --timing-json, which asks for the GPU's times, but for those
# called "no timing". The rows "decode" drop their pictures. Peak memory is the largest proportional set
# size seen (each shared page counted by its share) and the kernel's peak resident set, both in MiB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${2:-5}
work=$(mktemp -d)
xvfb=
trap '[ -z "$xvfb" ] || kill "$xvfb"; rm -rf "$work"' EXIT

build() {
    cmake --preset release -DVITRINE_BENCH=ON >"$work/build.log" 2>&1 &&
        cmake --build --preset release >>"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
}

make_clip() {
    ffmpeg -v error -f lavfi -i "testsrc2=s=1920x1080:r=60,noise=alls=12:allf=t" -frames:v 300 \
        -c:v libx264 -preset medium -b:v 8M -maxrate 8M -bufsize 8M -pix_fmt yuv420p "$1"
}

start_xvfb() {
    command -v Xvfb >/dev/null || return 0
    local number=60
    while [ -e "/tmp/.X$number-lock" ]; do number=$((number + 1)); done
    Xvfb ":$number" -screen 0 1280x720x24 -nolisten tcp 2>/dev/null &
    xvfb=$!
    display=:$number
    for _ in $(seq 50); do [ -e "/tmp/.X$number-lock" ] && return; sleep 0.1; done
}

# measure NAME COMMAND...: appends "wall cpu rss pss first" to $work/NAME.
measure() {
    local name=$1
    shift
    "$here/bench/measure.py" "$work/timing.json" "$@" >>"$work/$name"
}

play_all() {
    local size=$1
    measure "floor $size" "$floor" "$clip" "$size"
    measure "vitrine $size" "$vitrine" --output=offscreen "${quiet[@]}" --size="$size" "$clip"
    measure "vitrine no timing $size" "$vitrine" --output=offscreen --untimed --log-level=error \
        --size="$size" "$clip"
    measure "vitrine upload $size" "$vitrine" --output=offscreen "${quiet[@]}" --import=upload \
        --size="$size" "$clip"
    [ -n "$xvfb" ] || return 0
    DISPLAY=$display measure "vitrine window $size" "$vitrine" --output=window "${quiet[@]}" \
        --size="$size" "$clip"
    command -v mpv >/dev/null || return 0
    DISPLAY=$display vblank_mode=0 measure "mpv $size" mpv --no-config --really-quiet --no-audio \
        --untimed --hwdec=no --vo=gpu --gpu-context=x11egl --opengl-es=yes \
        --opengl-swapinterval=0 --geometry="$size" "$clip"
}

# hand_over IMPORTER: from a decoded frame taken to its textures, over five times the clip, so that
# the first use of each buffer is under one frame in a hundred.
hand_over() {
    "$vitrine" --output=offscreen "${quiet[@]}" --size=320x180 --import="$1" "$work/long.mp4"
    "$here/bench/stage.py" "$1" "$work/timing.json"
}

report() {
    printf '%s, %s cores, Linux %s\n' "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" \
        "$(nproc)" "$(uname -r)"
    "$vitrine" --version | head -n 2
    "$vitrine" probe 2>/dev/null | grep -E '^  (GL|renderer) '
    ffprobe -v error -select_streams v:0 -show_entries stream=codec_name,width,height,avg_frame_rate \
        -of csv=p=0 "$clip"
    "$here/bench/medians.py" "$work" "$rounds"
    ffmpeg -v error -stream_loop 4 -i "$clip" -map 0:v:0 -c copy "$work/long.mp4"
    hand_over dmabuf
    hand_over upload
}

here=$PWD
build
vitrine=$here/build/release/app/vitrine
floor=$here/build/release/bench/vitrine_floor
decode=$here/build/release/bench/vitrine_decode_only
clip=${1:-$work/clip.mp4}
[ -n "${1-}" ] || make_clip "$clip"
quiet=(--untimed --log-level=error --timing-json="$work/timing.json")
display=
start_xvfb
for _ in $(seq "$rounds"); do
    measure "decode ffmpeg" ffmpeg -v error -i "$clip" -map 0:v:0 -f null -
    measure "decode into plain memory" "$decode" "$clip" plain
    measure "decode into memfd" "$decode" "$clip" memfd
    play_all 1280x720
    play_all 320x180
done
report
