#!/usr/bin/env bash
# Boots a User-Mode Linux on this machine's root and runs the tests labelled lab in it. Ends as they
# do; a kernel that dies, hangs, or never gets so far is a failure that shows its console.
# Usage: run.sh KERNEL BUILD [CTEST-ARGUMENT...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here kernel=$1 build=$2
shift 2
readonly limit_s=${VITRINE_LAB_LIMIT_S-600}

# The kernel's own words take no quotes: what is in there may have no spaces in its path.
work=$(mktemp -d /tmp/vitrine-lab.XXXXXX)
trap 'rm -rf "$work"' EXIT
{
    echo '#!/bin/sh'
    printf 'exec %q' "$here/inside.sh"
    printf ' %q' "$work" "$build" "$@"
    echo
} >"$work/init"
chmod +x "$work/init"

code=0
# It keeps a folder of its own at home.
HOME=$work timeout --kill-after=5 "$limit_s" "$kernel" mem=2G \
    root=/dev/root rootfstype=hostfs rootflags=/ rw "init=$work/init" \
    con=null con0=fd:0,fd:1 quiet panic=-1 seccomp=auto vivid.n_devs=1 \
    </dev/null 2>&1 || code=$?
[[ -f $work/status ]] && exit "$(cat "$work/status")"
if [[ $code == 124 || $code == 137 ]]; then
    echo "lab: the tests did not end within $limit_s s; the console's last words are above" >&2
else
    echo "lab: the kernel ended with $code before the tests did; its last words are above" >&2
fi
exit 1
