#!/bin/sh
# test_draw.sh WEFT SAVE yes|no - the verb draw: what it asks for, what it says, how it ends.
# SAVE writes a trace of eight leaves and their sum; yes: this build has Graphviz, which makes .png and .pdf.
set -u
save=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"

says 0 'draw       a saved graph or trace as a picture' --help
says 2 'a verb is missing'
says 2 "there is no verb 'paint'" paint
says 2 "there is no option '--paint'" --paint
says 0 'usage: weft draw FILE [-o PICTURE]' draw --help

echo 'team,goals' >a.csv
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
says 1 'none.trace: No such file or directory' draw none.trace -o x.svg
says 1 'a.csv: is not a trace' draw a.csv -o x.svg
[ ! -e x.svg ] || fail 'a picture of nothing was left'

# What was saved is drawn, in every format.
"$save" run.trace || exit 1
[ "$3" = yes ] && suffixes='svg png pdf dot' || suffixes='svg dot'
for suffix in $suffixes; do
    if ! "$weft" draw run.trace -o "run.$suffix" --color worker --rankdir LR --title 'Eight & one' \
        --node shape=ellipse --edge style=dotted || [ ! -s "run.$suffix" ]; then
        fail "no run.$suffix"
    fi
done
has 9 'class="node"' run.svg
has 8 'edge"' run.svg
has 1 'Eight &amp; one' run.svg
has 1 'makespan, 2 workers' run.svg
has 8 '>leaf</tspan>' run.svg
[ "$3" = yes ] || says 1 'built without Graphviz' draw run.trace -o run.png
for option in --tasks --chains --groups --layers --verbose --data-boxes '--color age --cmap grey --maxval 3 --words order-value' \
    '--engine builtin'; do
    # shellcheck disable=SC2086 # options are words
    "$weft" draw run.trace $option -o option.svg && grep -q '</svg>' option.svg || fail "no picture with $option"
done
"$weft" draw run.trace --stream --width 300 --title Nine -o run.svg || failed=1
has 2 '<g class="worker">' run.svg
has 1 'worker 1</text>' run.svg
says 1 'this picture is made as .svg only' draw run.trace --stream -o run.png
says 2 '--width 0 is no whole number from 1' draw run.trace --stream --width 0
says 0 '9 tasks, 8 dependencies, depth 2, width 8' draw run.trace --text
says 0 '* sum' draw run.trace -o -
says 0 '+  leaf' draw run.trace --text --ascii
"$weft" draw run.trace && [ -s weft.svg ] || fail 'no weft.svg'
"$weft" draw run.trace --layers --no-path -o run.svg || failed=1
has 2 'class="node"' run.svg
has 1 '>8 tasks' run.svg
says 1 '/nowhere/x.svg: No such file or directory' draw run.trace -o /nowhere/x.svg
says 2 'x.bmp: a picture ends in .svg, .png, .pdf or .dot' draw run.trace -o x.bmp
also 'Try: weft draw --help'
says 2 '--width 1e99 is no whole number from 1' draw run.trace --stream --width 1e99
says 2 'a width of 2000000000 points is none of 1' draw run.trace --stream --width 2000000000
says 0 '+  leaf' draw run.trace --ascii
for text in --text --ascii '-o -'; do
    # shellcheck disable=SC2086 # options are words
    says 2 "a stream is a picture: not with --text, --ascii or -o -" draw run.trace --stream $text
done
for text in --text --ascii; do
    says 2 "x.svg is too many: text goes to the terminal" draw run.trace $text -o x.svg
done
[ ! -e x.svg ] || fail 'a picture, though what was asked is refused'

# Whatever is told, it is said when it cannot be written.
for words in --help --version 'trace --help' info config 'draw run.trace --text' 'trace run.trace' 'trace run.trace --json' \
    'predict run.trace'; do
    [ -c /dev/full ] || break
    got=0
    # shellcheck disable=SC2086 # arguments are words
    "$weft" $words >/dev/full 2>said || got=$?
    [ $got = 1 ] || fail "weft $words to a full disk: $got"
    also 'cannot be written'
done
exit $failed
