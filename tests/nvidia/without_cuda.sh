#!/bin/sh
# The program as it is built without NVIDIA's headers: everything works but NVDEC, and whoever asks for
# that is told what is missing.
# Usage: without_cuda.sh VITRINE CLIP
set -u
program=$1 clip=$2
. "$(dirname "$0")/../support/cases.sh"

# run NAME STATUS ARGUMENT...
run() {
    name=$1 status=$2
    shift 2
    run_case "$name" "$program" "$@"
    expect_status "$name" "$status"
}

reason="built without nv-codec-headers (ffnvcodec; Debian's libffmpeg-nvenc-dev)"
play="--output=offscreen --untimed --size=320x180"
run play 0 $play "$clip"
expect play "250 presented, 0 dropped"
expect play "not nvdec: $reason"
run nvdec 6 $play --hwdec=nvdec "$clip"
expect nvdec "nvdec: $reason"
run cuda 6 $play --import=cuda "$clip"
expect cuda "cuda: $reason"
run probe 0 probe
expect probe "cuda out: $reason"
expect probe "not nvdec: $reason"
run doctor 0 doctor "$clip"
expect doctor "nvdec left - - reason $reason hint take a vitrine that was built with them"
