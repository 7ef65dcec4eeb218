#!/usr/bin/env bash
# Builds this tree in the root of another Debian, and runs the tests labelled `example` there, and in
# the lab's kernel the one of offloading; as root, in a mount namespace of its own.
# Usage: debian13.sh ROOT TREE USER:GROUP [KERNEL]     without a kernel that one is left out
set -euo pipefail
readonly system=$1 tree=$2 user=$3 kernel=${4-}

mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
mount -t tmpfs -o mode=1777 tmp "$system/tmp"
mkdir -p "$system$tree"  # which may lie in /tmp
mount --bind "$tree" "$system$tree"
if [[ -n $kernel ]]; then install -m 755 "$kernel" "$system/tmp/linux"; fi
exec chroot --userspec="$user" "$system" env HOME=/tmp bash -euc '
    cd "$0"
    mkdir -p build/debian13
    cmake --preset debian13 >build/debian13/configure.log || { cat build/debian13/configure.log; exit 1; }
    cmake --build --preset debian13
    ctest --preset debian13 --parallel "$(nproc)"
    # In the first of two boots; an older kernel leaves it out, and says so.
    [[ ! -x /tmp/linux ]] ||
        tests/lab/run.sh /tmp/linux "$0/build/debian13" -R "^LabOffload[.]" --no-tests=ignore' "$tree"
