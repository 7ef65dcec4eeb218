#!/usr/bin/env bash
# Measures in the lab's kernel, where a camera's buffers are imported (tests/lab): the hand-over of a
# frame. After ./dev lab, which builds all that this needs. Usage: bench/lab.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kernel=$(ls -t "${XDG_CACHE_HOME:-$HOME/.cache}"/vitrine/lab/linux-*/linux | head -n 1)
tests/lab/run.sh "$kernel" "$PWD/build/dev" -R LabHandOver -V | grep -o 'camera to textures.*'
