#!/bin/sh
# test_3-word-count.sh PROGRAM - both forms give the table that sort and uniq give, for any number of workers.
set -u
program=$1
source=$(cd "$(dirname "$0")/../../examples" && pwd)/3-word-count.c
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

# The words of FILES, commonest first, then by the alphabet; longer words than the program's are cut.
counted() {
    cat "$@" | LC_ALL=C tr 'A-Z' 'a-z' | LC_ALL=C tr -cs 'a-z' '\n' | grep . | cut -c 1-47 |
        LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2,2 | awk '{ printf "%-12s %3d\n", $2, $1 }'
}

wanted() {
    echo 'map, shuffle, reduce:'
    counted "$@"
    echo
    echo 'bag:'
    counted "$@"
}

# The opening, as the founding text gives its counts: all words not named here occur once.
opening='best 1 it 10 of 10 the 11 times 2 was 10 worst 1 age 2 epoch 2 season 2 we 4 us 2 had 2 were 2
         all 2 direct 2 going 2 before 2'
for workers in 1 2 3 7 16; do
    WEFT_WORKERS=$workers "$program" >"$tmp/out" || fail "$workers workers: status $?"
    [ "$workers" = 1 ] && cp "$tmp/out" "$tmp/first"
    cmp -s "$tmp/first" "$tmp/out" || fail "$workers workers print something else than one"
done
awk -v opening="$opening" '
    BEGIN { n = split(opening, part, " "); for (i = 1; i < n; i += 2) count[part[i]] = part[i + 1] }
    NF == 2 && $2 ~ /^[0-9]+$/ { seen[$1]++; if ($2 != (($1 in count) ? count[$1] : 1)) { print "opening: " $0; bad = 1 } }
    END { for (w in count) if (seen[w] != 2) { print "opening: " w " is not there twice"; bad = 1 } exit bad }
' "$tmp/first" || failed=1

printf 'a b a\r\n' >"$tmp/1"
: >"$tmp/2"
printf 'B no line end' >"$tmp/3"
for files in "$tmp/1" "$tmp/2" "$tmp/1 $tmp/2 $tmp/3" "$source" "$source $tmp/3 $source"; do
    # shellcheck disable=SC2086 # a list of names without blanks
    wanted $files >"$tmp/wanted"
    # shellcheck disable=SC2086
    WEFT_WORKERS=3 "$program" $files >"$tmp/out" || fail "$files: status $?"
    diff "$tmp/wanted" "$tmp/out" || fail "$files: another table"
done

"$program" "$tmp/1" "$tmp/nothing" >"$tmp/out" 2>"$tmp/said" && fail 'a missing file is no failure'
grep -q "$tmp/nothing: " "$tmp/said" || fail "a missing file is not named: $(cat "$tmp/said")"
exit $failed
