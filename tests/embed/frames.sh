#!/usr/bin/env bash
# Has the example in Python save the pictures of a numbered clip, and reads them.
# Usage: frames.sh EXAMPLE LIBRARY_FOLDER READ_NUMBER CLIP COUNT
set -euo pipefail
command -v python3 >/dev/null || { echo "python3 is missing"; exit 1; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# Asked for more than there are: it ends with the file.
LD_LIBRARY_PATH=$2 python3 "$1" "$4" "$place" 1000
for ((i = 0; i < $5; ++i)); do
    seen=$("$3" "$place/$(printf %04d "$i").png")
    [ "${seen#* }" = "$i" ] || { echo "picture $i shows \"$seen\""; exit 1; }
done
[ "$(ls "$place" | wc -l)" = "$5" ] || { echo "there are others: $(ls "$place")"; exit 1; }

if said=$(LD_LIBRARY_PATH=$2 python3 "$1" /nonexistent "$place" 2>&1); then
    echo "a file that is none is played"
    exit 1
fi
[[ "$said" == */nonexistent* ]] || { echo "it does not say which file: $said"; exit 1; }
