#!/bin/sh
# test_outlets.sh WEFT EXAMPLES - any program can be looked into without a change, by its environment.
set -eu
examples=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"

# Nothing is left behind unasked.
"$examples/1-hello-graph" >plain
[ "$(ls)" = plain ] || fail "files were left: $(ls)"

# A trace, and what it tells; what the program prints is what it prints.
WEFT_TRACE=run.trace "$examples/1-hello-graph" >out
cmp plain out
"$weft" trace run.trace >told || fail 'the trace cannot be read'
grep -q '1-hello-graph' told || fail 'what is told does not name the program'
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

# Asked for both, the page has the stacks that the profile has: as many samples.
if WEFT_REPORT=both.html WEFT_PROFILE=both.folded "$examples/2-pi" 20000000 >out 2>err; then
    samples=$(awk '{n += $NF} END {print n + 0}' both.folded)
    [ "$samples" -gt 0 ] || fail 'nothing was seen of 2-pi'
    grep -q "\"profile\":{\"n_samples\":$samples," both.html || fail "the page has not the $samples samples of the profile"
    grep -q '"profile":null' run.html || fail 'a page has a profile nobody asked for'
else
    grep -q 'thread sanitizer\|report.file needs' err || fail "WEFT_REPORT and WEFT_PROFILE: $(cat err)"
fi

# While it works, a page; `weft top` reads it. The link is on stderr, wherever a port was free.
WEFT_DASHBOARD=18787 "$examples/2-pi" 2000000000 >/dev/null 2>err &
program=$!
tries=0
while ! link=$(sed -n 's/.*\(http:[^ ]*\).*/\1/p' err | grep .) && [ $tries -lt 300 ] && kill -0 $program 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
done
if [ -n "${link:-}" ]; then
    "$weft" top --once "$link" >page || fail "weft top: $(cat page)"
    grep -q 'tasks' page || fail "weft top shows no tasks: $(cat page)"
    "$weft" top --once "$program" >page || fail "weft top does not find process $program: $(cat page)"
elif ! grep -q 'dashboard.port' err; then
    fail "neither a link nor a reason: $(cat err)"
fi
kill $program 2>/dev/null || true
wait $program 2>/dev/null || true

# What cannot be written is told, and the program is as good as before.
WEFT_TRACE=nowhere/run.trace "$examples/1-hello-graph" >out 2>err || fail 'the program failed'
cmp plain out
grep -q 'nowhere/run.trace' err || fail "not told: $(cat err)"
exit $failed
