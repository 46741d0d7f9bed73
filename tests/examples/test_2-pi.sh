#!/bin/sh
# test_2-pi.sh PROGRAM - the digits of pi are the same for both forms and any number of workers, and near pi.
set -u
program=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
forms=2

fail() {
    echo "$*"
    failed=1
}

# Samples that are one part, several, and an odd number.
for samples in 1 1000 3000001; do
    for workers in 1 2 3 7 16; do
        "$program" $samples $workers >"$tmp/out" || fail "$samples samples, $workers workers: status $?"
        sed -n 's/^pi as //p' "$tmp/out" >"$tmp/$workers"
        [ "$(wc -l <"$tmp/$workers")" = $forms ] || fail "$samples samples, $workers workers: not $forms answers"
        cmp -s "$tmp/1" "$tmp/$workers" || fail "$samples samples: $workers workers give other digits than one"
        # Each form has a table with a line for every worker, whose shares add up to all.
        awk -v workers="$workers" -v forms=$forms '
            $1 ~ /^[0-9]+$/ && $3 == "%" { n++; sum = $2 + $4 + $6 + $8; if (sum < 99.7 || sum > 100.3) bad = 1 }
            END { exit bad || n != forms * workers }
        ' "$tmp/out" || fail "$samples samples, $workers workers: shares do not add up"
    done
    [ "$(cut -d' ' -f2- "$tmp/1" | sed 's/^ *//' | sort -u | wc -l)" = 1 ] || fail "$samples samples: the forms differ"
done

# Five standard deviations around pi: 4 * sqrt(p (1 - p) / 3000001) is 0.00095.
sed -n 's/^bag  *\([0-9.]*\).*/\1/p' "$tmp/1" |
    awk '{ n++; d = $1 - 3.14159265358979; if (d < 0) d = -d; if (d > 0.005) bad = 1 } END { exit bad || n != 1 }' ||
    fail "not near pi: $(cat "$tmp/1")"

for bad in '0' '-5' 'x' '10 0' '10 x' '10 2 3'; do
    # shellcheck disable=SC2086 # words on purpose
    "$program" $bad >"$tmp/out" 2>"$tmp/said"
    [ $? = 2 ] || fail "\"$bad\" is taken"
    grep -q '^usage: ' "$tmp/said" || fail "\"$bad\": no word about usage"
done
exit $failed
