# shellcheck shell=sh disable=SC2034 # names for who sources it
# support.sh - what every test of the command starts from: a folder to stand in, and what it means to fail.
#
# Sourced by the scripts beside it, whose first argument is the command; they end with `exit $failed`.
weft=$(realpath "$1")
verb= # told before all arguments, if it is set
tmp=$(mktemp -d)
failed=0
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
for v in $(env | sed -n 's/^\(WEFT_[A-Z_]*\)=.*/\1/p'); do
    unset "$v"
done

fail() {
    echo "$*"
    failed=1
}

# says CODE WORDS ARGUMENT...: the exit code, and words that stdout and stderr together have.
says() { answers -F "$@"; }
# matches CODE LINE ARGUMENT...: the same of a pattern.
matches() { answers -G "$@"; }
answers() {
    how=$1
    code=$2
    words=$3
    shift 3
    got=0
    "$weft" ${verb:+"$verb"} "$@" >"$tmp/said" 2>&1 </dev/null || got=$?
    if [ $got != "$code" ] || ! grep -q "$how" -e "$words" "$tmp/said"; then
        fail "weft $verb $*: expected $code and '$words', got $got and:"
        cat "$tmp/said"
    fi
}

# also WORDS...: what the last one said, too.
also() {
    grep -qF -e "$*" "$tmp/said" || {
        fail "no '$*' in:"
        cat "$tmp/said"
    }
}

# has COUNT WORDS FILE: so many lines of the file have these words.
has() {
    n=$(grep -cF -e "$2" "$3")
    [ "$n" = "$1" ] || fail "$n lines of $3 have '$2', expected $1"
}
