#!/usr/bin/env bash
# What sound adds to the processor time of playing: the same 1080p H.264 and AAC file with sound and with
# --no-audio in turn, in time, drawn offscreen. Prints the median, least and most of each in ms of
# processor time; the same of the threads that are there for the sound alone; and what those, and all of
# it, add in percent. The former is the steadier figure: decoding pictures takes a little more or less
# from one time to the next. The sound goes to SDL's dummy driver, which takes it at the pace of a device
# and nothing else.
# Usage: bench/sound.sh [CLIP [ROUNDS]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --preset release >"$work/build.log" 2>&1 &&
    cmake --build --preset release --target vitrine >>"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
clip=${1:-$work/clip.mp4}
[ -n "${1-}" ] || ffmpeg -v error -f lavfi -i "testsrc2=s=1920x1080:r=30" \
    -f lavfi -i "sine=frequency=440:sample_rate=48000" -t 20 -c:v libx264 -preset medium -crf 23 \
    -pix_fmt yuv420p -c:a aac "$clip"

export VITRINE_NO_CONFIG=yes SDL_AUDIODRIVER=dummy
cpu() {
    local row=$1
    shift
    bench/sound.py build/release/app/vitrine --output=offscreen --size=1280x720 --log-level=error "$@" \
        "$clip" >>"$work/$row"
}
for _ in $(seq "$rounds"); do
    cpu sound
    cpu silent --no-audio
done

printf '%s, %s cores, Linux %s\n' "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" \
    "$(nproc)" "$(uname -r)"
build/release/app/vitrine --version | head -n 1
build/release/app/vitrine probe 2>/dev/null | grep -E '^  renderer '
python3 - "$work" "$rounds" <<'PYTHON'
import os, statistics, sys
folder, rounds = sys.argv[1:]
def read(row):
    with open(os.path.join(folder, row)) as lines:
        return [[float(number) for number in line.split()] for line in lines]
sound, silent = read("sound"), read("silent")
rows = {"with sound": [total for _, total in sound], "without": [total for _, total in silent],
        "its threads": [own for own, _ in sound]}
print(f"{rounds} rounds, ms of processor time")
print(f"{'':<12}{'median':>8}{'least':>8}{'most':>8}")
for name, times in rows.items():
    print(f"{name:<12}{statistics.median(times):>8.0f}{min(times):>8.0f}{max(times):>8.0f}")
def percent(added):
    return f"{added / statistics.median(rows['without']) * 100:.1f} %"
print(f"sound's threads add {percent(statistics.median(rows['its threads']))}, "
      f"all of it {percent(statistics.median(rows['with sound']) - statistics.median(rows['without']))}")
PYTHON
