#!/bin/sh
# test_header.sh HEADER INCLUDE_DIR CC [CXX] - a public header is whole without any other: it
# compiles alone, twice over, as C11 and as C++17, without a warning.
set -eu
header=$1
dir=$2
cc=$3
cxx=${4:-}

program() {
    printf '#include <%s>\n#include <%s>\nextern int not_empty;\n' "$header" "$header"
}

warnings='-Wall -Wextra -Wpedantic -Wundef -Werror'
# shellcheck disable=SC2086 # words on purpose
program | $cc -std=c11 $warnings -Wshadow -Wstrict-prototypes -Wvla -I"$dir" -fsyntax-only -x c -
[ -z "$cxx" ] && exit 0
# shellcheck disable=SC2086
program | $cxx -std=c++17 $warnings -I"$dir" -fsyntax-only -x c++ -
