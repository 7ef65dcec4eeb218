#!/bin/sh
# The program on emulated devices that do something wrong: every frame by another decoder where there is
# one, and where none is wanted a clear error and its exit status.
# Usage: faults_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
. "$(dirname "$0")/cases.sh"

# case_of NAME PROFILE FAULT OPTION...
case_of() {
    name=$1 profile=$2 fault=$3
    shift 3
    on_device "$name" "$profile" "$fault" "$program" --output=null --untimed "$@" "$clip"
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
both spec contiguous-only "/dev/video10 takes no memory of ours"
both webcam "" "/dev/video10 (Emulated webcam) is no decoder"

# Without any hardware among the decoders it is a mistake, and not a machine that lacks something.
case_of required spec "" --hwdec-required --hwdec=software
expect_status required 2
expect required "exclude each other"

# A vendor's node is tried only where it is named.
case_of next v4l2-nvdec=spec ""
expect_status next 0
expect next "decoder h264 (software)"
case_of itself v4l2-nvdec=spec "" --device=/dev/v4l2-nvdec
expect_status itself 0
expect itself "decoder /dev/v4l2-nvdec"

# Pictures that the GPU here does not import would be copied.
case_of required spec-columns "" --output=offscreen --hwdec-required
expect_status required 6
expect required "dmabuf: "
case_of next spec-columns "" --output=offscreen
expect_status next 0
expect next "250 presented"
expect next "decoder h264 (software)"
expect next "copies 0 per frame"

# While it plays. Where nothing else may take over, the file breaks off, with the reason.
for fault in vanish@30 eio@30+; do
    case_of next spec "$fault"
    expect_status next 0
    expect next "250 presented, 0 dropped"
    expect next "decoding goes on with h264"
    case_of alone spec "$fault" --hwdec=v4l2
    expect_status alone 1
    expect alone "/dev/video10"
    case_of required spec "$fault" --hwdec-required
    expect_status required 6
    expect required "/dev/video10"
done

# What a device comes round from.
for fault in eio@30 source-change@30 error-buffer@30 lie-size; do
    case_of itself spec "$fault" --hwdec-required
    expect_status itself 0
    expect itself "250 presented, 0 dropped"
    expect itself "decoder /dev/video10"
done

# Without memory that it shares it gets ours, whoever shows the pictures, if anybody.
for way in --output=null "--output=offscreen --import=upload"; do
    # shellcheck disable=SC2086  # options
    case_of itself spec no-export $way
    expect_status itself 0
    expect itself "250 presented, 0 dropped"
    expect itself "decoder /dev/video10"
    expect itself "/dev/video10 does not share its output buffers"
done
