#!/usr/bin/env bash
# What a frame of a V4L2 decoder costs the program: by vitrine's own way, and by FFmpeg's wrapper and an
# upload, on the same emulated device (tests/vpu), 1080p, and how they compare. Then the system calls of
# ours per frame, and what the process holds over 10000 frames with a seek every 100.
# Usage: bench/v4l2.sh [FRAMES]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
frames=${1:-150}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --preset dev -DVITRINE_BENCH=ON >"$work/build.log" 2>&1 &&
    cmake --build --preset dev --target vitrine vitrine_hand_over vitrine_endurance vitrine_vpu >>"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
ffmpeg -v error -f lavfi -i "testsrc2=s=1920x1080:r=60" -frames:v 300 -c:v libx264 -preset medium -b:v 8M \
    -pix_fmt yuv420p "$work/clip.mp4"

on_device() {
    VITRINE_VPU_PROFILE=spec-mplane VITRINE_VPU_COUNTERS="$work/counters" \
        LD_PRELOAD=$PWD/build/dev/tests/vpu/libvitrine_vpu.so "$@"
}
hand_over() { on_device build/dev/bench/vitrine_hand_over "$work/clip.mp4" "$1" "$2" "$frames"; }
hand_over v4l2 dmabuf | tee "$work/ours"
hand_over h264_v4l2m2m upload | tee "$work/ffmpegs"
p50() { sed 's/.*p50 \([0-9.]*\).*/\1/' "$work/$1"; }
python3 -c "print(f'FFmpeg\'s way takes {$(p50 ffmpegs) / $(p50 ours):.1f} times as long')"

# The difference of two runs is what the frames between them cost.
calls() {
    on_device build/dev/app/vitrine --hwdec=v4l2 --output=offscreen --size=320x180 --untimed --frames="$1" \
        --log-level=error "$work/clip.mp4" 2>/dev/null
    python3 -c 'import json, sys
calls = json.load(open(sys.argv[1]))["calls"]
print(sum(count for name, count in calls.items() if name.startswith("VIDIOC_")))' "$work/counters"
}
few=$(calls 100)
many=$(calls 300)
python3 -c "print(f'{($many - $few) / 200:.2f} ioctls per frame')"
on_device build/dev/bench/vitrine_endurance assets/numbered.mp4 v4l2 dmabuf 10000 100
