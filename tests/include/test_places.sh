#!/bin/sh
# test_places.sh - every function that builds an array, a frame, a bag or a task of one tells its place.
set -eu
cd "$(dirname "$0")/../../include/weft"
failed=0
n=0
for what in array frame bag; do
    for name in $(cat $what.h $(ls $what/*.h | grep -v /places.h) |
                  sed -nE "s/^(WEFT_API|static inline) +(weft_(array|frame|bag|task) +\*|void +)(weft_${what}_[a-z0-9_]+)\(.*/\4/p" |
                  grep -v -e '_print$' -e '_explain$' -e '_clear_divisions$'); do
        n=$((n + 1))
        if ! grep -qE "^#define $name\(" $what/places.h; then
            echo "$what/places.h: $name does not tell its place"
            failed=1
        fi
    done
done
if [ $n -lt 100 ]; then
    echo "only $n functions found"
    failed=1
fi
exit $failed
