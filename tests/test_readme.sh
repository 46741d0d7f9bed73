#!/bin/sh
# test_readme.sh BUILD_DIR SOURCE_DIR FLAGS CC - what the README shows works: its program prints
# what it says, and every command of its "sh" blocks runs, in a scratch folder that looks like
# the source tree. Not run here: the two commands that tools/check is or runs itself, and the
# steps that made this build and that test_installed.sh does for real.
set -eu
build=$1
source=$2
flags=$3 # of a sanitizer
cc=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# blocks LANGUAGE: the lines of all fenced blocks of that language.
blocks() {
    awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$source/README.md"
}

complain() {
    echo "README.md: $*"
    failed=1
}

# ---- Its program -----------------------------------------------------------------

blocks c >"$tmp/program.c"
# shellcheck disable=SC2016 # the backquotes are the README's
said_in_readme=$(sed -n 's/^It prints `\([^`]*\)`.*/\1/p' "$source/README.md")
# shellcheck disable=SC2086 # words on purpose
if $cc -std=c11 -Wall -Wextra -Werror $flags -I"$source/include" "$tmp/program.c" -L"$build" -lweft -o "$tmp/program"; then
    said=$(LD_LIBRARY_PATH=$build "$tmp/program") || complain "the program fails"
    [ "${said:-nothing}" = "$said_in_readme" ] ||
        complain "the program prints '$said', not '$said_in_readme'"
else
    complain "the program does not compile"
fi

# ---- Its commands ----------------------------------------------------------------

mkdir "$tmp/tree"
for entry in "$source"/*; do
    case $entry in
    */build* | */out) ;;
    *) ln -s "$entry" "$tmp/tree/" ;;
    esac
done
ln -s "$build" "$tmp/tree/build"
cd "$tmp/tree"

blocks sh | sed 's/ *#.*//; /^ *$/d' >"$tmp/commands"
[ -s "$tmp/commands" ] || complain "shows no command"
while IFS= read -r command; do
    case $command in
    tools/demo | tools/check)
        [ -x "$command" ] || complain "$command is no command"
        continue
        ;;
    'git clone '* | 'cd '* | 'meson setup build' | 'ninja -C build' | 'ninja -C build install' | 'cc program.c '*)
        continue
        ;;
    build/examples/9-cholesky*)
        [ -x build/examples/9-cholesky ] || continue # built without OpenBLAS
        ;;
    *WEFT_DASHBOARD* | *WEFT_REPORT* | *'weft report'*)
        [ -e build/libweft-dash.so ] || continue # built without packages of npm
        ;;
    *WEFT_PROFILE*)
        WEFT_PROFILE=profile.folded build/examples/1-hello-graph >/dev/null 2>&1 || continue # not in this build
        ;;
    build/bench/*)
        [ -x build/bench/weft-bench ] || continue # built without benches
        command="$command --quick"                # each row once, tiny
        ;;
    esac
    echo "\$ $command"
    sh -c "$command" </dev/null >"$tmp/said" 2>&1 || {
        tail -n 20 "$tmp/said"
        complain "'$command' fails"
    }
done <"$tmp/commands"
exit $failed
