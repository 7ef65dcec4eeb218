#!/usr/bin/env bash
# A display shows the very memory that pictures were decoded into: GTK offloads it to sway, which has
# it scanned out, and nobody draws. The kernel is asked what vkms, the display, scans out, and the
# pixels are compared.
# Usage: offload.sh EXAMPLE     in the lab's kernel
set -euo pipefail
readonly example=$1
# shellcheck source=../window/display.sh
. "$(dirname "${BASH_SOURCE[0]}")/../window/display.sh"
patience=60

card=""
for each in /sys/class/drm/card[0-9]; do
    [[ $(readlink -f "$each/device") != */vkms ]] || card=$(basename "$each")
done
[[ -n $card ]] || fail "there is no vkms"

# Sockets do not lie on the host's file system. Other tests of this boot find all as it was.
run=$(mktemp -d /dev/shm/offload.XXXXXX)
told=""
clean_up() {
    kill "${helpers[@]}" 2>/dev/null || true
    wait
    [[ -z $told ]] || umount /sys/dev/char
    rm -rf "$place" "$run"
}
trap clean_up EXIT

# Debian 13's libdrm, 2.4.124, does not know the bus of virtual devices: it finds none there, and sway
# then takes no memory. It is told that of a bus that it knows.
tell_of_known_bus() {
    local node
    node=$run/char/$(cat "/sys/class/drm/$card/dev")
    mkdir -p "$node/device/drm/$card"
    cat "/sys/class/drm/$card/uevent" >"$node/uevent"
    ln -s /sys/bus/platform "$node/device/subsystem"
    echo MODALIAS=platform:vkms >"$node/device/uevent"
    mount --bind "$run/char" /sys/dev/char
    told=yes
}

start_sway_on_vkms() {
    cat >"$place/config" <<'END'
default_border none
for_window [app_id=".*"] fullscreen enable
END
    environment=(HOME="$place" XDG_RUNTIME_DIR="$run" LIBSEAT_BACKEND=noop WLR_BACKENDS=drm
        WLR_DRM_DEVICES="/dev/dri/$card" WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=gles2
        WLR_RENDERER_ALLOW_SOFTWARE=1)
    env "${environment[@]}" sway -d -c "$place/config" >"$place/display.log" 2>&1 &
    helpers+=($!)
    until_true "sway is up" test -S "$run/wayland-1"
}

# shows IMPORTED: whether what is scanned out has that flag, yes or no.
shows() {
    sed -n '/: plane-0$/,/: plane-1$/p' "/sys/kernel/debug/dri/${card#card}/state" |
        grep "imported=$1\$" >/dev/null
}

tell_of_known_bus
start_sway_on_vkms
until_true "sway's own memory is scanned out, which is not imported" shows no

# As large as the display is without being asked. All pictures are alike, so that any will do.
ffmpeg -v error -f lavfi -i smptehdbars=size=1024x768:rate=2:duration=90 -pix_fmt bgr0 -c:v ffv1 \
    "$place/clip.mkv"
ffmpeg -v error -i "$place/clip.mkv" -frames 1 -f rawvideo "$place/wanted"
env HOME="$place" XDG_RUNTIME_DIR="$run" WAYLAND_DISPLAY=wayland-1 GDK_DEBUG=offload \
    LIBGL_ALWAYS_SOFTWARE=1 "$example" "$place/clip.mkv" >"$place/program.log" 2>&1 &
helpers+=($!)
until_true "memory from elsewhere is scanned out" shows yes
ffmpeg -v error -device "/dev/dri/$card" -f kmsgrab -i - -frames 1 \
    -vf hwdownload,format=bgr0 -f rawvideo "$place/seen"
shows yes || fail "it is not any more"
cmp "$place/wanted" "$place/seen" || fail "its pixels are others"

says() { grep -- "$1" "$place/program.log" >/dev/null; }
says '^path: ffv1 > dma-heap:system > none > host$' || fail "it is not from where it was decoded"
says ' Attaching ' || fail "GTK does not say that it offloads"
! says '^GTK ' || fail "GTK guesses, draws or gets copies"
