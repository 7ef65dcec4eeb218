#!/usr/bin/env bash
# Measures on a machine with an NVIDIA GPU how fast NVDEC's pictures are drawn offscreen, against NVDEC
# alone (output null), in turn, and prints the medians in frames per second and their ratio.
# Usage: bench/nvdec.sh CLIP [ROUNDS [PROGRAM]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
clip=${1:?a clip to play}
rounds=${2:-5}
program=${3:-build/release/app/vitrine}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# play NAME OPTION...: one run's frames per second, appended to $work/NAME.
play() {
    local name=$1
    shift
    "$program" --untimed --hwdec=nvdec --log-level=warning --timing-json="$work/timing.json" "$@" "$clip"
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["frames"]["per_second"])' \
        "$work/timing.json" >>"$work/$name"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$rounds"); do
    play alone --output=null
    play drawn --output=offscreen --import=cuda
done
"$program" probe | grep -E '^  (GL|renderer) ' || true
awk -v alone="$(median "$work/alone")" -v drawn="$(median "$work/drawn")" -v rounds="$rounds" 'BEGIN {
    printf "nvdec alone %.1f, drawn offscreen %.1f frames a second, %.2f of it; medians of %d\n",
        alone, drawn, drawn / alone, rounds
}'
