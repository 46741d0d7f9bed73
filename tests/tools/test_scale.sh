#!/bin/sh
# test_scale.sh WEFT SAVE - the verb scale: what it asks for, runs, says, writes, and that nothing is left running.
# SAVE runs a graph and writes its trace.
#
# The programs it measures are shell scripts: "work", which sleeps as long as Amdahl's law says, and others
# that fail in one way each.
set -u
save=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"
verb=scale

# program NAME: a script from stdin.
program() {
    { echo '#!/bin/sh'; cat; } >"$1"
    chmod +x "$1"
}

# ---- What is asked wrongly

says 0 'usage: weft scale [OPTION]... -- PROGRAM' --help
says 2 'a PROGRAM is missing'
says 2 'Try: weft scale --help' --workers 1,2
says 2 '--workers 1,x is no list of numbers from 1 to 4096' --workers 1,x -- true
says 2 '--workers 0 is no list' --workers 0 -- true
says 2 '--workers 4-2 is no list' --workers 4-2 -- true
says 2 '--workers  is no list' --workers '' -- true
says 2 '--repeat 0 is no whole number from 1' --repeat 0 -- true
says 2 '--warmup -1 is no whole number from 0' --warmup -1 -- true
says 2 '--base 1.5 is no whole number from 1' --base 1.5 -- true
says 2 '--base 9223372036854775807 times 2 workers is more' --weak --base 9223372036854775807 --workers 1,2 -- true
says 2 '--power 0.5 is no number from 1 to 10' --power 0.5 -- true
says 2 "--timeout: '5' is not a time" --timeout 5 -- true
says 2 '--env X is not of the form NAME=VALUE' --env X -- true
says 2 '--confidence 20 is no percentage' --confidence 20 -- true
says 2 '--upto 0 is no whole number from 1 to 1000000' --upto 0 -- true
says 2 'there is no option --worker-s' --worker-s 1 -- true
says 2 '--repeat needs a value' --repeat
says 2 '--from measures nothing: true is too many' --from x.csv -- true

# ---- A program that scales: 0.12 s of one worker, a sixth of it serial

program work <<'END'
echo "$WEFT_WORKERS $WEFT_SCALE_FACTOR $WEFT_SCALE_SIZE $*" >>"$LOG"
echo pi
case $WEFT_WORKERS in 1) sleep 0.12 ;; 2) sleep 0.07 ;; 4) sleep 0.045 ;; 8) sleep 0.0325 ;; esac
END
export LOG="$tmp/log"
: >"$LOG"
says 0 'strong scaling, the same work for all; 4 runs of each' --workers 4,1,2-2,8 --repeat 4 --warmup 1 --same-output \
    --base 30 --env 'NOTE=w{w}n{n}' --out out/one -- ./work a{w} '{n}' {x}
also './work a{w} {n} {x}'
also 'speed-up'
# Each number of workers once in each round, warming up included, and the patterns filled.
[ "$(wc -l <"$LOG")" = 20 ] || fail "$(wc -l <"$LOG") runs, expected 20"
[ "$(sort "$LOG" | uniq -c | awk '{ print $1 }' | sort -u)" = 5 ] || fail "not as many runs of each: $(sort "$LOG" | uniq -c)"
grep -qx '2 1 30 a2 30 {x}' "$LOG" || fail "patterns: $(head -n 4 "$LOG")"
for round in 1 2 3 4 5; do
    n=$(head -n $((round * 4)) "$LOG" | tail -n 4 | sort -u | wc -l)
    [ "$n" = 4 ] || fail "round $round has $n different numbers of workers"
done
# The order is not the same in all rounds, but it is for the same seed.
cut -d' ' -f1 "$LOG" | paste -d' ' - - - - | sort -u >orders
[ "$(wc -l <orders)" -gt 1 ] || fail "every round in the same order: $(cat orders)"
cp "$LOG" first
: >"$LOG"
says 0 'Amdahl' --workers 1,2,4,8 --repeat 4 --warmup 1 --base 30 -- ./work a{w} '{n}' {x}
cmp -s first "$LOG" || fail 'the same seed gives another order'
: >"$LOG"
says 0 'Amdahl' --workers 1,2,4,8 --repeat 4 --warmup 1 --base 30 --seed 2 -- ./work a{w} '{n}' {x}
cmp -s first "$LOG" && fail 'another seed gives the same order'

