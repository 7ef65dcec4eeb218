#!/usr/bin/env bash
# Boots a User-Mode Linux on this machine's root and runs the tests labelled lab in it, and then once
# more with a vicodec of the other kind, which it is for a whole boot, and runs those labelled
# lab-codec. Ends as they do; a kernel that dies, hangs, or never gets so far is a failure that shows
# its console.
# Usage: run.sh KERNEL BUILD [CTEST-ARGUMENT...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here kernel=$1 build=$2
shift 2
readonly limit_s=${VITRINE_LAB_LIMIT_S-600}

# The kernel's own words take no quotes: what is in there may have no spaces in its path.
work=$(mktemp -d /tmp/vitrine-lab.XXXXXX)
trap 'rm -rf "$work"' EXIT

# A terminal's Ctrl-C goes to this script alone: timeout has a process group of its own, so that it
# ends all of the kernel's processes.
running=""
stop() {
    trap '' INT TERM HUP
    [[ -z $running ]] || { kill "$running" && wait "$running"; } 2>/dev/null || true
    echo "lab: stopped before the tests ended" >&2
    exit "$1"
}
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

# boot KIND OPTION CTEST-ARGUMENT...: KIND of vicodec; OPTION for the kernel that makes it so.
boot() {
    local kind=$1 option=$2 code=0
    shift 2
    rm -f "$work/status"
    {
        echo '#!/bin/sh'
        printf 'VITRINE_LAB_CODEC=%q exec %q' "$kind" "$here/inside.sh"
        printf ' %q' "$work" "$build" "$@"
        echo
    } >"$work/init"
    chmod +x "$work/init"
    echo "lab: with a $kind vicodec"
    # It keeps a folder of its own at home.
    HOME=$work timeout --kill-after=5 "$limit_s" "$kernel" mem=2G \
        root=/dev/root rootfstype=hostfs rootflags=/ rw "init=$work/init" \
        con=null con0=fd:0,fd:1 quiet panic=-1 seccomp=auto \
        vivid.n_devs=2 vivid.multiplanar=1,2 "$option" </dev/null 2>&1 &
    running=$!
    wait "$running" || code=$?
    running=""
    [[ -f $work/status ]] && return "$(cat "$work/status")"
    if [[ $code == 124 || $code == 137 ]]; then
        echo "lab: the tests did not end within $limit_s s; the console's last words are above" >&2
    else
        echo "lab: the kernel ended with $code before the tests did; its last words are above" >&2
    fi
    return 1
}

# Some that are named may be in the first boot only.
none=error
[[ $# == 0 ]] || none=ignore
first=0
second=0
boot single-planar vicodec.multiplanar=0 -L '^lab' --no-tests=error "$@" || first=$?
boot multi-planar vicodec.multiplanar=1 -L '^lab-codec$' --no-tests=$none "$@" || second=$?
[[ $first == 0 ]] || exit "$first"
exit "$second"
