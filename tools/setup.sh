# setup.sh - what Weft needs to be built, and how to get it. Sourced by demo and check.
# shellcheck shell=sh

# One line each: the Debian 12 package, then a command that succeeds when it is there.
needs() {
    cat <<'END'
gcc               command -v cc
g++               command -v c++
libc6-dev         test -e /usr/include/stdio.h
meson             command -v meson
ninja-build       command -v ninja
pkg-config        command -v pkg-config
libhwloc-dev      pkg-config --exists hwloc
libjemalloc-dev   pkg-config --exists jemalloc
libgraphviz-dev   pkg-config --exists libcgraph libgvc
nodejs            command -v node
npm               command -v npm
libcriterion-dev  pkg-config --exists criterion
libjansson-dev    pkg-config --exists jansson
libxxhash-dev     pkg-config --exists libxxhash
liblz4-dev        pkg-config --exists liblz4
librandom123-dev  test -e /usr/include/Random123/philox.h
libmicrohttpd-dev pkg-config --exists libmicrohttpd
libncurses-dev    pkg-config --exists ncursesw
libopenblas-dev   pkg-config --exists openblas
END
}

# The same, of what Weft only uses where it is: nothing fails for want of these.
wants() {
    cat <<'END'
gnuplot-nox       command -v gnuplot
libdw-dev         pkg-config --exists libdw
END
}

# The same, of what only tests use.
wants_to_test() {
    cat <<'END'
chromium          command -v chromium
tmux              command -v tmux
END
}

# missing LIST: the packages of it whose command fails, in one line.
missing() {
    "$1" | while read -r package probe; do
        sh -c "$probe" >/dev/null 2>&1 || printf '%s ' "$package"
    done
}

# install_missing [LIST]: installs what is missing of needs, wants and LIST if this user may; else
# says how, and ends if it is needed.
install_missing() {
    packages=
    for list in needs wants "$@"; do
        packages=$packages$(missing "$list")
    done
    [ -z "$packages" ] && return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        as_root=none
    fi
    if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing: ${packages% }"
        # shellcheck disable=SC2086 # words on purpose
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
        for list in needs wants "$@"; do # apart, for apt-get installs all it is given or nothing
            # shellcheck disable=SC2046,SC2086
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(missing "$list") \
                >/dev/null || true
        done
    fi
    packages=$(missing needs)
    [ -z "$packages" ] && return 0
    echo "Some packages are missing. As root:"
    echo "  apt-get install -y --no-install-recommends ${packages% }"
    exit 1
}

# configure DIR OPTION...: a build folder with these options. An old one looks again for what
# was missing before.
configure() {
    if [ -e "$1/build.ninja" ]; then
        meson setup --reconfigure "$@"
    else
        meson setup "$@"
    fi
}
