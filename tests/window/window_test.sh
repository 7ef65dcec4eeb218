#!/usr/bin/env bash
# Plays a numbered clip in a real window, does to it what a user does, and reads what is then seen.
# Usage: window_test.sh x11|sway SCENARIO PROGRAM READ_NUMBER CLIP
#   keys: the clip is numbered.mp4, 25 frames a second. The others: long.mp4, 5 frames a second for 200 s.
#   example and those by GLX and EGL: either.
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

# What a kiosk is given: the whole screen from the first picture on, and the last one stays. Signals end
# it, keys do not.
kiosk() {
    start_player 1280x720 --size=640x360 --fullscreen --no-input --keep-open --start=199
    until_true "the screen is full" window_seen 1280x720
    press q
    if [ "$kind" = sway ]; then as_user swaymsg -q kill; fi
    until_true "the last picture is seen" sees 999
    sleep 1
    sees 999 || fail "the last picture does not stay"
    press q
    sleep 0.5
    kill -0 "$player" || fail "a key ended it"
    kill -TERM "$player"
    ends_with 143
    grep -q " decoded, [0-9]* presented" "$place/program.log" || fail "no summary"
}

# All of it by its profile, with which the list is played for ever; where it is not, the last one stays.
kiosk_profile() {
    start_player 1280x720 --size=640x360 --profile=kiosk --start=196
    until_true "the screen is full" window_seen 1280x720
    until_true "the clip goes on to its end" number_is -ge 990
    until_true "and begins again" number_is -lt 990
    if [ "$kind" = x11 ]; then
        press f
        until_true "f leaves full screen" window_seen 640x360
    fi
    press space
    until_true "space pauses" stands_still
    if [ "$kind" = x11 ]; then
        until_true "the cursor is hidden over a window too" cursor_is hidden
    else
        inhibits true || fail "the screen may be turned off while a picture stands still"
    fi
    kill -TERM "$player"
    ends_with 143
    start_player 1280x720 --size=640x360 --profile=kiosk --loop-playlist=1 --start=199
    until_true "the last picture is seen" sees 999
    sleep 1
    sees 999 || fail "the last picture does not stay"
    kill -TERM "$player"
    ends_with 143
}
window_seen() { local what; what=$(seen); [ "${what% *}" = "$1" ]; }

# The last picture stays until somebody asks to quit, and is drawn again at another size.
keep_open() {
    start_player 640x360 --keep-open --start=199
    until_true "the last picture is seen" sees 999
    sleep 1
    window_size=800x450
    resize_to 800 450
    until_true "it is drawn again" window_seen 800x450
    sees 999 || fail "it is another picture"
    press q
    ends_with 0
}

# Keys mean what a file says: also those that type something only with Shift.
bindings() {
    cat >"$place/input.conf" <<'END'
x cycle pause    # in place of space
SPACE ignore
> seek 5
SHARP frame-step
F2 set fullscreen yes
q ignore
Shift+F2 quit
END
    chmod 0644 "$place/input.conf"
    start_player 640x360 --input-conf="$place/input.conf"
    press space
    until_true "space does nothing" goes_on
    press x
    until_true "x pauses" stands_still
    local paused
    paused=$(number_seen)
    press greater
    until_true "> seeks 5 s on" sees $((paused + 125))
    press numbersign
    until_true "# shows the next frame" sees $((paused + 126))
    window_size=1280x720
    press F2
    until_true "F2 fills the screen" window_seen 1280x720
    press q
    sleep 0.5
    kill -0 "$player" || fail "q ended it"
    press_shift F2
    ends_with 0
}

# The keys of the list and of the sound. The clip is played twice.
list_and_sound() {
    start_player 640x360 "$clip"
    press Up
    until_true "up seeks 60 s on" number_is -ge 300
    press 9
    press m
    press m
    press greater
    until_true "> goes on with the next file" number_is -lt 200
    press Up
    until_true "up seeks 60 s on in it too" number_is -ge 300
    press less
    until_true "< goes back to the first" number_is -lt 200
    press greater
    until_true "> goes on with the second again, after <" goes_on
    press greater
    ends_with 0
    grep -q "^vitrine: volume 98 %" "$place/program.log" || fail "9 is not quieter"
    grep -q "^vitrine: muted" "$place/program.log" || fail "m does not mute"
    grep -q "^vitrine: not muted" "$place/program.log" || fail "m does not undo it"
}
number_is() { local number; number=$(number_seen); [ -n "$number" ] && [ "$number" "$1" "$2" ]; }

