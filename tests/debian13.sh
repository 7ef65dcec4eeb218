#!/usr/bin/env bash
# Builds this tree in the root of another Debian, and runs the tests labelled `example` there; as root,
# in a mount namespace of its own. Usage: debian13.sh ROOT TREE USER:GROUP
set -euo pipefail
readonly system=$1 tree=$2 user=$3

mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
mount -t tmpfs -o mode=1777 tmp "$system/tmp"
mkdir -p "$system$tree"  # which may lie in /tmp
mount --bind "$tree" "$system$tree"
exec chroot --userspec="$user" "$system" env HOME=/tmp bash -euc '
    cd "$0"
    mkdir -p build/debian13
    cmake --preset debian13 >build/debian13/configure.log || { cat build/debian13/configure.log; exit 1; }
    cmake --build --preset debian13
    exec ctest --preset debian13 --parallel "$(nproc)"' "$tree"
