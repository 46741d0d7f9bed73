#!/bin/sh
# test_1-hello-graph.sh PROGRAM - it shouts, for any number of workers, and draws its four tasks.
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
    [ "$(WEFT_WORKERS=$workers "$program")" = 'HELLO, WORLD' ] || fail "$workers workers: other words"
done

"$program" "$tmp/hello.dot" >"$tmp/out" 2>"$tmp/said"
status=$?
if grep -q 'lacks Graphviz' "$tmp/said"; then
    [ $status = 1 ] || fail "no picture, and status $status"
else
    [ $status = 0 ] || fail "status $status: $(cat "$tmp/said")"
    [ "$(grep -c -e '->' "$tmp/hello.dot")" = 3 ] || fail 'not three arrows'
    "$program" "$tmp/none/hello.svg" >"$tmp/out" 2>"$tmp/said" && fail 'a folder that is not there is no error'
    grep -q "$tmp/none/hello.svg: No such file or directory" "$tmp/said" || fail "said: $(cat "$tmp/said")"
fi
exit $failed
