#!/usr/bin/env bash
# Plays a numbered clip in a real window, does to it what a user does, and reads what is then seen.
# Usage: window_test.sh x11|sway SCENARIO PROGRAM READ_NUMBER CLIP
#   keys: the clip is numbered.mp4, 25 frames a second. The others: long.mp4, 5 frames a second for 200 s.
set -euo pipefail

kind=$1 scenario=$2 program=$(realpath "$3") read_number=$(realpath "$4") clip=$(realpath "$5")
# shellcheck source=display.sh
. "$(dirname "${BASH_SOURCE[0]}")/display.sh"

keys() {
    start_player 640x360
    press space
    until_true "space pauses" stands_still
    local paused
    paused=$(number_seen)
    press period
    until_true "a step shows the next frame" sees $((paused + 1))
    press Right
    until_true "right seeks 5 s on" sees $((paused + 126))
    press Left
    until_true "left seeks back" sees $((paused + 1))
    until_true "s writes the picture" shows "640x360 $((paused + 1))"
    press f
    until_true "full screen is the whole screen" shows "1280x720 $((paused + 1))"
    press Escape
    until_true "and the window after it" shows "640x360 $((paused + 1))"
    press f
    press f
    until_true "f leaves full screen too" shows "640x360 $((paused + 1))"
    press space
    until_true "space goes on" goes_on
    press q
    ends_with 0
    grep -q "importer $expected_importer" "$place/program.log" ||
        fail "the summary does not name $expected_importer"
}

# Up and down are a minute each, kept within the clip.
long_seeks() {
    start_player 640x360
    press space
    until_true "space pauses" stands_still
    local paused
    paused=$(number_seen)
    press Up
    until_true "up seeks 60 s on" sees $((paused + 300))
    press Up
    until_true "and again" sees $((paused + 600))
    press Down
    until_true "down seeks back" sees $((paused + 300))
    press Down
    press Down
    until_true "but not before the start" sees 0
    for _ in 1 2 3 4; do press Up; done
    until_true "nor beyond the end" sees 999
    press q
    ends_with 0
}

# Sizes are in the display's own pixels, whatever the desktop's scale.
resizes() {
    start_player 640x360
    resize_while goes_on "playing"
    press space
    until_true "space pauses" stands_still
    resize_while stands_still "paused"
    press q
    ends_with 0
}

# resize_while HOLDS WHAT: larger, smaller, and to another shape, which puts bars beside the picture.
resize_while() {
    local size
    for size in 800x450 320x180 640x360; do
        window_size=$size
        resize_to "${size%x*}" "${size#*x}"
        until_true "$2, the window is $size" window_is "$size"
        until_true "$2, it is so at $size" "$1"
    done
    window_size=640x480
    resize_to 640 480
    until_true "$2, bars are above and below" window_is 640x480 640x360+0+60
    window_size=800x360
    resize_to 800 360
    until_true "$2, bars are left and right" window_is 800x360 640x360+80+0
    window_size=640x360
    resize_to 640 360
    until_true "$2, the window is as before" window_is 640x360
}

# Both what is seen and what the program thinks it shows.
window_is() {
    local on_screen in_file
    on_screen=$(seen "${@:2}")
    in_file=$(screenshot "${@:2}")
    [ "${on_screen% *}" = "$1" ] && [ "${in_file% *}" = "$1" ]
}

# The display server dies: the program says so, tells what it has done, and fails.
display_dies() {
    local state
    for state in playing paused; do
        [ $state = playing ] || start_display "$kind"
        start_player 640x360 --timing-json="$place/timing.json"
        if [ $state = paused ]; then
            press space
            until_true "space pauses" stands_still
        fi
        { kill -KILL "$display" && wait "$display"; } 2>/dev/null || true
        ends_with 1
        grep -q "error: the display $display_name is lost: ..*" "$place/program.log" ||
            fail "$state: the log does not say that $display_name is lost"
        grep -q " decoded, [0-9]* presented" "$place/program.log" || fail "$state: no summary"
        grep -q '"presented": [1-9]' "$place/timing.json" || fail "$state: no report"
        rm -rf "$place"/wayland-* "$place/timing.json" "$place/sway.sock"
    done
}

# The window's user closes it: that is a wish to quit. Nothing under Xvfb could ask a window to close.
closed() {
    start_player 640x360
    as_user swaymsg -q kill
    ends_with 0
    ! grep -q "vitrine: error:" "$place/program.log" || fail "closing is no error"
}

# X11 imports nothing here: what is forced fails with its own exit status, and the second file is not
# played to nowhere for it.
forced_import() {
    local code=0
    as_user "$program" --output=window --import=dmabuf "$clip" "$clip" >"$place/program.log" 2>&1 || code=$?
    [ "$code" = 6 ] || fail "a forced import ends with $code, not 6"
    [ "$(grep -c "vitrine: error:" "$place/program.log")" = 1 ] || fail "not one error"
    ! grep -q "output null" "$place/program.log" || fail "it was played to nowhere"
}

start_display "$kind"
"$scenario"
echo "ok: $scenario on $kind"
