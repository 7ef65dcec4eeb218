#!/usr/bin/env bash
# Installs the library and has a program outside the tree find it, by pkg-config and by CMake; both are built
# and run, and so are a line of C++ and the example of the header's first lines. What is installed shows the C API and nothing
# else.
# Usage: installed.sh BUILD SOURCE COMPILER COMPILER_OF_CXX
set -euo pipefail
build=$1 source=$2 compiler=$3 compiler_of_cxx=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --component library --prefix "$work/prefix" >"$work/install.log"
library=$(find "$work/prefix" -name libvitrine.so)
libdir=$(dirname "$library")
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir

others=$(nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /^vitrine_/ { print $3 }')
[ -z "$others" ] || { echo "the library shows more than its C API: $others"; exit 1; }
readelf -d "$library" | grep -q 'SONAME.*\[libvitrine.so.0\]' || { echo "no SONAME libvitrine.so.0"; exit 1; }

mkdir "$work/program"
cat >"$work/program/program.c" <<'C'
#include <stdio.h>
#include <vitrine/vitrine.h>

int main(void) {
    vitrine_player *player = vitrine_player_create(NULL);
    if (!player) return puts(vitrine_error_text()), 1;
    vitrine_player_destroy(player);
    return vitrine_api_version() == VITRINE_API_VERSION ? 0 : 2;
}
C
cd "$work/program"
# shellcheck disable=SC2046  # words of their own
"$compiler" program.c $(pkg-config --cflags --libs vitrine) -o by_pkg_config
./by_pkg_config
echo '#include <vitrine/vitrine.hpp>
int main() { return vitrine::Player().statistics().decoded == 0 ? 0 : 1; }' >program.cpp
# shellcheck disable=SC2046
"$compiler_of_cxx" -std=c++17 program.cpp $(pkg-config --cflags --libs vitrine) -o in_cxx
./in_cxx
# shellcheck disable=SC2046
"$compiler" "$source/examples/sdl_gles.c" $(pkg-config --cflags --libs vitrine sdl2) -o example

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.22)
project(program LANGUAGES C)
find_package(vitrine 0.1 REQUIRED)
add_executable(by_cmake program.c)
target_link_libraries(by_cmake PRIVATE vitrine::vitrine)
CMAKE
cmake -S . -B build -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_COMPILER="$compiler" >"$work/cmake.log"
cmake --build build >>"$work/cmake.log" || { cat "$work/cmake.log"; exit 1; }
build/by_cmake
