#!/bin/sh
# mutants.sh - plants each bug of tests/mutants, one at a time, and requires that the sim tests find it.
#
# Part of tools/check --mutants; build-mutants holds a copy of the sources and its build. Names
# of mutants may be given, to try only these. Prints which test killed each. The exit status is
# 0 only if the tests pass as they are, every patch applies, and every mutant is killed.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
work=$root/build-mutants
log=$work/log
programs='worker future roots gather trace deque fork spawn pool park'
survived=0
n=0

# Brings the copy up to date; what is the same keeps its time, so little is built anew.
copy() {
    (cd "$root" && find . \( -path './build*' -o -path './.git*' \) -prune -o -type f -print) | while read -r file; do
        cmp -s "$root/$file" "$work/src/$file" && continue
        mkdir -p "$work/src/${file%/*}" && cp "$root/$file" "$work/src/$file" || return 1
    done
}

mkdir -p "$work" && copy && cd "$work" || exit 1

targets=
for p in $programs; do
    targets="$targets tests/sim/test_sim_$p"
done

if [ -f out/build.ninja ]; then
    meson setup --reconfigure out src >"$log" 2>&1
else
    meson setup out src -Dbuildtype=release -Dbench=false -Ddraw=disabled >"$log" 2>&1
fi || { tail -n 30 "$log"; exit 1; }

# Runs the tests until a program fails; 1, and which test in $by, if one does.
tried() {
    by=
    for p in $programs; do
        timeout 300 "out/tests/sim/test_sim_$p" --fail-fast -j1 >"$log" 2>&1 && continue
        by=$(sed -n 's/^\[FAIL\] \([a-z_:]*\).*/\1/p' "$log" | head -n 1)
        why=$(sed -n 's/.* fails: \(\.\.\/src\/\)*//p' "$log" | head -n 1 | cut -c 1-70)
        by="${by:-$p (does not end)}  $why"
        return 1
    done
}

# shellcheck disable=SC2086 # several targets
build() {
    ninja -C out $targets >"$log" 2>&1 || { grep -E 'error|FAILED' "$log" | head -n 5; return 1; }
}

build || { echo 'mutants: the tests do not build'; exit 1; }
tried || { echo "mutants: the tests fail as they are: $by"; exit 1; }

for patch in "$root/tests/mutants/${1:-}"*.patch; do
    name=$(basename "$patch" .patch)
    n=$((n + 1))
    if ! (cd src && patch -p1 -s -F0 <"$patch") >"$log" 2>&1; then
        echo "$name: does not apply any more"
        survived=$((survived + 1))
        copy
        continue
    fi
    if ! build; then
        echo "$name: does not build"
        survived=$((survived + 1))
    elif tried; then
        echo "$name: SURVIVES"
        survived=$((survived + 1))
    else
        printf '%-36s killed by %s\n' "$name" "$by"
    fi
    copy || exit 1
done
echo "$n mutants, $survived not killed"
[ "$survived" = 0 ]
