#!/bin/sh
# The program on emulated devices that hang, each in a system call or in libavcodec's poll: it ends by
# itself with the right exit status, with every frame by another decoder where there is one, and
# says what it left behind. Usage: stuck_program.sh VITRINE LIBVITRINE_VPU CLIP
set -u
. "$(dirname "$0")/cases.sh"

# case_of NAME FAULT COMMAND...: all of them at once, for each waits three seconds.
case_of() {
    name=$1 fault=$2
    shift 2
    on_device "$name" spec "$fault" "$@" &
}

play="--output=null --untimed"
case_of ioctl hang@30 "$program" $play --timing-json="$folder/ioctl.json" "$clip"
# 46: a decoder "hangs before first frame".
case_of first hang@0 "$program" $play "$clip"
case_of poll starve@30+ "$program" $play --hwdec=h264_v4l2m2m,software "$clip"
case_of alone hang@30 "$program" $play --hwdec=v4l2 "$clip"
case_of alone_required hang@30 "$program" $play --hwdec-required "$clip"
case_of vanished vanish@30 "$program" $play --hwdec=v4l2 "$clip"
case_of vanished_required vanish@30 "$program" $play --hwdec-required "$clip"
case_of dead eio@0+ "$program" $play --hwdec=v4l2 "$clip"
case_of dead_required eio@0+ "$program" $play --hwdec-required "$clip"
case_of required hang@0 "$program" $play --hwdec-required "$clip"
case_of open open-hang "$program" $play "$clip" "$clip"
# Asked to end a second after the first picture was shown, when the device hangs.
interrupt='"$@" & until grep -q path: "$0"; do sleep 0.05; done; sleep 1; kill -INT $!; wait $!'
case_of interrupted hang@30 sh -c "$interrupt" "$folder/interrupted.err" "$program" $play "$clip"
case_of slow_stop slow-stop "$program" $play --hwdec-required "$clip" "$clip"
case_of slow_rebuild slow-stop,starve@30 "$program" $play --hwdec-required "$clip"
case_of probe open-hang "$program" probe
case_of devices open-hang "$program" devices
wait

left="1 thread left behind in a call into a driver that did not return"
ending="ending without a thread that did not return from a driver"

for name in ioctl first poll open; do
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
expect first "250 presented, 0 dropped"
expect first "not v4l2 (/dev/video10 [^)]*): decoding has not returned for 3 s"
expect poll "250 presented, 0 dropped"
expect poll "not software (h264_v4l2m2m): [a-z ]* has not returned for 3 s"
expect open "500 presented, 0 dropped"
expect open "/dev/video10: asking what it can do has not returned for 3 s"
# A decoder that was asked for and broke is a failure; required hardware that broke is missing.
expect_status alone 1
expect_status vanished 1
expect_status alone_required 6
expect_status vanished_required 6
for name in alone alone_required; do
    expect $name "error: [^ ]*: decoding has not returned for 3 s; "
    expect $name "$left"
done
for name in vanished vanished_required; do
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
# Slow is not stuck.
expect_status slow_stop 0
expect slow_stop "500 presented, 0 dropped"
expect_status slow_rebuild 0
expect slow_rebuild "250 presented, 0 dropped"
expect slow_rebuild "/dev/video10 [^ ]* is opened anew: no picture for 3 s"
for name in slow_stop slow_rebuild; do
    expect $name "decoder /dev/video10"
    refuse $name "left behind"
done
expect_status probe 0
expect probe "asking what it can do has not returned for 3 s"
expect probe "$ending"
expect_status devices 0
expect devices "its driver does not answer: asking what it is has not returned for 3 s"
expect devices "$ending"
