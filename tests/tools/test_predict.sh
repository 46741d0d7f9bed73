#!/bin/sh
# test_predict.sh WEFT SAVE - the verb predict: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum.
set -u
save=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"

says 0 'predict    how long a traced run takes' --help
says 0 'usage: weft predict TRACE' predict --help
says 2 'a TRACE is missing' predict
says 2 'b.trace is too many' predict a.trace b.trace
says 2 'there is no option --wrokers' predict a.trace --wrokers 3
says 2 '--workers needs a value' predict a.trace --workers
for list in 0 4097 x '' 4-2 1- '1,...' '...,4' '1,...,4' '1,2,...,...,8' '1,,2' '4,8,...,4'; do
    says 2 "--workers $list is no list of numbers from 1 to 4096" predict a.trace --workers "$list"
done
for what in load =2 load= load=0 load=-1 load=x load=nan; do
    says 2 "--faster $what is not of the form WHAT=K with K above 0" predict a.trace --faster "$what"
done
for what in load =2ms load= load=2 load=-1s; do
    says 2 "--takes $what is not of the form WHAT=TIME" predict a.trace --takes "$what"
done
says 2 '--worth -1 is no whole number from 0 to 1000' predict a.trace --worth -1
says 2 '--at 0 is no whole number from 1 to 4096' predict a.trace --at 0
says 2 "--each: '3' is not a time" predict a.trace --each 3
says 2 '--draws 0 is no whole number from 1 to 1000' predict a.trace --draws 0
says 2 '--seed x is no whole number from 0' predict a.trace --seed x
says 1 'none.trace: No such file or directory' predict none.trace
echo 'team,goals' >a.csv
says 1 'a.csv: is not a trace' predict a.csv

"$save" run.trace || exit 1
says 0 '9 tasks, traced on 2 workers' predict run.trace
says 1 'lead: no task has this name, layer or key' predict run.trace --faster lead=2
says 0 'workers  as traced       then' predict run.trace --faster leaf=2 --faster sum=inf
says 0 'work 26.0 ms, span 5.00 ms' predict run.trace --takes leaf=3ms --takes sum=2ms
says 0 'worth making faster, on 3 workers' predict run.trace --at 3

# counts LIST EXPECTED: a line of the table for each number of workers.
counts() {
    got=$("$weft" predict run.trace --workers "$1" --worth 0 --ideal --draws 1 |
        sed -n '/^workers/,/^$/p' | awk '$1 + 0 > 0 { printf "%s%s", sep, $1; sep = " " }')
    [ "$got" = "$2" ] || fail "--workers $1: expected '$2', got '$got'"
}
counts 3 '3'
counts 1,2,4,...,64 '1 2 4 8 16 32 64'
counts 1,2,...,100 '1 2 4 8 16 32 64 100'
counts 1,2,3,...,6,12 '1 2 3 4 5 6 12'
counts 4,6,...,11 '4 6 8 10 11'
counts 8,2-4,4 '2 3 4 8'

# Of one number of workers there is no knee: what is not said leaves no trace.
"$weft" predict run.trace --workers 2 >said && "$weft" predict run.trace --workers 64 >>said || fail 'one number of workers is none'
grep -q 'the efficiency is below 50 %.$' said || fail "$(cat said)"
cat -s said | cmp -s - said || fail "empty lines: $(cat said)"

# The same draws for the same seed, whoever asks.
"$weft" predict run.trace --json --seed 5 >a.json && "$weft" predict run.trace --json --seed 5 >b.json || failed=1
cmp -s a.json b.json || fail 'the same seed gives other answers'
if command -v python3 >/dev/null; then
    "$weft" predict run.trace --workers 1,2,4 --faster leaf=2 --json >c.json
    python3 - c.json <<'END' || failed=1
import json, sys
p = json.load(open(sys.argv[1]))
assert p["tasks"] == 9 and p["traced_workers"] == 2 and p["measured"]
assert [f["workers"] for f in p["forecasts"]] == [1, 2, 4] == [f["workers"] for f in p["as_traced"]]
for f in p["forecasts"]:
    assert f["lower_ns"] <= f["least_ns"] <= f["makespan_ns"] <= f["most_ns"], f
assert sorted(w["name"] for w in p["worth"]["names"]) == ["leaf", "sum"]
END
fi
exit $failed
