#!/bin/sh
# test_profile.sh WEFT EXAMPLES - weft profile tells what a file of stacks says, and draws it; and any program
# writes one, if it is asked by its environment.
set -eu
examples=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"

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
says 2 'a FILE is missing' profile
says 2 '--top x is no whole number' profile in.folded --top x
says 2 '.folded, .txt, .svg or .json' profile in.folded -o out.png
echo 'read;parse' >bad.folded
says 1 'bad.folded, line 1: no count' profile bad.folded

# Any program. Under the thread sanitizer there are no profiles, and it says so.
"$examples/1-hello-graph" >plain
if WEFT_PROFILE=run.folded "$examples/1-hello-graph" >out 2>err; then
    cmp plain out
    [ -e run.folded ] || fail 'WEFT_PROFILE left no file'
    WEFT_PROFILE=yes "$examples/1-hello-graph" >out
    grep -q '<svg' weft-flame.svg || fail 'yes is not weft-flame.svg'
    "$weft" profile run.folded >told
    WEFT_PROFILE=run.folded WEFT_POOL__KIND=processes "$examples/1-hello-graph" >out 2>err && fail 'processes are profiled'
    grep -q 'pool of processes' err || fail "processes: $(cat err)"
else
    grep -q 'thread sanitizer' err || fail "WEFT_PROFILE: $(cat err)"
fi
exit $failed
