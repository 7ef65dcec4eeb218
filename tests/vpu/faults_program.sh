#!/bin/sh
# The program on emulated devices that do something wrong: every frame by another decoder where there is
# one, and where none is wanted a clear error and its exit status.
# Usage: faults_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
program=$1 library=$2 clip=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# case_of NAME PROFILE FAULT OPTION...: NAME.err and NAME.status tell how it went.
case_of() {
    name=$1 profile=$2 fault=$3
    shift 3
    VITRINE_VPU_PROFILE=$profile VITRINE_VPU_FAULT=$fault LD_PRELOAD=$library timeout --foreground -k 5 60 \
        "$program" --output=null --untimed "$@" "$clip" >"$folder/$name.out" 2>"$folder/$name.err"
    echo $? >"$folder/$name.status"
}
fail() {
    echo "$1: $2" >&2
    cat "$folder/$1.err" >&2
    exit 1
}
expect_status() {
    [ "$(cat "$folder/$1.status")" = "$2" ] || fail "$1" "status $(cat "$folder/$1.status"), not $2"
}
expect() {
    tr '\n' ' ' <"$folder/$1.err" | tr -s ' ' | grep -q -e "$2" || fail "$1" "does not say: $2"
}

# both PROFILE FAULT REASON: the next decoder takes over; where hardware is required, that is missing.
both() {
    case_of next "$1" "$2"
    expect_status next 0
    expect next "250 presented, 0 dropped"
    expect next "decoder h264 (software)"
    expect next "$3"
    case_of required "$1" "$2" --hwdec-required
    expect_status required 6
    expect required "$3"
}
both spec open-denied "/dev/video10 belongs to root:root (0660)"
both spec open-busy "/dev/video10 is busy"
both spec no-querycap "/dev/video10 does not say what it is"
both spec lie-format "/dev/video10 gives pictures as LIES"
both spec lie-pitch "plane "
both spec-mplane lie-offset "plane "
both bcm2835 swallow-profile "no picture for 120 packets"
both spec eio@0 "on /dev/video10: Input/output error"
both spec vanish@0 "on /dev/video10: No such device"
both webcam "" "/dev/video10 (Emulated webcam) is no decoder"

# Pictures that the GPU here does not import would be copied.
case_of required spec-columns "" --output=offscreen --hwdec-required
expect_status required 6
expect required "dmabuf: "

# While it plays. Where nothing else may take over, the file breaks off, with the reason.
for fault in vanish@30 eio@30+; do
    case_of next spec "$fault"
    expect_status next 0
    expect next "250 presented, 0 dropped"
    expect next "decoding goes on with h264"
    case_of alone spec "$fault" --hwdec=v4l2
    expect_status alone 1
    expect alone "/dev/video10"
done

# What a device comes round from.
for fault in eio@30 source-change@30 error-buffer@30 lie-size; do
    case_of itself spec "$fault" --hwdec-required
    expect_status itself 0
    expect itself "250 presented, 0 dropped"
    expect itself "decoder /dev/video10"
done
