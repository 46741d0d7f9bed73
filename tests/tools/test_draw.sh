#!/bin/sh
# test_draw.sh WEFT SAVE yes|no - the verb draw: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum; yes: this build has Graphviz, which makes .png and .pdf.
set -u
weft=$(realpath "$1")
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

says 0 'draw       a saved graph or trace as a picture' --help
says 2 'a verb is missing'
says 2 "there is no verb 'paint'" paint
says 2 "there is no option '--paint'" --paint
says 0 'usage: weft draw FILE [-o PICTURE]' draw --help

echo 'team,goals' >"$tmp/a.csv"
says 2 'a FILE is missing' draw
says 2 'a FILE is missing' draw -o x.svg
says 2 'b.trace is too many' draw a.trace b.trace -o x.svg
says 2 'there is no option --colour' draw a.trace --colour name -o x.svg
says 2 '--color pink is none of' draw a.trace --color pink -o x.svg
says 2 '--rankdir UP is none of' draw a.trace --rankdir UP -o x.svg
says 2 '--cmap pink is none of' draw a.trace --cmap pink
says 2 '--engine steam is none of auto, graphviz, builtin' draw a.trace --engine steam
says 2 '--words none is none of' draw a.trace --words none
says 2 '--maxval -1 is no number above 0' draw a.trace --maxval -1
says 2 '-o needs a value' draw a.trace -o
says 2 'shape is not of the form NAME=VALUE' draw a.trace --node shape -o x.svg
says 2 'Try: weft draw --help' draw
says 1 'none.trace: No such file or directory' draw "$tmp/none.trace" -o "$tmp/x.svg"
says 1 'a.csv: is not a trace' draw "$tmp/a.csv" -o "$tmp/x.svg"
[ ! -e "$tmp/x.svg" ] || { echo 'a picture of nothing was left'; failed=1; }

# What was saved is drawn, in every format.
"$save" "$tmp/run.trace" || exit 1
[ "$3" = yes ] && suffixes='svg png pdf dot' || suffixes='svg dot'
for suffix in $suffixes; do
    if ! "$weft" draw "$tmp/run.trace" -o "$tmp/run.$suffix" --color worker --rankdir LR --title 'Eight & one' \
        --node shape=ellipse --edge style=dotted || [ ! -s "$tmp/run.$suffix" ]; then
        echo "no run.$suffix"
        failed=1
    fi
done
# has COUNT WORDS: so many lines of the svg have these words.
has() {
    got=$(grep -cF -e "$2" "$tmp/run.svg")
    [ "$got" = "$1" ] || { echo "$got lines with $2, expected $1"; failed=1; }
}
has 9 'class="node"'
has 8 'edge"'
has 1 'Eight &amp; one'
has 1 'makespan, 2 workers'
has 8 '>leaf</tspan>'
[ "$3" = yes ] || says 1 'built without Graphviz' draw "$tmp/run.trace" -o "$tmp/run.png"
for option in --tasks --chains --groups --layers --verbose --data-boxes '--color age --cmap grey --maxval 3 --words order-value' \
    '--engine builtin'; do
    # shellcheck disable=SC2086 # options are words
    "$weft" draw "$tmp/run.trace" $option -o "$tmp/option.svg" && grep -q '</svg>' "$tmp/option.svg" || {
        echo "no picture with $option"
        failed=1
    }
done
"$weft" draw "$tmp/run.trace" --stream --width 300 --title Nine -o "$tmp/run.svg" || failed=1
has 2 '<g class="worker">'
has 1 'worker 1</text>'
says 1 'this picture is made as .svg only' draw "$tmp/run.trace" --stream -o "$tmp/run.png"
says 2 '--width 0 is no number above 0' draw "$tmp/run.trace" --stream --width 0
says 0 '9 tasks, 8 dependencies, depth 2, width 8' draw "$tmp/run.trace" --text
says 0 '* sum' draw "$tmp/run.trace" -o -
says 0 '+  leaf' draw "$tmp/run.trace" --text --ascii
(cd "$tmp" && "$weft" draw run.trace && [ -s weft.svg ]) || { echo 'no weft.svg'; failed=1; }
"$weft" draw "$tmp/run.trace" --layers --no-path -o "$tmp/run.svg" || failed=1
has 2 'class="node"'
has 1 '>8 tasks'
says 1 '/nowhere/x.svg: No such file or directory' draw "$tmp/run.trace" -o /nowhere/x.svg
says 1 'x.bmp: a picture ends in .svg, .png, .pdf or .dot' draw "$tmp/run.trace" -o "$tmp/x.bmp"
exit $failed
