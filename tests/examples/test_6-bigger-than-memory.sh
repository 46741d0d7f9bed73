#!/bin/sh
# test_6-bigger-than-memory.sh PROGRAM - the closed form, by ten times as much as memory may hold, within the limit.
set -u
program=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

# The sum is cut as the chunks are, and those follow from limit and workers: the same digits
# with a limit that is reached and with one that is not.
for workers in 1 2 8; do
    WEFT_WORKERS=$workers TMPDIR=$tmp "$program" --size 320MiB --limit 32MiB >"$tmp/out" || fail "$workers workers: status $?"
    awk '$1 == "mean" || $1 == "variance" { n++; gap = $2 / $NF - 1; bad = bad || gap > 1e-12 || gap < -1e-12 }
         $1 == "spilled"  { n++; bad = bad || $2 < 100 }
         $1 == "peak"     { n++; bad = bad || $2 > 32 }
         END { exit bad || n != 4 }' "$tmp/out" || fail "$workers workers: $(cat "$tmp/out")"
    # Sanitizers keep what is freed, and shadows of it.
    case $(ldd "$program") in
        *asan* | *tsan*) ;;
        *) awk '$1 == "resident" && $2 > 32 + 64 { exit 1 }' "$tmp/out" || fail "$workers workers: $(cat "$tmp/out")" ;;
    esac
    [ "$(ls "$tmp")" = out ] || fail "left behind: $(ls "$tmp")"
done

"$program" --limit much 2>"$tmp/said" && fail 'a limit of "much" is taken'
grep -q much "$tmp/said" || fail "it is not said what is wrong: $(cat "$tmp/said")"
exit $failed