# A film of ten seconds goes on after them.
loop_key() {
    start_player 640x360
    type_letter L
    until_true "L begins a loop" says "^vitrine: played over and over"
    sleep 12
    until_true "the film is played over and over" goes_on
    type_letter L
    until_true "L ends the loop" says "^vitrine: played to its end, and no more"
    press q
    ends_with 0
}

# The keys of tracks and chapters, in a film of two seconds that goes round and round.
tracks() {
    start_player 640x360 --loop
    press underscore
    until_true "_ shows the other video track" says "video track 2 (h264)"
    press underscore
    until_true "and the first one again" says "video track 1 (h264)"
    press numbersign
    until_true "# plays the English sound" says "audio track 2 (eng, aac, Commentary)"
    press numbersign
    until_true "and then none" says "no audio"
    press space
    until_true "space pauses" stands_still
    press Prior
    press Next
    until_true "the page keys go to chapters" says "chapter [1-3] of 3: The"
    press q
    ends_with 0
    ! grep -E "vitrine: (error|warning):.*track" "$place/program.log" || fail "a track was not there"
}
says() { grep -q "$1" "$place/program.log"; }

# The compositor is asked to keep the screen on while pictures go by. That it may sleep again while they
# stand still cannot be seen here: without a desktop's D-Bus service SDL does not take back what it asked.
# 66: "screen blanks after 10 min without input".
C66_screen_saver() {
    start_player 640x360
    until_true "it is inhibited while playing" inhibits true
    press q
    ends_with 0
    start_player 640x360 --no-stop-screensaver
    until_true "it plays" goes_on
    inhibits false || fail "it is inhibited, which was not asked for"
    press q
    ends_with 0
    start_player 640x360 --stop-screensaver=always
    press space
    until_true "it stands still" stands_still
    inhibits true || fail "it is not inhibited always"
    press q
    ends_with 0
}
inhibits() { as_user swaymsg -t get_tree | tr -d ' \n' | grep -q "\"inhibit_idle\":$1"; }

# The cursor over the window: hidden as the options say.
cursor() {
    start_player 640x360
    press space
    until_true "the cursor is seen over a window" cursor_is visible
    press f
    until_true "and not over a full screen" cursor_is hidden
    press f
    until_true "and again" cursor_is visible
    press q
    ends_with 0
    start_player 640x360 --cursor=hide
    press space
    until_true "it is hidden where that is asked for" cursor_is hidden
    press q
    ends_with 0
}
cursor_is() { [ "$(as_user "$(dirname "$read_number")/vitrine_read_cursor")" = "$1" ]; }

# X11 imports nothing here: what is forced fails with its own exit status, and the second file is not
# played to nowhere for it.
forced_import() {
    local code=0
    as_user "$program" --output=window --import=dmabuf "$clip" "$clip" >"$place/program.log" 2>&1 || code=$?
    [ "$code" = 6 ] || fail "a forced import ends with $code, not 6"
    [ "$(grep -c "vitrine: error:" "$place/program.log")" = 1 ] || fail "not one error"
    ! grep -q "output null" "$place/program.log" || fail "it was played to nowhere"
}

# The program is one of examples/, with the library in its folder of building, where nobody else may
# read.
take_library() {
    local library
    library=$(ldd "$program" | awk '/libvitrine/ { print $3 }')
    install -m 755 "$library" "$place/libvitrine.so.0"
}

