# Runs of the whole program, each with a name, and what is expected of them: for tests in POSIX shell,
# which source this. The first expectation that is not met ends the test with all that was said.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run_case NAME COMMAND...: for a minute at most. NAME.out, NAME.err and NAME.status in $folder tell how
# it went.
run_case() {
    name=$1
    shift
    timeout --foreground -k 5 60 "$@" >"$folder/$name.out" 2>"$folder/$name.err"
    echo $? >"$folder/$name.status"
}
fail() {
    echo "$1: $2" >&2
    cat "$folder/$1.out" "$folder/$1.err" >&2
    exit 1
}
expect_status() {
    [ "$(cat "$folder/$1.status")" = "$2" ] || fail "$1" "status $(cat "$folder/$1.status"), not $2"
}
# said NAME PATTERN: on either stream, whatever the lines were broken to.
said() { cat "$folder/$1.out" "$folder/$1.err" | tr '\n' ' ' | tr -s ' ' | grep -q -e "$2"; }
expect() { said "$1" "$2" || fail "$1" "does not say: $2"; }
refuse() { ! said "$1" "$2" || fail "$1" "says: $2"; }
