#!/bin/sh
# test_installed.sh BUILD_DIR SOURCE_DIR PREFIX FLAGS CC [CXX] - what is installed is all that a
# program outside of the tree needs: headers, both libraries, pkg-config files, the command.
set -eu
build=$1
source=$2
prefix=$3
flags=$4 # those of a sanitizer, which a program that links the static library needs too
cc=$5
cxx=${6:-}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

fail() {
    echo "$*"
    exit 1
}

DESTDIR=$tmp/root meson install -C "$build" --no-rebuild --quiet >/dev/null
here=$tmp/root$prefix
pc=$(dirname "$(find "$tmp/root" -name weft.pc)")
libdir=$(dirname "$pc")

# Every public header, in its place.
(cd "$source/include" && find weft -name '*.h' | sort) >"$tmp/ours"
(cd "$here/include" && find weft -name '*.h' | sort) >"$tmp/theirs"
diff "$tmp/ours" "$tmp/theirs" || fail "include/weft and what is installed differ"

# The files name the prefix they are meant for; here they lie below another folder.
export PKG_CONFIG_PATH="$pc"
ask() {
    pkg-config "--define-variable=prefix=$here" "$@"
}

version=$(ask --modversion weft)
readelf -d "$libdir/libweft.so" | grep -q 'SONAME.*\[libweft\.so\.[0-9]*\]' || fail "libweft.so has no soname"

cp "$source/tests/include/consumer.c" "$tmp"
cd "$tmp"

# built HOW COMPILER OPTION...: compiles and runs the program; `links` is what it links to.
built() {
    how=$1
    shift
    # shellcheck disable=SC2086,SC2046 # words on purpose
    "$@" $flags -Wall -Werror $(ask --cflags weft) $links -o "consumer-$how" || fail "$how: does not build"
    said=$(LD_LIBRARY_PATH=$libdir "./consumer-$how") || fail "$how: does not run"
    [ "$said" = "weft $version answers 42" ] || fail "$how: said '$said'"
    echo "$how: $said"
}

links=$(ask --libs weft)
# shellcheck disable=SC2086 # a compiler may be two words
built shared $cc -std=c11 consumer.c
# shellcheck disable=SC2086
[ -z "$cxx" ] || built c++ $cxx -std=c++17 consumer.c

[ "$("$here/bin/weft" --version 2>/dev/null || LD_LIBRARY_PATH=$libdir "$here/bin/weft" --version)" = "weft $version" ] ||
    fail "the installed command does not tell its version"

if [ -e "$pc/weft-draw.pc" ]; then
    # shellcheck disable=SC2046,SC2086
    $cc -std=c11 $flags -Wall -Werror "$source/tests/include/consumer-draw.c" $(ask --cflags --libs weft-draw) -o draws ||
        fail "draw: does not build"
    LD_LIBRARY_PATH=$libdir ./draws picture.dot || fail "draw: does not run"
    grep -q answer picture.dot || fail "draw: no picture"
fi

if [ -e "$pc/weft-dash.pc" ]; then
    # shellcheck disable=SC2046,SC2086
    $cc -std=c11 $flags -Wall -Werror "$source/tests/include/consumer-dash.c" $(ask --cflags --libs weft-dash) \
        -Wl,-rpath-link,"$libdir" -o reports || fail "dash: does not build"
    LD_LIBRARY_PATH=$libdir ./reports page.html || fail "dash: does not run"
    grep -q '"names":\["answer"\]' page.html || fail "dash: no page"
fi

# With no shared library to be found, -lweft is the static one, and --static names what it needs.
rm -f "$libdir"/libweft.so*
links=$(ask --static --libs weft)
# shellcheck disable=SC2086
built static $cc -std=c11 consumer.c
