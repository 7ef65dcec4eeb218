# Read by the scripts beside it: runs a program and watches it meanwhile. Resident memory, descriptors,
# mappings and threads have to be as many in the second half of the run as in the first, and so do the
# objects of GL, which a preloaded library counts.
# shellcheck shell=bash
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# Above what the first half had at most: what the C library's heap may grow by as threads come and
# go, and one source that is open a little longer than before. Of GL what stands for the buffers of a
# source, and what lives for a moment while a path is proved.
readonly more_kib=8192 more_descriptors=8 more_mappings=64 more_threads=6
readonly more_textures=24 more_images=24 more_of_gl=4
# In the order in which tests/interpose/gl_objects.cpp writes them.
readonly of_gl="textures framebuffers buffers programs shaders queries images syncs"

fail() {
    echo "FAILED: $*"
    failed=1
}

# watch PID FILE OBJECTS: a line of "KiB descriptors mappings threads" and of what lives of GL ten
# times a second, until it ends.
watch() {
    while [ -d "/proc/$1/task" ]; do
        local kib descriptors mappings threads objects
        kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null)
        descriptors=$(ls "/proc/$1/fd" 2>/dev/null | wc -l)
        mappings=$(wc -l 2>/dev/null <"/proc/$1/maps")
        threads=$(ls "/proc/$1/task" 2>/dev/null | wc -l)
        objects=$(od -A n -v -t d8 -w64 "$3" 2>/dev/null)
        [ -n "$kib" ] && [ "$descriptors" -gt 0 ] && [ -n "$objects" ] &&
            echo "$kib $descriptors $mappings $threads $objects" >>"$2"
        sleep 0.1
    done
}

# halves FILE COLUMN: the most of the second to fifth tenth, and of the second half.
halves() {
    awk -v column="$2" '{ value[NR] = $column }
        END {
            for (i = int(NR / 10) + 1; i <= NR; ++i) {
                half = i > NR / 2 ? 2 : 1
                if (value[i] > most[half]) most[half] = value[i]
            }
            print most[1] + 0, most[2] + 0
        }' "$1"
}

# watched NAME GL_OBJECTS COMMAND...: runs it, and prints what was seen.
watched() {
    local name=$1 gl_objects=$2
    shift 2
    LD_PRELOAD=$gl_objects VITRINE_GL_OBJECTS="$folder/$name.objects" "$@" &
    local pid=$!
    watch $pid "$folder/$name.txt" "$folder/$name.objects"
    wait $pid || fail "$name: exit status $?"
    local samples column what more first second
    samples=$(wc -l <"$folder/$name.txt")
    [ "$samples" -ge 20 ] || fail "$name: over before it could be watched ($samples samples)"
    column=0
    for what in KiB descriptors mappings threads $of_gl; do
        column=$((column + 1))
        case $what in
        KiB) more=$more_kib ;;
        descriptors) more=$more_descriptors ;;
        mappings) more=$more_mappings ;;
        threads) more=$more_threads ;;
        textures) more=$more_textures ;;
        images) more=$more_images ;;
        *) more=$more_of_gl ;;
        esac
        read -r first second <<<"$(halves "$folder/$name.txt" $column)"
        echo "$name: $what at most $first in the first half, $second in the second"
        [ "$second" -le $((first + more)) ] || fail "$name: $what grew from $first to $second"
    done
}
