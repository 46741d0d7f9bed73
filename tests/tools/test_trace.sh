#!/bin/sh
# test_trace.sh WEFT SAVE - the verb trace: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum.
set -u
weft=$1
save=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# says CODE WORDS ARGUMENT...: the exit code, and words that stdout and stderr together have.
says() {
    code=$1
    words=$2
    shift 2
    "$weft" trace "$@" >"$tmp/said" 2>&1
    got=$?
    if [ $got != "$code" ] || ! grep -q -e "$words" "$tmp/said"; then
        echo "weft trace $*: expected $code and '$words', got $got and:"
        cat "$tmp/said"
        failed=1
    fi
}

says 0 'usage: weft trace FILE' --help
says 2 'a FILE is missing'
says 2 'b.trace is too many' a.trace b.trace
says 2 'there is no option --task' a.trace --task=1
says 2 "there is no option --nothing" a.trace --nothing
says 2 '--export needs a value' a.trace --export
says 2 "--burden: 'much' is not a time" a.trace --burden much
says 2 '--csv of what?' a.trace --csv
says 2 'one view at a time, not 2' a.trace --csv --tasks --runs
says 1 'none.trace: No such file or directory' "$tmp/none.trace"
echo 'team,goals' >"$tmp/a.csv"
says 1 'a.csv: is not a trace' "$tmp/a.csv"

"$save" "$tmp/run.trace" || exit 1
run=$tmp/run.trace
says 0 '^9 tasks, 8 dependencies' "$run"
says 0 '^work .*, span .*, parallelism .* on 2 workers$' "$run"
says 0 '^workers: execution ' "$run"
says 0 '^makespan: compute ' "$run"
says 0 '^critical path of 2 tasks:$' "$run"
says 0 '^tasks .*median .* p95' "$run" --functions --critical
says 0 '^ *8 .*  leaf$' "$run" --functions
says 0 '^ *9 .*  (none)$' "$run" --layers
says 0 '  sum-8$' "$run" --tasks
says 0 '^ *all ' "$run" --workers
says 0 'share *drag' "$run" --critical
says 0 '  compute ' "$run" --realised
says 0 '  ok$' "$run" --runs
says 0 'stored .* freed' "$run" --results
says 0 'speed-up' "$run" --scaling
says 0 '^map exec .* 100.0 %' "$run" --sparkling
says 0 '^burdened span .* at 7.00 us to wake a worker' "$run" --burden 7us
"$weft" trace "$run" --burden 0us | grep -q burdened && { echo 'a burden of nothing is told'; failed=1; }

# Tables for machines: as many lines and fields as there are.
says 0 '^tasks,failed,total_ns,share,' "$run" --functions --csv
[ "$("$weft" trace "$run" --tasks --csv | wc -l)" = 10 ] || { echo 'not a line per task'; failed=1; }
for what in --json '--json --all' '--tasks --json' '--sparkling --json'; do
    # shellcheck disable=SC2086
    if ! "$weft" trace "$run" $what >"$tmp/run.json" || [ ! -s "$tmp/run.json" ]; then
        echo "no $what"
        failed=1
    fi
    if command -v python3 >/dev/null && ! python3 -m json.tool "$tmp/run.json" >/dev/null; then
        echo "$what is no JSON"
        failed=1
    fi
done

# Exports.
for suffix in json perfetto-trace pftrace csv events.json tasks.csv tasks.json; do
    if ! "$weft" trace "$run" --export "$tmp/out.$suffix" --arrows || [ ! -s "$tmp/out.$suffix" ]; then
        echo "no out.$suffix"
        failed=1
    fi
done
head -1 "$tmp/out.csv" | grep -qx 'worker,begin_ns,end_ns,kind,failed,task,key' || { echo 'out.csv is another'; failed=1; }
[ "$(grep -c ',task,false,' "$tmp/out.csv")" = 9 ] || { echo 'not nine bodies in out.csv'; failed=1; }
if command -v python3 >/dev/null; then
    for suffix in json events.json tasks.json; do
        python3 -m json.tool "$tmp/out.$suffix" >/dev/null || { echo "out.$suffix is no JSON"; failed=1; }
    done
fi
says 1 'x.txt: an export ends in .perfetto-trace' "$run" --export "$tmp/x.txt"
says 1 '/nowhere/x.json: No such file or directory' "$run" --export /nowhere/x.json
says 0 'compute' "$run" --export "$tmp/x.json" --realised
if [ -c /dev/full ]; then
    "$weft" trace "$run" >/dev/full 2>"$tmp/said" && { echo 'a full disk is not told'; failed=1; }
    grep -q 'cannot be written' "$tmp/said" || { cat "$tmp/said"; failed=1; }
fi
exit $failed
