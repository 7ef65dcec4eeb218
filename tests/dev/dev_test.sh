#!/usr/bin/env bash
# What ./dev says and does where it may not install anything, by stubs for the programs that it asks.
# Usage: dev_test.sh DEV
set -euo pipefail
dev=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset CI

# stub NAME SCRIPT
stub() { printf '#!/bin/sh\n%s\n' "$2" >"$place/$1"; chmod +x "$place/$1"; }
stub id 'echo 1000'
stub dpkg-query 'exit 1'  # nothing is installed
stub sudo 'exit 1'        # and no password is known
stub apt-get "echo \"\$@\" >>$place/apt-calls"

# ends CODE ARGUMENTS...: runs ./dev and keeps what it says.
ends() {
    local wanted=$1 code=0
    shift
    PATH=$place:$PATH "$dev" "$@" >"$place/said" 2>&1 </dev/null || code=$?
    [ "$code" = "$wanted" ] && return
    echo "FAILED: dev $* ends with $code, not $wanted" >&2
    cat "$place/said" >&2
    exit 1
}
says() {
    grep -qF -- "$1" "$place/said" && return
    echo "FAILED: it does not say '$1'" >&2
    cat "$place/said" >&2
    exit 1
}

for verb in "run x.mp4" test "cross arm64" fuzz; do
    # shellcheck disable=SC2086  # a verb and its arguments
    ends 2 $verb
    says "missing, to be installed with apt:"
    says "for compiler"
    says "As root, run:"
    says "apt-get install --no-install-recommends g++"
done
[ ! -e "$place/apt-calls" ] || { echo "FAILED: it ran apt-get" >&2; exit 1; }

ends 2 run
says "run what?"
ends 2 test nonsense
ends 2 cross mips
ends 2 fuzz soon
says "how many seconds?"
ends 2 fuzz 60 60
ends 2 nonsense
says "there is no verb 'nonsense'"
ends 0 help
says "usage: ./dev"
echo passed