# Files: every run, and what they say.
[ "$(wc -l <out/one/scale.csv)" = 17 ] || fail "$(wc -l <out/one/scale.csv) lines of csv"
head -n 1 out/one/scale.csv | grep -qx 'round,position,workers,n,work,seconds,whole_seconds,user_seconds,system_seconds,peak_bytes,command,machine,processor,cores,threads,quota_cores,kernel,begun,load_before,load_after' ||
    fail "csv begins: $(head -n 1 out/one/scale.csv)"
awk -F, 'NR > 1 { if ($3 == 1 && $6 < 0.12 || $3 == 8 && $6 < 0.0325 || $4 != 30 || $5 != 30 || $7 != $6 || $10 < 1) bad = 1 } END { exit bad }' \
    out/one/scale.csv || fail "csv: $(cat out/one/scale.csv)"
if command -v python3 >/dev/null; then
    python3 - out/one/scale.json <<'END' || fail 'json is not what it should be'
import json, statistics, sys
d = json.load(open(sys.argv[1]))
assert d["kind"] == "strong" and d["command"] == "./work a{w} {n} {x}", d["command"]
assert len(d["samples"]) == 16 and len(d["summary"]) == 4
for row in d["summary"]:
    times = [s["seconds"] for s in d["samples"] if s["workers"] == row["workers"]]
    assert abs(statistics.median(times) - row["median"]) < 1e-6 and row["runs"] == 4
    assert row["speedup_interval"][0] <= row["speedup"] <= row["speedup_interval"][1]
    assert abs(row["speedup"] - row["efficiency"] * row["workers"]) < 1e-6
assert d["summary"][0]["speedup"] == 1
assert [f["law"] for f in d["fits"]] == ["Amdahl", "USL"]
assert d["options"]["env"] == ["NOTE=w{w}n{n}"] and d["options"]["base"] == 30
assert d["machine"]["cores"] > 0 and d["machine"]["begun"].endswith("Z")
END
fi
if command -v gnuplot >/dev/null; then
    [ -s out/one/scale.svg ] || fail 'no svg'
    grep -q '</svg>' out/one/scale.svg || fail 'no svg'
    head -c 8 out/one/scale.png | od -An -c | grep -q 'P   N   G' || fail 'no png'
    grep -q './work a{w} {n} {x}' out/one/scale.svg || fail 'the svg does not tell the command'
    # The files draw themselves again, for a paper too.
    rm out/one/scale.svg
    (cd out/one && gnuplot scale.gp 2>&1) | grep . && fail 'gnuplot complains'
    [ -s out/one/scale.svg ] || fail 'scale.gp draws no svg'
    (cd out/one && gnuplot -e "formats='pdf'" scale.gp 2>&1) | grep . && fail 'gnuplot complains'
    head -c 4 out/one/scale.pdf | grep -q '%PDF' || fail 'scale.gp draws no pdf'
fi

# What is slower with more workers is in the picture of letters, too.
printf 'workers,seconds\n1,1\n2,2\n4,5\n' >slower.csv
LC_ALL=C "$weft" scale --from slower.csv >said 2>&1 || fail 'slower.csv is not told'
[ "$(grep -c '|.*o' said)" = 3 ] || fail "not three points: $(cat said)"

# Without gnuplot all else is there, and it is told.
mkdir bin
for name in sh sleep; do ln -s "$(command -v $name)" bin/$name; done
env PATH="$tmp/bin" "$weft" scale --workers 1 --repeat 1 --warmup 0 --out out/bare -- ./work >said 2>&1 || fail 'no gnuplot is a failure'
also 'There is no gnuplot here to draw them'
for name in csv json dat gp; do
    [ -s out/bare/scale.$name ] || fail "no scale.$name without gnuplot"
done
[ ! -e out/bare/scale.svg ] || fail 'a picture without gnuplot'
program bin/gnuplot <<'END'
echo 'no fonts here' >&2
exit 1
END
env PATH="$tmp/bin" "$weft" scale --from out/bare/scale.csv --out out/bare >said 2>&1 && fail 'a gnuplot that fails is no failure'
also 'error: gnuplot cannot draw out/bare/scale.gp: no fonts here'
says 1 'log/x: Not a directory' --workers 1 --repeat 1 --out log/x -- ./work
says 1 'log: Not a directory' --workers 1 --repeat 1 -o log -- ./work
says 1 './work: Not a directory' --workers 1 --repeat 1 -o ./work -- ./work

# ---- Words that files must be told with care

