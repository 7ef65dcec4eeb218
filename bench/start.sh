#!/usr/bin/env bash
# From the start of the process to its first picture, vitrine's and mpv's in turn, for a local 1080p H.264
# file with sound: median, least and most in ms, and how they compare on the same GL driver. Each tells
# the moment itself, when the first picture has been shown, by a line that is waited for. mpv draws in a
# window only: vitrine does too, under Xvfb, and offscreen. The row "mpv" is mpv as it comes, looking for
# a way to draw by itself as vitrine does; for "mpv window" it is told vitrine's, GL ES by EGL. The rows
# "null" decode and show nothing. Nothing hears the sound: SDL's dummy driver, mpv's null.
# Usage: bench/start.sh [CLIP [ROUNDS]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${2:-15}
work=$(mktemp -d)
xvfb=
trap '[ -z "$xvfb" ] || kill "$xvfb"; rm -rf "$work"' EXIT

cmake --preset release >"$work/build.log" 2>&1 &&
    cmake --build --preset release --target vitrine >>"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
clip=${1:-$work/clip.mp4}
[ -n "${1-}" ] || ffmpeg -v error -f lavfi -i "testsrc2=s=1920x1080:r=30" \
    -f lavfi -i "sine=frequency=440:sample_rate=48000" -t 4 -c:v libx264 -preset medium -crf 23 \
    -pix_fmt yuv420p -c:a aac "$clip"

start_xvfb() {
    command -v Xvfb >/dev/null || return 0
    local number=60
    while [ -e "/tmp/.X$number-lock" ]; do number=$((number + 1)); done
    Xvfb ":$number" -screen 0 1280x720x24 -nolisten tcp -noreset 2>/dev/null &
    xvfb=$!
    export DISPLAY=:$number
    for _ in $(seq 50); do [ -e "/tmp/.X$number-lock" ] && return; sleep 0.1; done
}

export VITRINE_NO_CONFIG=yes SDL_AUDIODRIVER=dummy
vitrine() {
    local row=$1
    shift
    bench/started.py "vitrine: path:" build/release/app/vitrine "$@" "$clip" >>"$work/$row"
}
mpv_() {
    local row=$1
    shift
    command -v mpv >/dev/null || return 0
    bench/started.py "first video frame after restart shown" mpv --no-config --ao=null \
        --msg-level=all=no,cplayer=debug "$@" "$clip" >>"$work/$row"
}

start_xvfb
for _ in $(seq "$rounds"); do
    vitrine "vitrine null" --output=null
    mpv_ "mpv null" --hwdec=no --vo=null
    vitrine "vitrine offscreen" --output=offscreen --size=1280x720
    [ -n "$xvfb" ] || continue
    vitrine "vitrine window" --output=window --size=1280x720
    mpv_ "mpv" --geometry=1280x720
    mpv_ "mpv window" --hwdec=no --vo=gpu --gpu-context=x11egl --opengl-es=yes --geometry=1280x720
done

printf '%s, %s cores, Linux %s\n' "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" \
    "$(nproc)" "$(uname -r)"
build/release/app/vitrine --version | head -n 1
! command -v mpv >/dev/null || mpv --version | head -n 1
build/release/app/vitrine probe 2>/dev/null | grep -E '^  renderer '
python3 - "$work" "$rounds" <<'PYTHON'
import os, statistics, sys
folder, rounds = sys.argv[1:]
rows = {}
for name in ("vitrine null", "mpv null", "vitrine offscreen", "vitrine window", "mpv window", "mpv"):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        rows[name] = [float(line) for line in open(path)]
print(f"{rounds} rounds, ms to the first picture")
def ratio(times, other):
    return f"{statistics.median(times) / statistics.median(rows[other]):.2f}" if other in rows else "-"
print(f"{'':<20}{'median':>8}{'least':>8}{'most':>8}{'/mpv alike':>12}{'/mpv':>8}")
for name, times in rows.items():
    alike, plain = ("mpv null", "") if name.endswith("null") else ("mpv window", "mpv")
    print(f"{name:<20}{statistics.median(times):>8.0f}{min(times):>8.0f}{max(times):>8.0f}"
          f"{ratio(times, alike):>12}{ratio(times, plain):>8}")
PYTHON
