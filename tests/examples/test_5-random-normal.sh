#!/bin/sh
# test_5-random-normal.sh PROGRAM - the same digits for any number of workers, near mean 0 and deviation 1.
set -u
program=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

for workers in 1 2 3 7 16; do
    WEFT_WORKERS=$workers "$program" >"$tmp/$workers" || fail "$workers workers: status $?"
    cmp -s "$tmp/1" "$tmp/$workers" || fail "$workers workers give other digits than one"
done

# Five standard errors of a million: 0.005 for the mean, 0.0036 for the deviation.
awk '$1 == "mean" { n++; bad = bad || $2 > 0.005 || $2 < -0.005 }
     $1 == "std"  { n++; bad = bad || $2 > 1.0036 || $2 < 0.9964 }
     END { exit bad || n != 2 }' "$tmp/1" || fail "not near 0 and 1: $(cat "$tmp/1")"
grep -q '^chunks  *10 ' "$tmp/1" || fail "not ten chunks: $(cat "$tmp/1")"

"$program" "$tmp/normal.dot" >"$tmp/out" 2>"$tmp/said"
status=$?
if ! grep -q 'lacks Graphviz' "$tmp/said"; then
    [ $status = 0 ] || fail "status $status: $(cat "$tmp/said")"
    # Ten chunks into two means of eight and two, into one.
    [ "$(grep -c -e '->' "$tmp/normal.dot")" -ge 10 ] || fail 'fewer arrows than chunks'
fi
exit $failed
