#!/usr/bin/env bash
# Prints the path of a User-Mode Linux with the drivers that the lab's tests meet, built where the
# cache has none of this configuration. Remove the cache's folder to have a newer kernel built. What
# is in kernel.config is to build in under four minutes on two cores.
# Usage: kernel.sh MIRROR     MIRROR: of Debian, as it stands in apt's sources
#        kernel.sh --cached   only says which one it has, and fails where it has none
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here mirror=$1
readonly keyring=${VITRINE_LAB_KEYRING-/usr/share/keyrings/debian-archive-keyring.gpg}
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/vitrine/lab
readonly log=$cache/build.log
# SUITE and what its package is called: the newest kernel; and an older one where that is not to be
# had or cannot be built here, which leaves out tests (inside.sh). So the newest is tried again at
# the next run.
readonly newest='sid linux-source-[0-9.]+'
readonly older_version=6.12
readonly older="bookworm-backports linux-source-${older_version/./[.]}"

say() { echo "lab: $*" >&2; }

configuration=$(sha256sum "$here/kernel.config" | cut -c 1-12)
readonly configuration

# apt SUITE COMMAND...: apt with a state of its own: this machine's sources and lists stay as they
# are. A mirror may lag behind: its signature has to be good, and not new.
apt() {
    local suite=$1 program=$2 place=$scratch/apt-$1
    shift 2
    if [[ ! -d $place ]]; then
        mkdir -p "$place/state/lists/partial" "$place/cache/archives/partial"
        : >"$place/status"
        echo "deb [signed-by=$keyring] $mirror $suite main" >"$place/sources.list"
    fi
    "$program" -q -o Dir::State="$place/state" -o Dir::State::status="$place/status" \
        -o Dir::Cache="$place/cache" -o Dir::Etc::sourcelist="$place/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none \
        -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User="$(id -un)" "$@"
}

# fetch SUITE PATTERN: leaves the package in $scratch and its name in $package.
fetch() {
    local suite=$1 pattern=$2
    say "looking for $pattern in $suite"
    apt "$suite" apt-get update >&2 || return
    package=$(apt "$suite" apt-cache search --names-only "^$pattern\$" | cut -d' ' -f1 |
        sort --version-sort | tail -n 1)
    [[ -n $package ]] || { say "$suite has no $pattern"; return 1; }
    say "fetching $package"
    (cd "$scratch" && apt "$suite" apt-get download "$package" >&2)
}

# build: makes $scratch/linux of the package.
build() {
    local begin=$SECONDS tree=$scratch/usr/src/$package
    say "unpacking $package"
    dpkg-deb --fsys-tarfile "$scratch/$package"_*.deb |
        tar -x -C "$scratch" "./usr/src/$package.tar.xz" &&
        tar -x -C "$scratch/usr/src" -f "$tree.tar.xz" && rm "$tree.tar.xz" || return
    say "building it: a few minutes, once ($((SECONDS - begin)) s to unpack)"
    cat "$here/kernel.config" >"$scratch/wanted"
    # Up to 6.12 vivid is not to be had without framebuffers.
    [[ $package != linux-source-6.* ]] || echo CONFIG_FB=y >>"$scratch/wanted"
    local TIMEFORMAT='%0R s (processor: %0U s, and the system %0S s)'
    {
        time {
            make -C "$tree" ARCH=um KCONFIG_ALLCONFIG="$scratch/wanted" allnoconfig &&
                nice -n 5 make -C "$tree" ARCH=um -j"$(nproc)" linux
        } >"$log" 2>&1
    } 2>"$scratch/took" || { tail -n 30 "$log" >&2; return 1; }
    note_what_is_missing "$tree/.config"
    strip -g -o "$scratch/linux" "$tree/linux"
    say "built in $(tail -n 1 "$scratch/took")"
}

note_what_is_missing() {
    local line
    grep '^CONFIG' "$scratch/wanted" | while read -r line; do
        grep -qxF -- "$line" "$1" || say "$package does not know $line"
    done
}

# cached: the newest kernel of this configuration, where there is one.
cached() {
    local folder
    for folder in "$cache"/linux-*-"$configuration"; do
        [[ ! -x $folder/linux ]] || echo "$folder/linux"
    done | sort --version-sort | tail -n 1
}

# obtain SUITE PATTERN: prints the path of a kernel made of it.
obtain() {
    local suite=$1 pattern=$2 version folder
    if ! fetch "$suite" "$pattern"; then
        say "no kernel from $suite"
    elif ! build; then
        say "$package cannot be built; the whole log is $log"
    else
        version=$(basename "$scratch/$package"_*.deb | cut -d_ -f2)
        folder=$cache/linux-$version-$configuration
        mkdir -p "$folder" && mv "$scratch/linux" "$folder/linux" && echo "$folder/linux"
        return
    fi
    rm -rf "${scratch:?}"/*
    return 1
}

main() {
    local kernel
    kernel=$(cached)
    if [[ $mirror == --cached ]]; then
        [[ -n $kernel ]] || { say "no kernel in $cache; ./dev lab builds one"; return 1; }
        echo "$kernel"
        return
    fi
    [[ -z $kernel || $kernel == "$cache/linux-$older_version".* ]] || { echo "$kernel"; return; }
    mkdir -p "$cache"
    scratch=$(mktemp -d "$cache/making.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    # shellcheck disable=SC2086  # two words each
    if obtain $newest; then return; fi
    if [[ -n $kernel ]]; then
        say "going on with the older kernel that is there; the next run tries again"
        echo "$kernel"
        return
    fi
    # shellcheck disable=SC2086
    obtain $older || { say "no kernel: without one the lab has nothing to test on"; return 1; }
}

main
