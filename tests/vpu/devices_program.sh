#!/bin/sh
# The program lists emulated nodes as the golden JSON has it, and has nothing against there being
# none. Usage: devices_program.sh VITRINE LIBVITRINE_VPU GOLDEN
set -eu
program=$1 library=$2 golden=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

list() {
    LD_PRELOAD="$library" "$program" devices "$@"
}

export VITRINE_VPU_PROFILE=video0=webcam,video10=bcm2835,video11=wave5,video12=spec,video13=spec,video14=spec,v4l2-nvenc=spec
export VITRINE_VPU_FAULT=open-denied@12,open-busy@13,no-querycap@14,no-querycap@15
# What forbids /dev/video12 depends on who runs this.
common() {
    sed -e 's/"version": "[^"]*"/"version": "0"/' -e 's/\(video12 belongs to root:root (0660): \)[^"]*/\1.../' "$1"
}
list --json >"$folder/all.json"
common "$golden" >"$folder/golden.json"
common "$folder/all.json" | diff -u "$folder/golden.json" -
list --cameras >"$folder/cameras"
grep -q '^  /dev/video0  *camera ' "$folder/cameras"
grep -q '^  /dev/video13  *not known ' "$folder/cameras"
grep -q '^2 nodes are of other kinds' "$folder/cameras"
list -v | grep -q 'Power Line Frequency: menu'

export VITRINE_VPU_PROFILE= VITRINE_VPU_FAULT=
list | grep -q '^There is no V4L2 device here'
list --json | grep -q '"nodes": \[\]'
