#!/bin/sh
# test_7-reuse.sh PROGRAM - a program that runs again does only what has changed, and gives the same bytes.
set -u
program=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

# ran NAME NEEDED RUN: the program again; as many tasks needed and run, or how many are told.
ran() {
    "$program" "$tmp/data" >"$tmp/$1" 2>"$tmp/said" || fail "$1: status $?: $(cat "$tmp/said")"
    awk -v needed="$2" -v run="$3" '/tasks needed/ { n++; bad = $1 != needed || $(NF - 1) != run } END { exit bad || n != 1 }' \
        "$tmp/$1" || fail "$1: not $3 of $2: $(cat "$tmp/$1")"
}

# The revenue of a run, as it is written.
revenue() {
    sed -n 's/^revenue //p' "$tmp/$1"
}

"$program" --make "$tmp/data" || fail "make: status $?"
[ "$(ls "$tmp/data" | wc -l)" = 100 ] || fail "not a hundred files"
"$program" "$tmp/data" >"$tmp/first" 2>"$tmp/said" || fail "first: status $?: $(cat "$tmp/said")"
grep -q '^files *100$' "$tmp/first" || fail "first: $(cat "$tmp/first")"
needed=$(awk '/tasks needed/ { print $1 }' "$tmp/first")
one=$(((needed - 1) / 100)) # tasks of a file
grep -q "^$needed tasks needed, 0 reused, 0 culled because of it, $needed run" "$tmp/first" || fail "first: $(cat "$tmp/first")"

ran again "$needed" 0
[ "$(revenue again)" = "$(revenue first)" ] || fail 'the same files give another sum'

# One file of a hundred: its tasks and the last.
echo 'item-1,1000.00,1' >>"$tmp/data/37.csv"
ran changed "$needed" $((one + 1))
[ "$(revenue changed)" != "$(revenue first)" ] || fail 'a changed file gives the same sum'
rm -r "$tmp/data/cache"
ran plain "$needed" "$needed"
[ "$(revenue changed)" = "$(revenue plain)" ] || fail 'what was kept gives other digits than what is made'

# A cache that is damaged everywhere is made again.
for f in "$tmp"/data/cache/*; do
    printf 'x' | dd of="$f" bs=1 seek=100 conv=notrunc status=none
done
ran damaged "$needed" "$needed"
[ "$(revenue damaged)" = "$(revenue plain)" ] || fail 'damage gives other digits'
grep -q ' 0 broken' "$tmp/said" && fail "nothing is told of the damage: $(cat "$tmp/said")"
ran mended "$needed" 0

# Four at once, on what one of them may be writing.
rm -r "$tmp/data/cache"
for i in 1 2 3 4; do
    "$program" "$tmp/data" >"$tmp/at-once-$i" 2>/dev/null &
done
wait
for i in 1 2 3 4; do
    [ "$(revenue "at-once-$i")" = "$(revenue plain)" ] || fail "at once, $i: $(cat "$tmp/at-once-$i")"
done
exit $failed