example() {
    # How many pictures there are a second, and how long the first may take: a toolkit has much to do.
    local pictures=25 start=10
    [ "$(basename "$clip")" != long.mp4 ] || pictures=5 start=60
    window_size=960x540  # in the desktop's units, which sway scales
    [ "$kind" = x11 ] || window_size=1200x675
    take_library
    local toolkit
    toolkit=$(dirname "${BASH_SOURCE[0]}")/$(basename "$program").supp
    [ ! -e "$toolkit" ] || cat "$toolkit" >>"$place/lsan.supp"
    become_user LD_LIBRARY_PATH="$place" "$program" "$clip" >"$place/program.log" 2>&1 &
    player=$!
    helpers+=("$player")
    patience=$start until_true "a numbered frame is seen" sees_any
    until_true "pictures go by" goes_on
    press space
    until_true "space pauses" stands_still
    local paused back
    paused=$(number_seen)
    window_size=640x360
    resize_to 640 360
    until_true "it is drawn anew in another size" sees_in 640x360 "$paused"
    back=$((paused > 5 * pictures ? paused - 5 * pictures : 0))
    press Left
    until_true "left seeks 5 s back, and not before the start" sees "$back"
    press Right
    until_true "right seeks 5 s on" sees $((back + 5 * pictures))
    press Left
    until_true "left seeks back" sees "$back"
    press space
    until_true "space goes on" goes_on
    press q
    ends_with 0
    grep -q "path: h264 > .* > $expected_importer > host" "$place/program.log" ||
        fail "the path does not name $expected_importer"
}

# is_blue X Y: a pixel of the window, as the box stands before.
is_blue() {
    shoot "$place/seen.png" 2>/dev/null || return 1
    [ "$(convert "$place/seen.png" -depth 8 -crop "1x1+$1+$2" rgb:- | od -An -tu1)" = "   0   0  51" ]
}

# Its pictures are on the sides of a box that spins: on the one that faces us when it stands still.
cube() {
    window_size=960x540
    picture_at=(480x270+240+135)
    [ "$kind" = x11 ] || window_size=1200x675 picture_at=(600x338+300+168)
    take_library
    become_user LD_LIBRARY_PATH="$place" "$program" "$clip" >"$place/program.log" 2>&1 &
    player=$!
    helpers+=("$player")
    until_true "the box is there" is_blue 5 5
    press f
    until_true "a side with a numbered frame faces us" sees_any
    until_true "pictures go by" goes_on
    press space
    until_true "space pauses" stands_still
    local paused
    paused=$(number_seen)
    press f
    until_true "the side turns away" sees ""
    press f
    until_true "the side is back with its picture" sees "$paused"
    press q
    ends_with 0
    grep -q "path: h264 > .* > $expected_importer > host" "$place/program.log" ||
        fail "the path does not name $expected_importer"
}

# Qt's, by either way to GL that it has on X11.
example_by_glx() {
    environment+=(QT_XCB_GL_INTEGRATION=xcb_glx)
    example "$@"
    grep -q "upload: dmabuf: no EGL display: the context is GLX's" "$place/program.log" || fail "it is not GLX"
}
example_by_egl() {
    environment+=(QT_XCB_GL_INTEGRATION=xcb_egl)
    example "$@"
    grep -q "upload: dmabuf: EGL on window has no" "$place/program.log" || fail "it is not EGL"
}

# GTK gets the pictures' memory itself. Where its compositor takes none, as this one, it draws them.
example_offload() {
    expected_importer=none
    example "$@"
    ! grep -q "GTK gets copies" "$place/program.log" || fail "GTK does not take the memory"
}

# Where GTK takes no memory it gets copies, and that is said.
example_copies() {
    environment+=(GDK_DISABLE=dmabuf)
    expected_importer=none
    example "$@"
    [ "$(grep -c "GTK gets copies: dmabuf support disabled" "$place/program.log")" = 1 ] || fail "it does not say why"
}

# The server says of an event to a window that is gone what it says of any request.
late_wake_up() {
    local sender
    sender=$(dirname "$read_number")/vitrine_late_wake_up
    [ "$(as_user "$sender")" = sent ] || fail "an event to no window ends its sender"
    ! as_user "$sender" and_map >"$place/mapped.log" 2>&1 || fail "a window that is none is mapped"
    grep -q "BadWindow" "$place/mapped.log" || fail "it ends for another reason"
}

start_display "$kind"
"$scenario" "$@"
echo "ok: $scenario on $kind"
