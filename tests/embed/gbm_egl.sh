#!/usr/bin/env bash
# Has the example without a window save pictures of a numbered clip, and reads them: half a second on, and,
# of a clip of a second, the last. With `nodes` the former on each of the machine's DRM nodes; else without one.
# Usage: gbm_egl.sh EXAMPLE READ_NUMBER CLIP [nodes]
set -euo pipefail
example=$1 read_number=$2 clip=$3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# shows SECONDS NUMBER [NODE]
shows() {
    "$example" "$clip" "$1" "$place/picture.ppm" ${3+"$3"} >"$place/said" || { cat "$place/said"; exit 1; }
    grep -q "^on: ${3-surfaceless}, " "$place/said" || { echo "it draws elsewhere: $(cat "$place/said")"; exit 1; }
    convert "$place/picture.ppm" "$place/picture.png"
    local seen
    seen=$("$read_number" "$place/picture.png") || seen="no number"
    [ "$seen" = "640x360 $2" ] || { echo "at $1 s on ${3-no node} is seen: $seen"; exit 1; }
}

if [ "${4-}" = nodes ]; then
    for node in /dev/dri/card* /dev/dri/renderD*; do shows 0.5 12 "$node"; done
else
    shows 0.5 12
    shows 0 24
fi

if said=$("$example" /nonexistent 0 "$place/none.ppm" 2>&1); then
    echo "a file that is none is played"
    exit 1
fi
[[ "$said" == */nonexistent* ]] || { echo "it does not say which file: $said"; exit 1; }
