# Sourced by tests of windows: a display of its own with a program in it, and what a test does with both.
#   x11: Xvfb, 1280x720, where pictures are uploaded. No window manager.
#   sway: headless Wayland, 1280x720 pixels at scale 1.25, where they are imported. It wants an ordinary
#   user, so as root everything there runs as nobody. The window floats at the upper left corner.
# Sets $place, a folder that goes with the test, $display, the server's process, and $player, the program's.

place=$(mktemp -d /tmp/vitrine-window.XXXXXX)
cp "$(dirname "${BASH_SOURCE[0]}")/lsan.supp" "$place/"
sanitizer=(LSAN_OPTIONS="suppressions=$place/lsan.supp:print_suppressions=0")
helpers=()
trap 'kill "${helpers[@]}" 2>/dev/null || true; wait; rm -rf "$place"' EXIT

fail() {
    echo "FAILED: $*" >&2
    cat "$place"/*.log >&2 || true
    exit 1
}

patience=10  # of until_true, in seconds
until_true() {
    local what=$1 since=$SECONDS limit=$patience
    shift
    while ! "$@"; do
        [ $((SECONDS - since)) -lt "$limit" ] || fail "not within $limit s: $what"
        sleep 0.1
    done
}

# In the folder, as the display's user. become_user is for `become_user COMMAND &`, whose $! is the
# command's own process then.
become_user() { cd "$place" && exec "${user[@]}" env "${environment[@]}" "${sanitizer[@]}" "$@"; }
as_user() { (become_user "$@"); }

start_display() { "start_$1"; }

start_x11() {
    # -noreset: it would be deaf for a moment whenever its last client goes, which xdotool does ever again.
    Xvfb -displayfd 3 -screen 0 1280x720x24 -nolisten tcp -noreset 3>"$place/number" \
        >"$place/display.log" 2>&1 &
    display=$!
    helpers+=("$display")
    until_true "Xvfb is up" test -s "$place/number"
    display_name=":$(cat "$place/number")"
    rm "$place/number"
    user=()
    environment=(-u WAYLAND_DISPLAY DISPLAY="$display_name")
    expected_importer=upload
    # Without a window manager the keyboard's focus is the window under the mouse.
    press() { as_user xdotool mousemove --window "$(window)" 1 1 key "$1"; }
    press_shift() { press "shift+$1"; }
    type_letter() { press "$1"; }
    window() { as_user xdotool search --onlyvisible --name Vitrine; }
    # Without a window, `import` would wait for somebody to point at one.
    shoot() { local id; id=$(window) && [ -n "$id" ] && as_user import -window "$id" "$1"; }
    # resize_to WIDTH HEIGHT, in pixels.
    resize_to() { as_user xdotool windowsize "$(window)" "$1" "$2"; }
}

start_sway() {
    user=()
    # What the user needs is copied to where that user can read it. A second display finds it there.
    if [ "$(dirname "$program")" != "$place" ]; then
        cp "$program" "$clip" "$place/"
        program=$place/$(basename "$program") clip=$place/$(basename "$clip")
    fi
    cat >"$place/config" <<'END'
output * mode 1280x720@60Hz scale 1.25
for_window [title="Vitrine"] floating enable, border none, move absolute position 0 0
END
    chmod 0700 "$place"
    if [ "$(id -u)" = 0 ]; then
        user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
        chown -R nobody "$place"
    fi
    environment=(-u DISPLAY HOME="$place" XDG_RUNTIME_DIR="$place" WLR_BACKENDS=headless
        WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman SWAYSOCK="$place/sway.sock")
    become_user sway -c "$place/config" >"$place/display.log" 2>&1 &
    display=$!
    helpers+=("$display")
    until_true "sway is up" sh -c "ls $place/wayland-? >/dev/null 2>&1"
    display_name=$(basename "$(ls "$place"/wayland-?)")
    environment+=(WAYLAND_DISPLAY="$display_name")
    expected_importer=dmabuf
    # The keyboard exists only while wtype runs: the window needs a moment to see it.
    press() { as_user wtype -s 400 -k "$1" -s 200; }
    press_shift() { as_user wtype -s 400 -M shift -k "$1" -m shift -s 200; }
    type_letter() { as_user wtype -s 400 "$1" -s 200; }  # with Shift where it is a capital
    shoot() { as_user grim -g "0,0 $(units "$window_size")" "$1"; }
    # Floating windows are resized about their middle.
    resize_to() {
        as_user swaymsg -q "resize set width $(($1 * 4 / 5)) px height $(($2 * 4 / 5)) px;
            move absolute position 0 0"
    }
    # "640x360" pixels in the desktop's units.
    units() { echo "$((${1%x*} * 4 / 5))x$((${1#*x} * 4 / 5))"; }
}

# start_player SIZE OPTIONS...: plays the clip in a window of that many pixels.
start_player() {
    window_size=$1
    shift
    become_user "$program" --output=window --size="$window_size" "$@" "$clip" >"$place/program.log" 2>&1 &
    player=$!
    helpers+=("$player")
    until_true "a numbered frame is seen" sees_any
}

# ends_with CODE: the program ends by itself.
ends_with() {
    local code=0
    until_true "the program ends" sh -c "! kill -0 $player 2>/dev/null"
    wait "$player" || code=$?
    [ "$code" = "$1" ] || fail "the program ends with $code, not $1"
}

# "WIDTHxHEIGHT NUMBER" of the window as it is seen; nothing while no numbered frame is there. The
# picture lies in all of it unless an argument says where, or picture_at: WxH+X+Y.
picture_at=()
seen() {
    shoot "$place/seen.png" 2>/dev/null || return 0
    [ $# -gt 0 ] || set -- "${picture_at[@]}"
    "$read_number" "$place/seen.png" "$@" 2>/dev/null || true
}
number_seen() { local what; what=$(seen); echo "${what#* }"; }
sees() { [ "$(number_seen)" = "$1" ]; }
sees_in() { [ "$(seen)" = "$1 $2" ]; }
sees_any() { [ -n "$(number_seen)" ]; }
# Two looks at the same number, or at two numbers, a while apart.
stands_still() { local first; first=$(number_seen); sleep 0.5; [ -n "$first" ] && sees "$first"; }
goes_on() { local first; first=$(number_seen); sleep 0.5; [ -n "$first" ] && sees_any && ! sees "$first"; }

# The same of the screenshot that the program itself writes when it is asked to.
screenshot() {
    rm -f "$place/vitrine-0001.png"
    press s
    until_true "s writes a screenshot" test -s "$place/vitrine-0001.png"
    sleep 0.2
    "$read_number" "$place/vitrine-0001.png" "$@" || true
}
shows() { local wanted=$1; shift; [ "$(screenshot "$@")" = "$wanted" ]; }
