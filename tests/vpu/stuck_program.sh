#!/bin/sh
# The program on emulated devices that hang, each in a system call or in libavcodec's poll: it ends by
# itself with the right exit status, with every frame by another decoder where there is one, and
# says what it left behind. Usage: stuck_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
program=$1 library=$2 clip=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# case_of NAME FAULT COMMAND...: NAME.out, NAME.err and NAME.status tell how it went. All of them at once,
# for each waits three seconds.
case_of() {
    name=$1 fault=$2
    shift 2
    {
        VITRINE_VPU_PROFILE=spec VITRINE_VPU_FAULT=$fault LD_PRELOAD=$library \
            timeout --foreground -k 5 "$@" >"$folder/$name.out" 2>"$folder/$name.err"
        echo $? >"$folder/$name.status"
    } &
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

play="--output=null --untimed"
case_of ioctl hang@30 60 "$program" $play --timing-json="$folder/ioctl.json" "$clip"
case_of poll starve@30+ 60 "$program" $play --hwdec=h264_v4l2m2m,software "$clip"
case_of alone hang@30 60 "$program" $play --hwdec=v4l2 "$clip"
case_of alone_required hang@30 60 "$program" $play --hwdec-required "$clip"
case_of vanished vanish@30 60 "$program" $play --hwdec=v4l2 "$clip"
case_of vanished_required vanish@30 60 "$program" $play --hwdec-required "$clip"
case_of dead eio@0+ 60 "$program" $play --hwdec=v4l2 "$clip"
case_of dead_required eio@0+ 60 "$program" $play --hwdec-required "$clip"
case_of required hang@0 60 "$program" $play --hwdec-required "$clip"
case_of open open-hang 60 "$program" $play "$clip" "$clip"
case_of interrupted hang@30 -s INT --preserve-status 1.5 "$program" $play "$clip"
case_of probe open-hang 60 "$program" probe
case_of devices open-hang 60 "$program" devices
wait

left="1 thread left behind in a call into a driver that did not return"
ending="ending without a thread that did not return from a driver"

for name in ioctl poll open; do
    expect_status $name 0
    expect $name "decoder h264 (software)"
    expect $name "$left"
    expect $name "$ending"
done
expect ioctl "250 presented, 0 dropped"
expect ioctl "/dev/video10: decoding has not returned for 3 s: the thread in it is left behind"
expect ioctl "decoding goes on with h264"
expect ioctl "not v4l2 (/dev/video10 [^)]*): decoding has not returned for 3 s"
grep -q '"abandoned_threads": 1' "$folder/ioctl.json" || fail ioctl "the JSON does not count it"
expect poll "250 presented, 0 dropped"
expect poll "not software (h264_v4l2m2m): [a-z ]* has not returned for 3 s"
expect open "500 presented, 0 dropped"
expect open "/dev/video10: asking what it can do has not returned for 3 s"
# What worked and then broke is a failure, however it was forced.
for name in alone alone_required; do
    expect_status $name 1
    expect $name "error: [^ ]*: decoding has not returned for 3 s; "
    expect $name "$left"
done
for name in vanished vanished_required; do
    expect_status $name 1
    expect $name "error: [^ ]*: VIDIOC_[A-Z]* [()a-z ]*on /dev/video10: No such device; "
done
# What never worked is a way that is missing.
for name in dead dead_required; do
    expect_status $name 6
    expect $name "no decoder that was asked for works"
done
expect_status required 6
expect required "decoding has not returned for 3 s"
expect_status interrupted 130
expect interrupted "$left"
expect interrupted "decoding has not returned for 1 s"
expect_status probe 0
grep -q "asking what it can do has not returned for 3 s" "$folder/probe.out" || fail probe "no reason"
expect probe "$ending"
expect_status devices 0
grep -q "its driver does not answer: asking what it is has not returned for 3 s" "$folder/devices.out" ||
    fail devices "no reason"
expect devices "$ending"
