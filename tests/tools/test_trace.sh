#!/bin/sh
# test_trace.sh WEFT SAVE - the verb trace: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum.
set -u
save=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"
verb=trace

says 0 'usage: weft trace FILE' --help
says 2 'a FILE is missing'
says 2 'b.trace is too many' a.trace b.trace
says 2 'there is no option --task' a.trace --task=1
says 2 "there is no option --nothing" a.trace --nothing
says 2 '--export needs a value' a.trace --export
says 2 "--burden: 'much' is not a time" a.trace --burden much
says 2 '--csv of what?' a.trace --csv
says 2 'one view at a time, not 2' a.trace --csv --tasks --runs
says 1 'none.trace: No such file or directory' none.trace
echo 'team,goals' >a.csv
says 1 'a.csv: is not a trace' a.csv

"$save" run.trace || exit 1
matches 0 '^9 tasks, 8 dependencies' run.trace
matches 0 '^work .*, span .*, parallelism .* on 2 workers$' run.trace
matches 0 '^workers: execution ' run.trace
matches 0 '^makespan: compute ' run.trace
matches 0 '^critical path of 2 tasks:$' run.trace
matches 0 '^tasks .*median .* p95' run.trace --functions --critical
matches 0 '^ *8 .*  leaf$' run.trace --functions
matches 0 '^ *9 .*  (none)$' run.trace --layers
matches 0 '  sum-8$' run.trace --tasks
matches 0 '^ *all ' run.trace --workers
matches 0 'share *drag' run.trace --critical
says 0 '  compute ' run.trace --realised
matches 0 '  ok$' run.trace --runs
matches 0 'stored .* freed' run.trace --results
says 0 'speed-up' run.trace --scaling
matches 0 '^map exec .* 100.0 %' run.trace --sparkling
matches 0 '^burdened span .* at 7.00 us to wake a worker' run.trace --burden 7us
"$weft" trace run.trace --burden 0us | grep -q burdened && fail 'a burden of nothing is told'

# Tables for machines: as many lines and fields as there are.
matches 0 '^tasks,failed,spawned,total_ns,share,' run.trace --functions --csv
[ "$("$weft" trace run.trace --tasks --csv | wc -l)" = 10 ] || fail 'not a line per task'
for what in --json '--json --all' '--tasks --json' '--sparkling --json'; do
    # shellcheck disable=SC2086
    if ! "$weft" trace run.trace $what >run.json || [ ! -s run.json ]; then
        fail "no $what"
    fi
    if command -v python3 >/dev/null && ! python3 -m json.tool run.json >/dev/null; then
        fail "$what is no JSON"
    fi
done

# Exports.
for suffix in json perfetto-trace pftrace csv events.json tasks.csv tasks.json; do
    if ! "$weft" trace run.trace --export "out.$suffix" --arrows || [ ! -s "out.$suffix" ]; then
        fail "no out.$suffix"
    fi
done
head -1 out.csv | grep -qx 'worker,begin_ns,end_ns,kind,failed,task,key' || fail 'out.csv is another'
[ "$(grep -c ',task,false,' out.csv)" = 9 ] || fail 'not nine bodies in out.csv'
if command -v python3 >/dev/null; then
    for suffix in json events.json tasks.json; do
        python3 -m json.tool "out.$suffix" >/dev/null || fail "out.$suffix is no JSON"
    done
fi
says 2 'x.txt: an export ends in .perfetto-trace' run.trace --export x.txt
says 1 '/nowhere/x.json: No such file or directory' run.trace --export /nowhere/x.json
says 0 'compute' run.trace --export x.json --realised
exit $failed
