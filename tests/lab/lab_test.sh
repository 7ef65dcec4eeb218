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
says "a\\ build -L \\^lab --no-tests=error -R a\\|b"
says "a\\ build -L \\^lab-codec\\\$ --no-tests=ignore -R a\\|b"
kernel 'echo 8 >"$work/status"'
ends 8 bash -c boot
kernel 'grep -q lab-codec "$init" || echo 0 >"$work/status"; grep -q single-planar "$init" || echo 8 >"$work/status"'
ends 8 bash -c boot
kernel 'grep -q lab-codec "$init" && echo 0 >"$work/status" || echo 8 >"$work/status"'
ends 8 bash -c boot
kernel 'grep -q lab-codec "$init" || echo 0 >"$work/status"'
ends 1 bash -c boot
says "before the tests did"
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

# As a terminal sends it, to the process group of the script. It stands still until its kernel runs.
stopped_by() {
    rm -f "$place/boots"
    set -m
    VITRINE_LAB_LIMIT_S=60 "$lab/run.sh" "$place/bin/linux" "$place/a build" &
    set +m
    until [ -s "$place/boots" ]; do sleep 0.05; done
    kill "-$1" -- "-$!"
    wait "$!"
}
export -f stopped_by
kernel 'echo $$ >>"$STUBS/boots"; trap "" INT; sleep 50 & wait'
for signal in HUP:129 INT:130 TERM:143; do
    ends "${signal#*:}" bash -c "stopped_by ${signal%:*}"
    says "stopped before the tests ended"
    [ "$(wc -l <"$place/boots")" = 1 ] || fail "it boots again after $signal"
    ! kill -0 "$(cat "$place/boots")" 2>/dev/null || fail "the kernel goes on after $signal"
done

# ---- a kernel to boot -------------------------------------------------------------------------

readonly makes="$lab/kernel.sh http://mirror.example/debian"
# apt knows linux-source-7.2 in sid and linux-source-6.12 in backports, where they are to be had.
stub apt-get 'for word; do case $word in
*sources.list) suite=$(cut -d" " -f4 "${word#*=}"); cat "${word#*=}" ;;
update) [ -e "$STUBS/$suite" ] || exit 100 ;;
download) ;;
linux-source-*) cp "$STUBS/$suite" "${word}_${word#linux-source-}.1-1_all.deb" ;;
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

# takes VERSION: the last thing said is the kernel's path.
takes() {
    tail -n 1 "$place/said" | grep -qE "^$place/cache/vitrine/lab/linux-$1-[0-9a-f]{12}/linux\$" ||
        fail "it does not take $1"
}
says_only_that() { [ "$(wc -l <"$place/said")" = 1 ] || fail "it makes another"; }

ends 1 $makes
says "no kernel from sid"
says "no kernel from bookworm-backports"
says "without one the lab has nothing to test on"
ends 1 "$lab/kernel.sh" --cached
says "./dev lab builds one"
package bookworm-backports linux-source-6.12 good
package sid linux-source-7.2 "does not build"
ends 0 $makes
says "http://mirror.example/debian sid main"
says "cc1: error"
says "linux-source-7.2 cannot be built"
says "fetching linux-source-6.12"
takes 6.12.1-1

# An older one is no reason not to look for the newest.
rm "$place/sid" "$place/bookworm-backports"
ends 0 $makes
says "no kernel from sid"
says "the next run tries again"
takes 6.12.1-1
package sid linux-source-7.2 good
ends 0 $makes
says "linux-source-7.2 does not know CONFIG_DRM_VKMS=y"
grep -qE 'built in [0-9]+ s \(processor: [0-9]+ s, and the system [0-9]+ s\)' "$place/said" || fail "it says no time"
takes 7.2.1-1

# Of several the newest by its version, whenever each was made and whichever name comes first.
rm "$place/sid"
touch "$place"/cache/vitrine/lab/linux-6.12*/linux
cp -r "$place"/cache/vitrine/lab/linux-7.2.1-1-* "$(echo "$place"/cache/vitrine/lab/linux-7.2.1-1-* | sed s/7.2.1/7.10.1/)"
for arguments in http://mirror.example/debian --cached; do
    ends 0 "$lab/kernel.sh" "$arguments"
    says_only_that
    takes 7.10.1-1
done
[ "$(echo "$place"/cache/vitrine/lab/making.*)" = "$place/cache/vitrine/lab/making.*" ] ||
    fail "it leaves something behind"
echo passed
