#!/usr/bin/env bash
# What the lab does where there is no kernel, or one that dies or hangs: it fails and says why. By
# stubs for the programs that it asks.
# Usage: lab_test.sh FOLDER     FOLDER: of kernel.sh and run.sh
set -euo pipefail
lab=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"

stub() { printf '#!/bin/bash\n%s\n' "$2" >"$place/bin/$1"; chmod +x "$place/bin/$1"; }
fail() {
    echo "FAILED: $*" >&2
    cat "$place/said" >&2
    exit 1
}
# ends CODE COMMAND...
ends() {
    local wanted=$1 code=0
    shift
    PATH=$place/bin:$PATH XDG_CACHE_HOME=$place/cache "$@" >"$place/said" 2>&1 || code=$?
    [ "$code" = "$wanted" ] || fail "$* ends with $code, not $wanted"
}
says() { grep -qF -- "$1" "$place/said" || fail "it does not say '$1'"; }

# ---- booting ----------------------------------------------------------------------------------

# kernel SCRIPT: what stands for one; $work is the folder that the tests leave their status in.
kernel() {
    stub linux "for word; do case \$word in init=*) init=\${word#init=} ;; esac; done
work=\$(dirname \"\$init\")
$1"
}
boot() { VITRINE_LAB_LIMIT_S=1 "$lab/run.sh" "$place/bin/linux" "$place/a build" -R 'a|b'; }
export -f boot
export lab place STUBS=$place

kernel 'cat "$init"; echo 0 >"$work/status"'
ends 0 bash -c boot
says "inside.sh"
says "a\\ build -R a\\|b"
kernel 'echo 8 >"$work/status"'
ends 8 bash -c boot
kernel 'echo "Kernel panic - not syncing: no root"; exit 134'
ends 1 bash -c boot
says "Kernel panic - not syncing: no root"
says "the kernel ended with 134 before the tests did"
kernel 'echo "the last words"; sleep 60'
ends 1 bash -c boot
says "the last words"
says "the tests did not end within 1 s"
kernel 'trap "" TERM; echo "the last words"; while :; do sleep 1; done'
ends 1 bash -c boot
says "the tests did not end within 1 s"

# ---- a kernel to boot -------------------------------------------------------------------------

readonly makes="$lab/kernel.sh http://mirror.example/debian"
# apt knows linux-source-7.2 in sid and linux-source-6.12 in backports, where they are to be had.
stub apt-get 'for word; do case $word in
*sources.list) suite=$(cut -d" " -f4 "${word#*=}"); cat "${word#*=}" ;;
update) [ -e "$STUBS/$suite" ] || exit 100 ;;
download) cp "$STUBS/$suite" "${@: -1}_${@: -1}.1-1_all.deb" ;;
esac; done'
stub apt-cache 'case "$*" in *"/apt-sid/"*) echo "linux-source-7.2 - source"; echo "linux-source-7.1 - source" ;;
*) echo "linux-source-6.12 - source" ;; esac'
stub dpkg-deb 'cat "$2"'
stub make 'while [ "$1" != -C ]; do shift; done
grep -q "does not build" "$2/note" && { echo "cc1: error"; exit 2; }
echo "CONFIG_UDMABUF=y" >"$2/.config"; cp "$STUBS/bin/linux" "$2/linux"'
stub strip 'cp "$4" "$3"'

# package SUITE NAME NOTE
package() {
    mkdir -p "$place/made/usr/src" "$place/tree/$2"
    echo "$3" >"$place/tree/$2/note"
    tar -cJf "$place/made/usr/src/$2.tar.xz" -C "$place/tree" "$2"
    tar -cf "$place/$1" -C "$place/made" "./usr/src/$2.tar.xz"
}

ends 1 $makes
says "no kernel from sid"
says "no kernel from bookworm-backports"
says "without one the lab has nothing to test on"
package bookworm-backports linux-source-6.12 good
package sid linux-source-7.2 "does not build"
ends 0 $makes
says "http://mirror.example/debian sid main"
says "cc1: error"
says "linux-source-7.2 cannot be built"
says "fetching linux-source-6.12"
tail -n 1 "$place/said" | grep -q "$place/cache/vitrine/lab/linux-linux-source-6.12.1-1-" ||
    fail "it names no kernel"
rm "$place/sid" "$place/bookworm-backports"
ends 0 $makes
[ "$(wc -l <"$place/said")" = 1 ] || fail "it makes another"
rm -r "$place/cache"
package sid linux-source-7.2 good
ends 0 $makes
says "linux-source-7.2 does not know CONFIG_DRM_VKMS=y"
tail -n 1 "$place/said" | grep -q "linux-linux-source-7.2.1-1-" || fail "it names no kernel"
[ "$(echo "$place"/cache/vitrine/lab/making.*)" = "$place/cache/vitrine/lab/making.*" ] ||
    fail "it leaves something behind"
echo passed
