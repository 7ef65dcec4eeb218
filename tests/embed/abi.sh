#!/usr/bin/env bash
# Compares the interface of the library with the one that is committed: its functions, their types, and the
# layout of its structs.
# Usage: abi.sh LIBRARY INTERFACE COMMITTED, the second made of abi.c; abi.sh --renew INTERFACE COMMITTED
set -euo pipefail
command -v abidiff >/dev/null || { echo "abidiff is missing; it comes with abigail-tools"; exit 1; }
if [ "$1" = --renew ]; then
    exec abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --out-file "$3" "$2"
fi
library=$1 interface=$2 committed=$3

# names_in FILE KIND
names_in() { nm -D "--$2-only" "$1" | awk '$NF ~ /^vitrine_/ { sub("@.*", "", $NF); print $NF }' | sort; }

if ! diff <(names_in "$library" defined) <(names_in "$interface" undefined); then
    echo "the library (<) has other functions than tests/embed/abi.c names (>)"
    exit 1
fi
if ! abidiff --no-architecture "$committed" "$interface"; then
    echo "The interface is not the one of $committed."
    echo "Where a program that was built before still runs, renew it: $0 --renew $interface $committed"
    echo "Where it does not, SOVERSION in embed/CMakeLists.txt and the version in embed/libvitrine.map grow too."
    exit 1
fi
