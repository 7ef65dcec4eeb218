#!/usr/bin/env bash
# Plays the numbered clip in a real window and works its keys, reading what is seen from screenshots.
# Usage: window_test.sh x11|sway PROGRAM READ_NUMBER CLIP
#   x11: under Xvfb, where pictures are uploaded. sway: headless Wayland at scale 1.25, where they are
#   imported. sway wants an ordinary user, so as root everything there runs as nobody.
set -euo pipefail

display_kind=$1 program=$(realpath "$2") read_number=$(realpath "$3") clip=$(realpath "$4")
place=$(mktemp -d /tmp/vitrine-window.XXXXXX)
cp "$(dirname "$0")/lsan.supp" "$place/"
helpers=()
lsan=(LSAN_OPTIONS="suppressions=$place/lsan.supp:print_suppressions=0")
trap 'kill "${helpers[@]}" 2>/dev/null || true; wait; rm -rf "$place"' EXIT

fail() {
    echo "FAILED: $*" >&2
    cat "$place"/*.log >&2 || true
    exit 1
}

# Becomes a program that runs as the user. A helper is started with this and &, so that its number is
# the program's own.
become() { cd "$place" && exec "${user[@]}" env "${environment[@]}" "$@"; }
as_user() { (become "$@"); }

start_x11() {
    local number=0
    while [ -e "/tmp/.X$((90 + number))-lock" ]; do number=$((number + 1)); done
    Xvfb ":$((90 + number))" -screen 0 1280x720x24 -nolisten tcp >"$place/display.log" 2>&1 &
    helpers+=($!)
    user=()
    environment=("${lsan[@]}" DISPLAY=":$((90 + number))")
    until_true "Xvfb is up" test -e "/tmp/.X$((90 + number))-lock"
    as_user xdotool mousemove 640 360
    press() { as_user xdotool key "$1"; }
    shoot() { as_user import -window root "$1"; }
}

start_sway() {
    user=()
    # What the user needs is copied to where that user can read it.
    cp "$program" "$clip" "$place/"
    program=$place/$(basename "$program") clip=$place/$(basename "$clip")
    printf 'output * mode 1280x720@60Hz scale 1.25\ndefault_border none\n' >"$place/config"
    chmod 0700 "$place"
    if [ "$(id -u)" = 0 ]; then
        user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
        chown -R nobody "$place"
    fi
    environment=(-u DISPLAY "${lsan[@]}" HOME="$place" XDG_RUNTIME_DIR="$place" WLR_BACKENDS=headless
        WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman)
    become sway -c "$place/config" >"$place/display.log" 2>&1 &
    helpers+=($!)
    until_true "sway is up" sh -c "ls $place/wayland-? >/dev/null 2>&1"
    environment+=(WAYLAND_DISPLAY="$(basename "$(ls "$place"/wayland-?)")")
    # The keyboard exists only while wtype runs: the window needs a moment to see it.
    press() { as_user wtype -s 400 -k "$1" -s 200; }
    shoot() { as_user grim "$1"; }
}

until_true() {
    local what=$1
    shift
    for _ in $(seq 100); do
        "$@" && return
        sleep 0.1
    done
    fail "not within 10 s: $what"
}

# The number on the screen, once a frame is there.
number_seen() {
    shoot "$place/seen.png"
    "$read_number" "$place/seen.png" | cut -d' ' -f2
}
sees() { [ "$(number_seen)" = "$1" ]; }
sees_any() { [ "$(number_seen)" -ge 0 ]; }
# Two looks at the same number, a while apart.
stands_still() { local first; first=$(number_seen); sleep 0.3; [ "$first" -ge 0 ] && sees "$first"; }

"start_$display_kind"
become "$program" --output=window --size=1280x720 "$clip" >"$place/program.log" 2>&1 &
player=$!
helpers+=("$player")

until_true "a numbered frame is seen" sees_any
press space
until_true "space pauses" stands_still
paused=$(number_seen)
press period
until_true "a step shows the next frame" sees $((paused + 1))
press Right
until_true "right seeks 5 s on" sees $((paused + 126))
press Left
until_true "left seeks back" sees $((paused + 1))
press f
until_true "full screen shows the same" sees $((paused + 1))
press Escape
until_true "and the window after it" sees $((paused + 1))
press s
until_true "s writes a screenshot" test -s "$place/vitrine-0001.png"
sleep 0.2
[ "$("$read_number" "$place/vitrine-0001.png")" = "1280x720 $((paused + 1))" ] ||
    fail "the screenshot is $("$read_number" "$place/vitrine-0001.png"), not 1280x720 $((paused + 1))"
press q
wait "$player" || fail "quitting ends with $?"

case $display_kind in
    x11) expected='upload' ;;
    sway) expected='dmabuf' ;;
esac
grep -q "$expected" "$place/program.log" || fail "the summary does not name $expected"
echo "ok: window on $display_kind"
