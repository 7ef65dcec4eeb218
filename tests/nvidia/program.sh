#!/bin/sh
# The program with a pretended NVIDIA driver, found as a real one is, by its name: with one that works,
# one that is too old, none, and with what only NVDEC's way may do.
# Usage: program.sh VITRINE DRIVER_FOLDER OLD_DRIVER_FOLDER CLIP
set -u
program=$1 driver=$2 old=$3 clip=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run LIBRARIES STATUS ARGUMENT...: its messages, in one line, are in $folder/said.
run() {
    libraries=$1 status=$2
    shift 2
    LD_LIBRARY_PATH=$libraries timeout 60 "$program" "$@" >"$folder/out" 2>&1
    seen=$?
    tr '\n' ' ' <"$folder/out" | tr -s ' ' >"$folder/said"
    [ $seen = "$status" ] || fail "status $seen, not $status: $*"
}
fail() {
    echo "$1" >&2
    cat "$folder/out" >&2
    exit 1
}
expect() { grep -q -e "$1" "$folder/said" || fail "does not say: $1"; }
refuse() { ! grep -q -e "$1" "$folder/said" || fail "says: $1"; }

play="--output=offscreen --untimed --size=320x180"
run "$driver" 0 $play --hwdec-required "$clip"
expect "decoder h264 (hardware), storage cuda, importer cuda, output offscreen"
expect "copies 0 per frame, 0 bytes; 1 within the GPU"
expect "250 presented, 0 dropped"

run "$driver" 0 $play --hwdec=nvdec --import=cuda --timing-json="$folder/timing.json" "$clip"
grep -q '"device_copies": 250' "$folder/timing.json" || fail "the JSON does not count the GPU's copies"
run "$driver" 0 --output=null --untimed --hwdec=nvdec "$clip"
expect "storage cuda, importer none, output null"
run "$driver" 1 --output=null --untimed --hwdec=nvdec --frame-hash="$folder/hash" "$clip"
expect "the CPU cannot read frames in cuda"
run "$driver" 6 $play --hwdec=nvdec --import=upload "$clip"
run "$driver" 0 probe
expect "nvdec > CUDA > cuda > offscreen: [a-z0-9, ]*h264"

run "$old" 0 $play "$clip"
expect "not nvdec: the NVIDIA driver is too old: it has no cuArrayDestroy"
run "$old" 6 $play --hwdec=nvdec "$clip"
run "$old" 0 doctor "$clip"
expect "nvdec left - - reason the NVIDIA driver is too old: .* hint install a newer driver"
VITRINE_NVIDIA_FAULT=other-gpu run "$driver" 0 doctor "$clip"
expect "nvdec left - - reason .*no NVIDIA GPU draws here.* hint GL is drawn by another GPU"
run "$driver" 0 doctor "$clip"
expect "nvdec played [0-9.]* 0 (GPU 1) h264 > cuda > cuda"
run "" 0 $play "$clip"
expect "not nvdec: no NVIDIA driver (no libcuda.so.1)"
refuse "not cuda"
run "" 6 $play --hwdec=nvdec "$clip"
expect "no NVIDIA driver (no libcuda.so.1)"
