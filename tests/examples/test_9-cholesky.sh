#!/bin/sh
# test_9-cholesky.sh PROGRAM - the factor is that of OpenBLAS, however the matrix is cut and whoever works.
set -u
program=$1
failed=0

fail() {
    echo "$*"
    failed=1
}

for how in '300 64 1' '300 64 2' '300 100 8' '257 256 2' '64 64 2' '1 1 1'; do
    # shellcheck disable=SC2086 # three words
    said=$("$program" $how 2>&1) || fail "$how: status $?: $said"
    echo "$said" | awk '/largest difference/ { n++; bad = $NF > 1e-13 } END { exit bad || n != 1 }' || fail "$how: $said"
done
"$program" 0 >/dev/null 2>&1 && fail "a matrix of nothing is factored"
exit $failed
