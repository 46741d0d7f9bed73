#!/bin/sh
# test_exports.sh LIBRARY... - a shared library shows names that begin with weft_, and no other.
set -eu
failed=0
for library; do
    shown=$(nm -D --defined-only --format=posix "$library" | awk '{ sub(/@.*/, "", $1); print $1 }')
    if [ "$(echo "$shown" | grep -c '^weft_')" = 0 ]; then
        echo "$library: shows nothing"
        failed=1
    fi
    if echo "$shown" | grep -v -e '^weft_' -e '^_init$' -e '^_fini$' -e '^__odr_asan\.weft_'; then
        echo "$library: shows these, which do not begin with weft_"
        failed=1
    fi
done
exit $failed
