#!/bin/bash
# Plays a clip of a second many times over, and a list of two codecs many times over, and then, in
# time and with sound, a list of two very short clips; and watches the process meanwhile: resident
# memory, descriptors, mappings and threads have to be as many in the second half of the run as in the
# first, and so do the objects of GL, which a preloaded library counts. Prints what it saw.
# Usage: soak.sh VITRINE GL_OBJECTS CLIPS PASSES ROUNDS [ROUNDS_WITH_SOUND]
set -u
vitrine=$1 gl_objects=$2 clips=$3 passes=$4 rounds=$5 rounds_with_sound=${6-30}
# shellcheck source-path=SCRIPTDIR source=watch.sh
. "$(dirname "$0")/watch.sh"

# number_of FIELD JSON: the first of that name.
number_of() { sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" "$2" | head -n 1; }

# soak NAME FRAMES ARGUMENT...: plays to the end; every frame has to be presented, or left out as late.
soak() {
    local name=$1 frames=$2
    shift 2
    watched "$name" "$gl_objects" "$vitrine" --output=offscreen --log-level=warning \
        --timing-json="$folder/$name.json" "$@"
    local presented late
    presented=$(number_of presented "$folder/$name.json")
    late=$(sed -n '/"dropped"/,/}/p' "$folder/$name.json" >"$folder/dropped" && number_of late "$folder/dropped")
    [ $((presented + late)) = "$frames" ] ||
        fail "$name: $presented frames of $frames were presented, and $late were late"
    echo "$name: $presented frames, $late late"
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
