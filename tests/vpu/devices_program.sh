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

export VITRINE_VPU_PROFILE=video0=webcam,video10=bcm2835,video11=wave5,video12=spec,video13=spec,video14=spec
export VITRINE_VPU_FAULT=open-denied@12,open-busy@13,no-querycap@14
list --json >"$folder/all.json"
sed 's/"version": "[^"]*"/"version": "0"/' "$folder/all.json" | diff -u "$golden" -
list --cameras >"$folder/cameras"
grep -q '^  /dev/video0 ' "$folder/cameras"
grep -q '^  /dev/video13  not known ' "$folder/cameras"
grep -q '^2 nodes are of other kinds' "$folder/cameras"
list -v | grep -q 'Power Line Frequency: menu'

export VITRINE_VPU_PROFILE= VITRINE_VPU_FAULT=
list | grep -q '^There is no V4L2 device here'
list --json | grep -q '"nodes": \[\]'
