#!/bin/sh
# test_profile.sh WEFT EXAMPLES - weft profile tells what a file of stacks says, and draws it; and any program
# writes one, if it is asked by its environment.
set -eu
weft=$(realpath "$1") examples=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
fail() { echo "$*"; exit 1; }

cat >in.folded <<'END'
read;parse;digit 6
read;parse 3
read;copy 1
write 10
END
"$weft" profile in.folded >told
cat >wanted <<'END'
20 samples, 4 stacks

   self   total  samples  function
 50.0 %  50.0 %       10  write
 30.0 %  30.0 %        6  digit
 15.0 %  45.0 %        9  parse
  5.0 %   5.0 %        1  copy
  0.0 %  50.0 %       10  read
END
cmp wanted told
"$weft" profile in.folded --top 2 | grep -q 'and 3 more' || fail 'not cut'

"$weft" profile in.folded -o out.svg
grep -q '<svg' out.svg || fail 'no picture'
grep -q '<title>digit' out.svg || fail 'no box'
"$weft" profile in.folded -o out.json
grep -q speedscope out.json || fail 'no file for speedscope'
"$weft" profile in.folded -o again.folded
sort in.folded | cmp - again.folded

# What is wrong is told, and the exit code says whose fault it is.
code=0; "$weft" profile 2>err || code=$?
[ $code = 2 ] && grep -q 'a FILE is missing' err || fail "no FILE: $code, $(cat err)"
code=0; "$weft" profile in.folded --top x 2>err || code=$?
[ $code = 2 ] || fail "--top x: $code"
code=0; "$weft" profile in.folded -o out.png 2>err || code=$?
[ $code = 1 ] && grep -q '.folded, .txt, .svg or .json' err || fail "out.png: $code, $(cat err)"
echo 'read;parse' >bad.folded
code=0; "$weft" profile bad.folded 2>err || code=$?
[ $code = 1 ] && grep -q 'bad.folded, line 1: no count' err || fail "bad.folded: $code, $(cat err)"

# Any program. Under the thread sanitizer there are no profiles, and it says so.
"$examples/1-hello-graph" >plain
if WEFT_PROFILE=run.folded "$examples/1-hello-graph" >out 2>err; then
    cmp plain out
    [ -e run.folded ] || fail 'WEFT_PROFILE left no file'
    WEFT_PROFILE=yes "$examples/1-hello-graph" >out
    grep -q '<svg' weft-flame.svg || fail 'yes is not weft-flame.svg'
    "$weft" profile run.folded >told
    code=0; WEFT_PROFILE=run.folded WEFT_POOL__KIND=processes "$examples/1-hello-graph" >out 2>err || code=$?
    grep -q 'pool of processes' err || fail "processes: $code, $(cat err)"
else
    grep -q 'thread sanitizer' err || fail "WEFT_PROFILE: $(cat err)"
fi
