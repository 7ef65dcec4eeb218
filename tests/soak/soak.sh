#!/bin/bash
# Plays a clip of a second many times over, and a list of two codecs many times over, and then, in
# time and with sound, a list of two very short clips; and watches the process meanwhile: resident
# memory, descriptors, mappings and threads have to be as many in the second half of the run as in the
# first, and live GL images in the end no more than after a short run. Prints what it saw.
# Usage: soak.sh VITRINE CLIPS PASSES ROUNDS [ROUNDS_WITH_SOUND]
set -u
vitrine=$1 clips=$2 passes=$3 rounds=$4 rounds_with_sound=${5-30}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# Above what the first half had at most: what the C library's heap may grow by as threads come and
# go, and one source that is open a little longer than before.
readonly more_kib=8192 more_descriptors=8 more_mappings=64 more_threads=6

fail() {
    echo "FAILED: $*"
    failed=1
}

# watch PID FILE: a line of "KiB descriptors mappings threads" ten times a second, until it ends.
watch() {
    while [ -d "/proc/$1/task" ]; do
        local kib descriptors mappings threads
        kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null)
        descriptors=$(ls "/proc/$1/fd" 2>/dev/null | wc -l)
        mappings=$(wc -l 2>/dev/null <"/proc/$1/maps")
        threads=$(ls "/proc/$1/task" 2>/dev/null | wc -l)
        [ -n "$kib" ] && [ "$descriptors" -gt 0 ] &&
            echo "$kib $descriptors $mappings $threads" >>"$2"
        sleep 0.1
    done
}

# halves FILE COLUMN: the most of the second to fifth tenth, and of the second half.
halves() {
    awk -v column="$2" '{ value[NR] = $column }
        END {
            for (i = int(NR / 10) + 1; i <= NR; ++i) {
                half = i > NR / 2 ? 2 : 1
                if (value[i] > most[half]) most[half] = value[i]
            }
            print most[1] + 0, most[2] + 0
        }' "$1"
}

# images_live JSON
images_live() { sed -n 's/.*"images_live": \([0-9]*\).*/\1/p' "$1"; }

# number_of FIELD JSON: the first of that name.
number_of() { sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" "$2" | head -n 1; }

# soak NAME FRAMES ARGUMENT...: plays to the end; every frame has to be presented, or left out as late.
soak() {
    local name=$1 frames=$2
    shift 2
    "$vitrine" --output=offscreen --log-level=warning \
        --timing-json="$folder/$name.json" "$@" &
    local pid=$!
    watch $pid "$folder/$name.txt"
    wait $pid || fail "$name: exit status $?"
    local presented late
    presented=$(number_of presented "$folder/$name.json")
    late=$(sed -n '/"dropped"/,/}/p' "$folder/$name.json" >"$folder/dropped" && number_of late "$folder/dropped")
    [ $((presented + late)) = "$frames" ] ||
        fail "$name: $presented frames of $frames were presented, and $late were late"
    echo "$name: $presented frames, $late late, $(images_live "$folder/$name.json") GL images live"
    local samples column what more first second
    samples=$(wc -l <"$folder/$name.txt")
    [ "$samples" -ge 20 ] || fail "$name: over before it could be watched ($samples samples)"
    column=0
    for what in KiB descriptors mappings threads; do
        column=$((column + 1))
        case $what in
        KiB) more=$more_kib ;;
        descriptors) more=$more_descriptors ;;
        mappings) more=$more_mappings ;;
        threads) more=$more_threads ;;
        esac
        read -r first second <<<"$(halves "$folder/$name.txt" $column)"
        echo "$name: $what at most $first in the first half, $second in the second"
        [ "$second" -le $((first + more)) ] || fail "$name: $what grew from $first to $second"
    done
}

soak passes $((passes * 25)) --untimed --loop="$passes" "$clips/second.mp4"
soak rounds $((rounds * 50)) --untimed --loop-playlist="$rounds" "$clips/second.mp4" "$clips/second.webm"
# 40 ms each, four times in a row; a device that is none takes the sound in time.
export SDL_AUDIODRIVER=dummy
soak sound $((rounds_with_sound * 16)) --loop=4 --loop-playlist="$rounds_with_sound" \
    "$clips/blink_flac.mkv" "$clips/blink_pcm.mov"
heard=$(sed -n '/"sound"/,/}/p' "$folder/sound.json" >"$folder/heard" && number_of samples "$folder/heard")
[ "$heard" -gt 0 ] || fail "sound: nothing was heard"
echo "sound: $heard samples of $((rounds_with_sound * 8 * 1920))"
exit $failed
