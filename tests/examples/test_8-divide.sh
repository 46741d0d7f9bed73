#!/bin/sh
# test_8-divide.sh PROGRAM - what is divided while it runs comes out right, and the same for any number of workers.
set -u
program=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

for workers in 1 2 3 8; do
    "$program" $workers 300000 >"$tmp/$workers" 2>&1 || fail "$workers workers: status $?: $(cat "$tmp/$workers")"
    cmp -s "$tmp/1" "$tmp/$workers" || fail "$workers workers: $(cat "$tmp/$workers")"
done
grep -q '^sorted:   300000 numbers, 0 out of order' "$tmp/1" || fail "not sorted: $(cat "$tmp/1")"
grep -q '^integral: 0.491187429' "$tmp/1" || fail "not the integral: $(cat "$tmp/1")" # 2/3 (3^-1.5 + 1.5^-1.5)
grep -q '^queens:   724 ways' "$tmp/1" || fail "not 724 boards: $(cat "$tmp/1")"      # OEIS A000170
exit $failed
