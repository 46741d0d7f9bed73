#!/bin/sh
# test_outlets.sh EXAMPLES WEFT - any program can be looked into without a change, by its environment.
set -eu
examples=$(realpath "$1") weft=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
fail() { echo "$*"; exit 1; }

# Nothing is left behind unasked.
"$examples/1-hello-graph" >plain
[ "$(ls)" = plain ] || fail "files were left: $(ls)"

# A trace, and what it tells; what the program prints is what it prints.
WEFT_TRACE=run.trace "$examples/1-hello-graph" >out
cmp plain out
"$weft" predict run.trace >told || fail 'the trace cannot be read'
WEFT_TRACE=yes "$examples/1-hello-graph" >out
[ -s weft.trace ] || fail 'yes is not weft.trace'
WEFT_TRACE=0 "$examples/1-hello-graph" >out
[ ! -e 0 ] || fail '0 is a file'

# The same in words, at the end.
WEFT_SUMMARY=1 "$examples/1-hello-graph" 2>words >out
cmp plain out
grep -q 'parallelism' words || fail 'no summary'

# A picture and a page, if their libraries were built; else a clear word, and nothing runs.
for what in draw:svg report:html; do
    variable=WEFT_$(echo "${what%:*}" | tr a-z A-Z) file=run.${what#*:}
    if env "$variable=$file" "$examples/1-hello-graph" >out 2>err; then
        cmp plain out
        [ -s "$file" ] || fail "$variable left no $file"
    else
        grep -q "${what%:*}.file needs a library that is not there" err || fail "$variable: $(cat err)"
    fi
done

# What cannot be written is told, and the program is as good as before.
WEFT_TRACE=nowhere/run.trace "$examples/1-hello-graph" >out 2>err || fail 'the program failed'
cmp plain out
grep -q 'nowhere/run.trace' err || fail "not told: $(cat err)"
