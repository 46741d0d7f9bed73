#!/bin/sh
# test_4-football.sh PROGRAM - the founding figures, the same for any number of workers; every kind of bad
# input has its message; memory that runs out leaks nothing.
#
# The figures need ../shared/data; elsewhere they are judged by awk, on the table the program makes.
set -u
program=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
csv=$top/../shared/data/football/match_results.csv
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

same_for_all() {
    for workers in 1 2 3 7 16; do
        "$program" "$@" --workers $workers >"$tmp/$workers" || fail "$workers workers: status $?"
        cmp -s "$tmp/1" "$tmp/$workers" || fail "$workers workers print something else than one"
    done
}

said() {
    grep -qF -e "$1" "$tmp/1" || fail "not printed: $1"
}

if [ -f "$csv" ]; then
    same_for_all "$csv"
    said 'divisions (0, 4406, 8812, 13218, 17624, 22030, 26436, 30842, 35248, 39654, 44059)'
    said 'mean of home_score 1.7404675442578301'
    said 'home wins minus away wins, off neutral ground 8061'
    # Goals by tournament, by awk: no field before the scores holds a comma or quote, none behind is quoted here.
    awk -F, 'NR > 1 { g[$6] += $4 + $5; n[$6]++ } END { for (t in n) printf "%s,%.10g,%d\n", t, g[t] / n[t], n[t] }' "$csv" |
        LC_ALL=C sort -t, -k3,3nr -k1,1 | head -n 10 |
        while IFS=, read -r name mean n; do
            awk -v name="$name" -v mean="$mean" -v n="$n" '
                index($0, name " ") && $NF == n && $(NF - 1) - mean < 1e-8 && mean - $(NF - 1) < 1e-8 { found = 1 }
                END { exit !found }' "$tmp/1" || echo "$name $mean $n"
        done >"$tmp/missing"
    [ -s "$tmp/missing" ] && fail "tournaments not printed: $(cat "$tmp/missing")"
else
    echo "no $csv: only the table that the program makes is tried"
fi

same_for_all
said 'divisions (0, 4406, 8812, 13218, 17624, 22030, 26436, 30842, 35248, 39654, 44059)'

"$program" --out "$tmp/pictures" >"$tmp/1" || fail "--out: status $?"
[ -s "$tmp/pictures/football.trace" ] || fail 'no trace kept'
if ! grep -q 'lacks Graphviz' "$tmp/1"; then
    grep -q '</svg>' "$tmp/pictures/football.svg" || fail 'no whole picture'
fi

# bad WANTED ARGUMENT...: fails with a message.
bad() {
    wanted=$1
    shift
    "$program" "$@" >"$tmp/out" 2>"$tmp/said" && fail "$*: no failure"
    grep -qF -e "$wanted" "$tmp/said" || fail "$*: said $(cat "$tmp/said"), not $wanted"
}

head=date,home_team,away_team,home_score,away_score,tournament,neutral
printf '%s\n2000-01-01,A,B,1,0,Cup,TRUE\n2000-01-02,A,B,1,0,Cup\n' $head >"$tmp/short.csv"
printf '%s\n2000-01-01,A,B,one,0,Cup,TRUE\n' $head >"$tmp/word.csv"
printf 'date,score\n2000-01-01,1\n' >"$tmp/other.csv"
bad "$tmp/short.csv: record 2 (line 3) has 6 fields" "$tmp/short.csv"
bad 'home_score' "$tmp/word.csv"
bad 'no column "home_score"' "$tmp/other.csv"
bad "$tmp/none.csv: No such file or directory" "$tmp/none.csv"
bad "$tmp/short.csv/x: Not a directory" --out "$tmp/short.csv/x"
"$program" --workers no >"$tmp/out" 2>"$tmp/said"
[ $? = 2 ] || fail 'a wrong argument is not status 2'

# Memory that runs out at the nth allocation: that is said, or a picture of it was not needed. Leaks are the
# address sanitizer's to tell, at the end of each run.
n=1
step=${WEFT_TEST_SCALE:-1}
while [ $n -lt 3000 ]; do
    WEFT_FAIL_ALLOC=$n "$program" --workers 2 >"$tmp/out" 2>"$tmp/said"
    status=$?
    if [ $status = 1 ]; then
        grep -q -e 'memory' "$tmp/said" || fail "allocation $n: said $(head -n 5 "$tmp/said")"
    elif [ $status != 0 ]; then
        fail "allocation $n: status $status: $(head -n 40 "$tmp/said")"
        break
    fi
    n=$((n + (n < 400 ? step : 37 * step)))
done
exit $failed