says 0 'median time' --workers 1 --repeat 1 --warmup 0 --env "$(printf 'A="\351\303\251')" --out out/words -- sh -c ': "a,b" %s \n' "it's" '' \
    "$(printf 'x\ny\377\303\244')" "$(printf '\355\240\200\360\217\277\277')"
says 0 'median time' --from out/words/scale.csv --out out/words2 --title '`touch ran` $(touch ran) @data "x" '"''"'\n'
[ ! -e out/words2/ran ] || fail 'gnuplot ran a title'
says 0 "sh -c ': \"a,b\" %s \\n' 'it'\\''s' '' 'x" --from out/words/scale.csv
if command -v python3 >/dev/null; then
    python3 -c '
import csv, json, shlex
all = json.load(open("out/words/scale.json"))
said = all["command"]
assert shlex.split(said) == ["sh", "-c", ": \"a,b\" %s \\n", "it'"'"'s", "", "x\ny\ufffd\u00e4", "\ufffd" * 7], said
assert all["options"]["env"] == ["A=\"\ufffd\u00e9"], all["options"]
assert [row["command"] for row in csv.DictReader(open("out/words/scale.csv", newline=""))] == [said]
' || fail 'words are told in another way'
fi

# ---- Only the runs of its pool

program traced <<'END'
sleep 0.1
to=$WEFT_TRACE
unset WEFT_TRACE WEFT_TRACE__EVENTS WEFT_TRACE__SAMPLE
"$SAVE" "$to"
END
export SAVE="$save"
says 0 'timed while its pool had a run going on' --inside --workers 1,2 --repeat 2 --warmup 0 --out out/inside -- ./traced
awk -F, 'NR > 1 { if ($6 > $7 - 0.1 || $6 <= 0) bad = 1 } END { exit bad || NR != 5 }' out/inside/scale.csv ||
    fail "inside: $(cut -d, -f1-8 out/inside/scale.csv)"
says 0 'timed while its pool had a run going on' --from out/inside/scale.csv
# A Weft program leaves its trace by itself.
says 0 'timed while its pool had a run going on' --inside --workers 1,2 --repeat 1 -- "$save" own.trace
says 1 './work left no trace: --inside is for programs that run a Weft pool' --inside --workers 1 -- ./work
says 1 'is not a trace' --inside --workers 1 -- sh -c 'echo >"$WEFT_TRACE"'
TMPDIR="$tmp/none" says 1 "$tmp/none/weft-scale-" --inside --workers 1 -- ./traced

# ---- Weak scaling

: >"$LOG"
says 0 'weak scaling, the size grows with the workers' --weak --workers 1,2,4 --repeat 2 --warmup 0 --base 100 -- ./work '{n}'
also 'Gustafson'
also '400'
grep -qx '4 4 400 400' "$LOG" || fail "sizes: $(cat "$LOG")"
# Work that is the cube of the size: 8 times as much is twice the size.
: >"$LOG"
says 0 'Gustafson  not fitted' --weak --power 3 --workers 1,8 --repeat 1 --warmup 0 --base 100 --out out/cube -- ./work '{n}'
grep -qx '8 8 200 200' "$LOG" || fail "sizes: $(cat "$LOG")"
grep -q ',8,200,8000000,' out/cube/scale.csv || fail "work: $(cat out/cube/scale.csv)"
says 0 'weak scaling' --from out/cube/scale.csv
says 0 'No {n} in the command: its size grows only if it reads WEFT_SCALE_SIZE' --weak --workers 1,2 --repeat 1 --warmup 0 -- ./work

# ---- Too few numbers of workers for a law

says 0 'Amdahl     not fitted: 2 different numbers of workers, 3 are needed for 2 parameters' --workers 1,2 --repeat 1 --warmup 0 -- ./work
also 'USL        not fitted'
also 'One run each tells no interval'
says 0 'More runs make them surer' --workers 1,2 --repeat 2 --warmup 0 -- ./work

# ---- From a file

cat >other.csv <<'END'
workers,seconds
1,100.0
2,52.5
4,28.75
8,16.875
END
says 0 'serial 5 % (5 .. 5); at most 20 times as fast' --from other.csv --upto 64 --out out/other --title "it's \$(known) <b>"
also 'contention 5 % (5 .. 5), coherency 0 (0 .. 0)'
# What was measured tells all of it again.
says 0 './work a{w} {n} {x}' --from out/one/scale.csv --out out/again
for name in csv dat gp; do
    cmp -s out/one/scale.$name out/again/scale.$name || fail "scale.$name is not the same when it is told again"
done
sed 's/"options.*//' out/one/scale.json >one.json
sed 's/"options.*//' out/again/scale.json >again.json
cmp -s one.json again.json || fail "scale.json is not the same: $(diff one.json again.json)"
printf 'workers,seconds,command\n1,2,a\n2,1,b\n' >bad.csv
says 1 "bad.csv: column command has 'a' and 'b': that is more than one measurement" --from bad.csv
printf 'threads,seconds\n1,2\n' >bad.csv
says 1 "bad.csv: there is no column 'workers'; needed are workers and seconds" --from bad.csv
printf 'workers,seconds\n1,fast\n' >bad.csv
says 1 "bad.csv: column 'seconds' has no numbers" --from bad.csv
printf 'workers,seconds\n1,2\n2,-1\n' >bad.csv
says 1 'bad.csv: row 2 has -1 seconds' --from bad.csv
printf 'workers,n,seconds\n1,1,2\n1,2,2\n' >bad.csv
says 1 'runs with 1 workers have different sizes: 1 and 2' --from bad.csv
printf 'workers,seconds\n' >bad.csv
says 1 'bad.csv' --from bad.csv
says 1 'none.csv: No such file or directory' --from none.csv

# ---- Programs that fail: the reason, their words, and no file

program fails <<'END'
[ "$WEFT_WORKERS" = 1 ] && exit 0
echo 'what I print'
echo 'no room for two' >&2
exit 3
END
says 1 './fails with 2 workers (warming up) ended with exit status 3' --workers 1,2 --out out/fails -- ./fails
also '  | no room for two'
[ ! -e out/fails/scale.csv ] || fail 'files of a measurement that failed'
program crashes <<'END'
kill -SEGV $$
END
says 1 './crashes with 1 worker (run 1 of 7) was ended by a signal: Segmentation fault' --workers 1 --warmup 0 -- ./crashes
says 1 './none: No such file or directory' --workers 1 -- ./none
says 1 './other.csv: Permission denied' --workers 1 -- ./other.csv
program differs <<'END'
echo same
echo "$WEFT_WORKERS"
END
says 1 'prints another line 2 than with' --workers 1,2 --same-output -- ./differs
says 0 'cores busy' --workers 1,2 --repeat 2 -- ./differs
says 0 'weak' --weak --workers 1,2 --repeat 2 --same-output -- ./differs '{n}'

# ---- Nothing is left running

# gone FILE: within ten seconds none of the processes is there whose numbers are in FILE.
gone() {
    for _ in $(seq 50); do
        left=
        for pid in $(cat "$1"); do
            # A zombie is not running: where nobody reaps, it stays.
            state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
            case $state in '' | Z | X) ;; *) left="$left $pid" ;; esac
        done
        [ -z "$left" ] && return
        sleep 0.2
    done
    fail "still running:$left"
}
program sleeps <<'END'
sleep 1000 &
echo $! >>"$PIDS"
echo $$ >>"$PIDS"
wait
END
program leaves <<'END'
sleep 1000 >/dev/null 2>&1 &
echo $! >>"$PIDS"
END
export PIDS="$tmp/pids"
: >"$PIDS"
says 1 './sleeps with 1 worker (warming up) was stopped after 300ms, which is its limit' --workers 1 --timeout 300ms -- ./sleeps
gone "$PIDS"
says 0 'workers' --workers 1 --repeat 1 --warmup 0 -- ./leaves
gone "$PIDS"
# stopped SIGNAL NUMBER: who is told to end ends its program, too, and ends by that signal.
stopped() {
    : >"$PIDS"
    "$weft" scale --workers 1 --out out/stopped -- ./sleeps >said 2>&1 &
    scale=$!
    for _ in $(seq 50); do
        [ "$(wc -l <"$PIDS")" = 2 ] && break
        sleep 0.2
    done
    kill -"$1" $scale
    wait $scale
    got=$?
    [ $got = $((128 + $2)) ] || fail "ended with $got by $1"
    # Who is killed without a word cannot tell: the system kills the program, but not what that started.
    [ "$1" != KILL ] || { kill "$(head -n 1 "$PIDS")"; sed -i 1d "$PIDS"; }
    gone "$PIDS"
}
stopped TERM 15
also 'stopped by Terminated; ./sleeps has been stopped, too, and nothing is written'
[ ! -e out/stopped/scale.csv ] || fail 'files of a measurement that was stopped'
stopped HUP 1
stopped KILL 9
exit $failed
