#!/bin/sh
# test_report.sh WEFT SAVE yes|no - the verb report: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum; yes: this build has libweft-dash.
set -u
save=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"

says 0 'usage: weft report FILE -o PAGE.html' report --help
if [ "$3" = no ]; then
    says 1 'built without libweft-dash' report x.trace -o x.html
    exit $failed
fi

echo 'team,goals' >a.csv
says 2 'a FILE is missing' report
says 2 '-o PAGE.html is missing' report x.trace
says 2 'b.trace is too many' report a.trace b.trace -o x.html
says 2 'there is no option --graph' report a.trace --graph -o x.html
says 2 '-o needs a value' report a.trace -o
for number in 0 -1 many 1k 99999999999999999999999; do
    says 2 "--events $number is no whole number from 1" report a.trace --events "$number" -o x.html
done
says 1 'none.trace: No such file or directory' report none.trace -o x.html
says 1 'a.csv: is not a trace' report a.csv -o x.html
[ ! -e x.html ] || fail 'a page of nothing was left'

"$save" run.trace || exit 1
says 1 '/nowhere/x.html: No such file or directory' report run.trace -o /nowhere/x.html
"$weft" report run.trace -o run.html --title 'Eight </title> & one' --events 5 || failed=1
has 1 '"title":"Eight \u003c/title> & one"' run.html
has 1 '"n_tasks":9,' run.html
has 1 '"n_shown":5,' run.html
has 0 '<!--weft-' run.html
grep -q 'MIT License' run.html || fail 'the licence of the chart library is not in the page'
# Nothing is asked of anybody else: no address is loaded, and the page forbids it to itself.
grep -E '(src|href)="(https?:)?//' run.html && fail 'the page asks others'
has 1 "content=\"default-src 'none'" run.html
"$weft" report run.trace -o bare.html --no-graph || failed=1
grep -q 'class="node"' bare.html && fail 'a graph, though none was wanted'
has 1 '"profile":null' bare.html

# With stacks, as WEFT_PROFILE or another tool wrote them.
printf 'leaf;work 30\nleaf;</script> 10\n' >stacks.folded
"$weft" report run.trace -o flame.html --profile stacks.folded || failed=1
has 1 '"profile":{"n_samples":40,' flame.html
has 1 '"names":["leaf","work","\u003c/script>"]' flame.html
says 1 'none.folded: No such file or directory' report run.trace -o x.html --profile none.folded
says 1 'a.csv, line 1: no count' report run.trace -o x.html --profile a.csv
[ ! -e x.html ] || fail 'a page without the stacks that it was to have was left'
exit $failed
