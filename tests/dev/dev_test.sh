#!/usr/bin/env bash
# What ./dev says and does about packages, by stubs for the programs that it asks: where it may not
# install anything, and what it leaves alone until there is a yes. This machine stays as it is.
# Usage: dev_test.sh DEV
set -euo pipefail
dev=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset CI
mkdir "$place/bin"

# stub NAME SCRIPT
stub() { printf '#!/bin/sh\n%s\n' "$2" >"$place/bin/$1"; chmod +x "$place/bin/$1"; }
fail() {
    echo "FAILED: $*" >&2
    cat "$place/said" >&2
    exit 1
}
# ends CODE ARGUMENTS...: runs ./dev and keeps what it says.
ends() {
    local wanted=$1 code=0
    shift
    PATH=$place/bin:$PATH "$dev" "$@" >"$place/said" 2>&1 </dev/null || code=$?
    [ "$code" = "$wanted" ] || fail "dev $* ends with $code, not $wanted"
}
# ends_at_terminal ANSWER CODE ARGUMENTS...: the same, with a person who types this line.
ends_at_terminal() {
    local answer=$1 wanted=$2 code=0
    shift 2
    echo "$answer" | PATH=$place/bin:$PATH timeout 60 script -qec "$dev $*" /dev/null \
        >"$place/said" 2>&1 || code=$?
    [ "$code" = "$wanted" ] || fail "dev $* ends with $code, not $wanted"
}
says() { grep -qF -- "$1" "$place/said" || fail "it does not say '$1'"; }
says_nothing_of() { ! grep -qF -- "$1" "$place/said" || fail "it says '$1'"; }

# ---- without rights ---------------------------------------------------------------------------

stub id 'echo 1000'
stub dpkg-query 'exit 1' # nothing is installed
stub sudo 'exit 1'       # and no password is known
stub apt-get "echo \"\$@\" >>$place/apt-calls"

stub uname 'echo x86_64'
for verb in "run x.mp4" test "cross arm64" fuzz lab soak; do
    # shellcheck disable=SC2086  # a verb and its arguments
    ends 2 $verb
    says "missing, to be installed with apt:"
    says "for compiler"
    says "As root, run:"
    says "apt-get install --no-install-recommends g++"
done
[ ! -e "$place/apt-calls" ] || fail "it ran apt-get"

ends 2 debian13
says "for other-Debian"
says "As root, run:"
ends 2 debian13 now
says "takes no argument"

ends 2 run
says "run what?"
ends 2 test nonsense
ends 2 cross mips
ends 2 fuzz soon
says "how many seconds?"
ends 2 fuzz 60 60
ends 2 soak long
says "soak how often?"
ends 2 soak 1 2 3 4
ends 2 lab now
says "takes no argument"
ends 2 nonsense
says "there is no verb 'nonsense'"
ends 0 help
says "usage: ./dev"

# ---- consent ----------------------------------------------------------------------------------

# A tree of its own, whose ./dev sees a Debian 12 in place of this machine. What it does as root goes
# to the stub of sudo, which notes it.
tree=$place/tree
mkdir -p "$tree/build/release/app"
sed -e "s#/etc/os-release#$place/os-release#g" -e "s#/dev/dri/#$place/dri/#g" \
    -e "s#/usr/share/keyrings/#$place/keyrings/#g" "$1" >"$tree/dev"
chmod +x "$tree/dev"
dev=$tree/dev
printf '#!/bin/sh\necho "vitrine plays $*"\n' >"$tree/build/release/app/vitrine"
chmod +x "$tree/build/release/app/vitrine"
echo VERSION_CODENAME=bookworm >"$place/os-release"
list=/etc/apt/sources.list.d/vitrine-backports.list

stub sudo "[ \"\$1\" = -n ] && exit
echo \"\$@\" >>$place/as-root
[ \"\$1\" != tee ] || cat >$place/list"
stub apt-get "[ \"\$1\" = indextargets ] && exec cat $place/sources
echo \"apt-get not as root: \$*\" >>$place/as-root"
stub dpkg-query "case \"\$2\" in
*Status*) cat $place/status ;;
*) cat $place/mesa ;;
esac"
# shellcheck disable=SC2016  # the stub's own arguments; it compares: ONE ge OTHER
stub dpkg 'printf "%s\n%s\n" "$4" "$2" | sort --version-sort --check 2>/dev/null'
stub cmake :
stub ctest 'echo tested'
{ # more than a pipe holds
    echo 'http://mirror.example/debian bookworm main'
    seq -f 'http://other.example/%g bookworm main' 10000
} >"$place/sources"
echo installed >"$place/status"
echo 22.3.6-1+deb12u1 >"$place/mesa"

readonly install='env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends'
readonly install_mesa="$install -t bookworm-backports libegl-mesa0 libgl1-mesa-dri libglx-mesa0 libgbm1"
# did_as_root LINES...: these, in this order, and nothing else since the last question.
did_as_root() {
    touch "$place/as-root"
    diff "$place/as-root" <(printf '%s\n' "$@") >&2 || fail "as root it did that"
    rm "$place/as-root"
}
did_nothing_as_root() { [ ! -e "$place/as-root" ] || fail "as root it did: $(cat "$place/as-root")"; }
took_mesa_from_backports() {
    did_as_root "tee $list" "apt-get update -q" "$install_mesa"
    [ "$(cat "$place/list")" = "deb http://mirror.example/debian bookworm-backports main" ] ||
        fail "it writes this list: $(cat "$place/list")"
    rm "$place/list"
    says "adding bookworm-backports of http://mirror.example/debian to apt's sources"
    says "installing Mesa from bookworm-backports:"
    says tested
}

