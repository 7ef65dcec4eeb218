#!/bin/sh
# The program with a pretended NVIDIA driver, found as a real one is, by its name: with one that works,
# one that is too old, none, and with what only NVDEC's way may do.
# Usage: program.sh VITRINE DRIVER_FOLDER OLD_DRIVER_FOLDER CLIP FFV1_CLIP
set -u
program=$1 driver=$2 old=$3 clip=$4 other=$5
. "$(dirname "$0")/../support/cases.sh"

# run NAME LIBRARIES STATUS ARGUMENT...
run() {
    name=$1 libraries=$2 status=$3
    shift 3
    run_case "$name" env LD_LIBRARY_PATH="$libraries" "$program" "$@"
    expect_status "$name" "$status"
}

play="--output=offscreen --untimed --size=320x180"
run required "$driver" 0 $play --hwdec-required "$clip"
expect required "decoder h264 (hardware), storage cuda, importer cuda, output offscreen"
expect required "copies 0 per frame, 0 bytes; 1 within the GPU"
expect required "250 presented, 0 dropped"

run cuda "$driver" 0 $play --hwdec=nvdec --import=cuda --timing-json="$folder/timing.json" "$clip"
grep -q '"device_copies": 250' "$folder/timing.json" || fail cuda "the JSON does not count the GPU's copies"
run null "$driver" 0 --output=null --untimed --hwdec=nvdec "$clip"
expect null "storage cuda, importer none, output null"
run hash "$driver" 1 --output=null --untimed --hwdec=nvdec --frame-hash="$folder/hash" "$clip"
expect hash "the CPU cannot read frames in cuda"
run upload "$driver" 6 $play --hwdec=nvdec --import=upload "$clip"
run playlist "$driver" 0 $play "$other" "$clip"
expect playlist "decoder ffv1 (software), storage"
expect playlist "decoder h264 (hardware), storage cuda, importer cuda, output offscreen"
export VITRINE_NVIDIA_FAULT=second-gpu
run second "$driver" 0 $play --hwdec-required "$clip"
expect second "decoder h264 (hardware), storage cuda, importer cuda, output offscreen"
run second_doctor "$driver" 0 doctor "$clip"
expect second_doctor "nvdec played [0-9.]* 0 (GPU 1) h264 > cuda > cuda"
unset VITRINE_NVIDIA_FAULT
run probe "$driver" 0 probe
expect probe "nvdec *[a-z0-9, ]*vp9[a-z0-9, ]*: out: this GPU does not decode"
expect probe "nvdec > CUDA > cuda > offscreen: [a-z0-9, ]*h264"

# Of pictures that the CPU wrote, each of which bench looks at.
bench="bench --methods=cuda --sizes=131x77 --frames=6 --trials=2 --seed=1"
run bench "$driver" 0 $bench --formats=nv12,yuv420p,p010,yuyv422,gray
[ "$(grep -c '^cuda .* 1\.0+0 ' "$folder/bench.out")" = 5 ] || fail bench "not each format is copied"
refuse bench "unsupported"
run bench_format "$driver" 0 $bench --formats=rgb24
expect bench_format "unsupported *cuda: cuGraphicsGLRegisterImage: CUDA_ERROR_INVALID_VALUE"
export VITRINE_NVIDIA_FAULT=lost@9
run bench_lost "$driver" 0 $bench --formats=nv12
expect bench_lost "unsupported *cuda: cuMemcpy2DAsync: CUDA_ERROR_LAUNCH_FAILED"
unset VITRINE_NVIDIA_FAULT
run bench_none "" 0 $bench
expect bench_none "unsupported *cuda: no NVIDIA driver"

# A way that was forced: missing from the start, or one that had worked.
export VITRINE_NVIDIA_FAULT=no-h264
run import_missing "$driver" 6 $play --import=cuda "$clip"
expect import_missing "its pictures cannot be shown (none of the importers allowed (cuda) takes pictures in memory)"
expect import_missing "left; not taken before: .*nvdec (h264): this GPU does not decode h264"
run decoder_missing "$driver" 6 $play --hwdec=nvdec "$clip"
for fault in lost@50 broken@30; do
    export VITRINE_NVIDIA_FAULT=$fault
    run "forced_$fault" "$driver" 1 $play --hwdec=nvdec "$clip"
    run "imported_$fault" "$driver" 1 $play --import=cuda "$clip"
    run "required_$fault" "$driver" 6 $play --hwdec-required "$clip"
done
unset VITRINE_NVIDIA_FAULT

# A call that never returns: nothing waits for it that needs no NVDEC, and nothing that does for long.
for call in cuInit cuGLGetDevices; do
    export VITRINE_NVIDIA_FAULT=hang@$call
    run "software_$call" "$driver" 0 $play --hwdec=no "$clip"
    refuse "software_$call" "left behind"
    expect "software_$call" "250 presented, 0 dropped"
    run "play_$call" "$driver" 0 $play "$clip"
    expect "play_$call" "nvdec (h264): opening it has not returned for 3 s"
    expect "play_$call" "250 presented, 0 dropped"
    run "probe_$call" "$driver" 0 probe
    expect "probe_$call" "opening it has not returned for 3 s"
    run "doctor_$call" "$driver" 0 doctor "$clip"
    expect "doctor_$call" "nvdec left - - reason a call to nvdec has not returned yet"
done
unset VITRINE_NVIDIA_FAULT

# A container without the driver's capability "video".
mkdir "$folder/no_nvcuvid"
ln -s "$driver/libcuda.so.1" "$folder/no_nvcuvid"
run no_nvcuvid "$folder/no_nvcuvid" 0 $play "$clip"
expect no_nvcuvid "not nvdec: no libnvcuvid.so.1: .* (in a container: NVIDIA_DRIVER_CAPABILITIES=video or all)"
run no_nvcuvid_probe "$folder/no_nvcuvid" 0 probe
expect no_nvcuvid_probe "not nvdec: no libnvcuvid.so.1"
refuse no_nvcuvid_probe "nvdec > CUDA"
run no_nvcuvid_doctor "$folder/no_nvcuvid" 0 doctor "$clip"
expect no_nvcuvid_doctor "nvdec left - - reason no libnvcuvid.so.1: .* hint in a container, set NVIDIA_DRIVER_CAPABILITIES"

run old "$old" 0 $play "$clip"
expect old "not nvdec: the NVIDIA driver is too old: it has no cuArrayDestroy"
run old_forced "$old" 6 $play --hwdec=nvdec "$clip"
run old_doctor "$old" 0 doctor "$clip"
expect old_doctor "nvdec left - - reason the NVIDIA driver is too old: .* hint install a newer driver"
export VITRINE_NVIDIA_FAULT=other-gpu
run elsewhere "$driver" 0 doctor "$clip"
unset VITRINE_NVIDIA_FAULT
expect elsewhere "nvdec left - - reason .*no NVIDIA GPU draws here.* hint GL is drawn by another GPU"
run doctor "$driver" 0 doctor "$clip"
expect doctor "nvdec played [0-9.]* 0 (GPU 1) h264 > cuda > cuda"
run none "" 0 $play "$clip"
expect none "not nvdec: no NVIDIA driver (no libcuda.so.1)"
refuse none "not cuda"
run none_forced "" 6 $play --hwdec=nvdec "$clip"
expect none_forced "no NVIDIA driver (no libcuda.so.1)"
run none_import "" 6 $play --import=cuda "$clip"
expect none_import "no way to import pictures: cuda: no NVIDIA driver (no libcuda.so.1)"
