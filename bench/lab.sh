#!/usr/bin/env bash
# Measures in the lab's kernel, where a camera's and a decoder's buffers are imported (tests/lab): the
# hand-over of a frame, with either kind of V4L2 device. After ./dev lab, which builds all that this
# needs. Usage: bench/lab.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kernel=$(tests/lab/kernel.sh --cached)
tests/lab/run.sh "$kernel" "$PWD/build/dev" -R LabHandOver -V | grep -oE '(camera|decoder) to textures.*|with a [a-z]+-planar vicodec'
