#!/bin/sh
# test_report.sh WEFT SAVE yes|no - the verb report: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum; yes: this build has libweft-dash.
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
    "$weft" "$@" >"$tmp/said" 2>&1
    got=$?
    if [ $got != "$code" ] || ! grep -qF -e "$words" "$tmp/said"; then
        echo "weft $*: expected $code and '$words', got $got and:"
        cat "$tmp/said"
        failed=1
    fi
}

says 0 'usage: weft report FILE -o PAGE.html' report --help
if [ "$3" = no ]; then
    says 1 'built without libweft-dash' report x.trace -o x.html
    exit $failed
fi

echo 'team,goals' >"$tmp/a.csv"
says 2 'a FILE is missing' report
says 2 '-o PAGE.html is missing' report x.trace
says 2 'b.trace is too many' report a.trace b.trace -o x.html
says 2 'there is no option --graph' report a.trace --graph -o x.html
says 2 '-o needs a value' report a.trace -o
for number in 0 -1 many 1k 99999999999999999999999; do
    says 2 "--events $number is not a number from 1" report a.trace --events "$number" -o x.html
done
says 1 'none.trace: No such file or directory' report "$tmp/none.trace" -o "$tmp/x.html"
says 1 'a.csv: is not a trace' report "$tmp/a.csv" -o "$tmp/x.html"
[ ! -e "$tmp/x.html" ] || { echo 'a page of nothing was left'; failed=1; }

"$save" "$tmp/run.trace" || exit 1
says 1 '/nowhere/x.html: No such file or directory' report "$tmp/run.trace" -o /nowhere/x.html
"$weft" report "$tmp/run.trace" -o "$tmp/run.html" --title 'Eight </title> & one' --events 5 || failed=1
# has COUNT WORDS: so many lines of the page have these words.
has() {
    got=$(grep -cF -e "$2" "$tmp/run.html")
    [ "$got" = "$1" ] || { echo "$got lines with $2, expected $1"; failed=1; }
}
has 1 '"title":"Eight \u003c/title> & one"'
has 1 '"n_tasks":9,'
has 1 '"n_shown":5,'
has 0 '<!--weft-'
grep -q 'MIT License' "$tmp/run.html" || { echo 'the licence of the chart library is not in the page'; failed=1; }
# Nothing is asked of anybody else: no address is loaded, and the page forbids it to itself.
grep -E '(src|href)="(https?:)?//' "$tmp/run.html" && { echo 'the page asks others'; failed=1; }
has 1 "content=\"default-src 'none'"
"$weft" report "$tmp/run.trace" -o "$tmp/bare.html" --no-graph || failed=1
grep -q 'class="node"' "$tmp/bare.html" && { echo 'a graph, though none was wanted'; failed=1; }
exit $failed