# Without a yes: nobody to ask, and a no.
ends 0 test
did_nothing_as_root
says "Mesa stays as it is: tests of import will be skipped (--yes replaces it)"
says tested
CI=false ends 0 test
did_nothing_as_root
for no in "" n nonsense; do
    ends_at_terminal "$no" 0 test
    did_nothing_as_root
    says "Take Mesa from bookworm-backports? [y/N]"
    says "Mesa stays as it is"
done

# With one: typed, given beforehand, and in CI, where none is asked for.
ends_at_terminal y 0 test
took_mesa_from_backports
for arguments in "--yes test" "test --yes" "test asan --yes"; do
    # shellcheck disable=SC2086  # a verb and its arguments
    ends 0 $arguments
    took_mesa_from_backports
    says_nothing_of "[y/N]"
done
CI=true ends_at_terminal n 0 test
took_mesa_from_backports
says_nothing_of "[y/N]"

# A yes gives no rights.
mv "$place/bin/sudo" "$place/working-sudo"
stub sudo 'exit 1'
ends 2 test --yes
did_nothing_as_root
says "As root, run:"
says "echo 'deb http://mirror.example/debian bookworm-backports main' >$list"
mv "$place/working-sudo" "$place/bin/sudo"

# What is there already is not added or asked for again.
echo 'http://mirror.example/debian bookworm-backports main' >>"$place/sources"
ends 0 test --yes
did_as_root "apt-get update -q" "$install_mesa"
sed -i '$d' "$place/sources"
echo 25.0.7-2~bpo12+1 >"$place/mesa"
ends_at_terminal n 0 test
did_nothing_as_root
says_nothing_of Mesa
echo 22.3.6-1+deb12u1 >"$place/mesa"
mkdir "$place/dri"
touch "$place/dri/renderD128"
ends_at_terminal n 0 test
did_nothing_as_root
says_nothing_of Mesa
rm -r "$place/dri"

# No other Debian gets bookworm's packages.
echo VERSION_CODENAME=trixie >"$place/os-release"
ends 0 test --yes
did_nothing_as_root
says "is older than 25.0: tests of import will be skipped"
echo VERSION_CODENAME=bookworm >"$place/os-release"

# run needs no yes: it leaves Mesa alone, and installs what is missing from the sources as they are.
for answer in y n; do
    ends_at_terminal "$answer" 0 run x.mp4 --yes
    did_nothing_as_root
    says "vitrine plays x.mp4 --yes"
    says_nothing_of Mesa
    says_nothing_of "[y/N]"
done
CI=true ends 0 --yes run x.mp4
did_nothing_as_root
: >"$place/status"
ends_at_terminal n 0 run x.mp4
says "vitrine plays x.mp4"
says_nothing_of "[y/N]"
grep -q "^$install g++ " "$place/as-root" || fail "it does not install what is missing"
! grep -qE "backports|$list|tee" "$place/as-root" || fail "run changes apt's sources or Mesa"

# One that another package provides is not missing, where that is installed.
echo installed >"$place/status"
rm "$place/as-root"
stub dpkg-query "case \"\$2 \$3\" in
*' libgbm-dev') exit 1 ;;
*Provides*) cat $place/provided ;;
*Status*) cat $place/status ;;
*) cat $place/mesa ;;
esac"
for provided in 'installed, other, libgbm-dev,' 'installed, libgbm-dev (= 1.0), other,'; do
    echo "$provided" >"$place/provided"
    ends 0 test
    did_nothing_as_root
done
for provided in 'config-files, libgbm-dev,' 'installed, libgbm-dev-tools,' 'installed, ,'; do
    echo "$provided" >"$place/provided"
    ends 0 test
    did_as_root "apt-get update -q" "$install libgbm-dev"
done
echo 'installed, libgbm-dev,' >"$place/provided"

# ---- the lab ----------------------------------------------------------------------------------

echo installed >"$place/status"
mkdir -p "$tree/tests/lab"
rm -f "$place/as-root"
# The stubs of what it runs there, with a kernel that is to be had or not.
printf '#!/bin/sh\necho "a kernel from $1" >&2\n[ -e %s ] && echo /cache/linux\n' "$place/kernel" \
    >"$tree/tests/lab/kernel.sh"
printf '#!/bin/sh\necho "boots $*"\nexit 8\n' >"$tree/tests/lab/run.sh"
chmod +x "$tree"/tests/lab/*.sh
stub uname 'echo aarch64'
ends 2 lab
says "for x86-64 only"
stub uname 'echo x86_64'
# In the lab nothing is skipped, and a GPU of the machine's is of no use.
mkdir "$place/dri"
touch "$place/dri/renderD128"
ends 1 lab
says "Mesa stays as it is: tests of import will fail (--yes replaces it)"
rm -r "$place/dri"
echo 25.0.7-2~bpo12+1 >"$place/mesa"
ends 1 lab
says_nothing_of Mesa
says "a kernel from http://mirror.example/debian"
says_nothing_of boots
touch "$place/kernel"
ends 8 lab
says "boots /cache/linux $tree/build/dev"
did_nothing_as_root
: >"$place/sources"
ends 2 lab
says "name no mirror"
echo passed
