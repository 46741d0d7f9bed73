#!/bin/sh
# test_walls.sh - no include goes through a wall of the house: the table in walls.awk holds for
# every file, and each planted break of it is found.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
walls=$root/tests/include/walls.awk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# planted EXPECTED FILE LINE: a file with this one line is refused (no) or fine (yes).
planted() {
    mkdir -p "$tmp/$(dirname "$2")"
    echo "$3" >"$tmp/$2"
    if (cd "$tmp" && awk -f "$walls" "$2" >"$tmp/said"); then found=yes; else found=no; fi
    if [ "$found" != "$1" ] || { [ "$1" = no ] && ! grep -q "^$2:1: " "$tmp/said"; }; then
        echo "planted: $2: $3 - expected $1, found $found"
        failed=1
    fi
}

planted no  lib/array/x.c      '#include "scheduler/pool.h"'
planted no  lib/array/x.c      '#include "lib/bag/bag.h"'
planted no  lib/bag/x.c        '#include "lib/array/array.h"'
planted no  lib/bag/x.c        '#include "lib/io/csv.h"'
planted no  lib/io/x.c         '#include "lib/frame/frame.h"'
planted no  lib/kernel/x.h     '#include "lib/graph/graph.h"'
planted no  lib/kernel/typed/x.c '#include "lib/expr/expr.h"'
planted no  lib/graph/x.c      '#include "lib/kernel/kernel.h"'
planted no  lib/data/x.c       '#include "lib/graph/graph.h"'
planted no  lib/base/x.c       '#include "lib/data/buffer.h"'
planted no  lib/base/x.c       '#include <weft/chunk.h>'
planted no  lib/frame/x.c      '  #  include   "scheduler/topo.h"'
planted no  lib/frame/x.c      '#include <weft/pool.h>'
planted no  lib/array/x.c      '#include <weft/weft.h>'
planted no  lib/draw/x.c       '#include "lib/array/array.h"'
planted no  lib/analyse/x.c    '#include <weft/frame/join.h>'
planted no  lib/draw/x.c       '#include <weft/report.h>'
planted no  lib/dash/x.c       '#include "scheduler/pool.h"'
planted no  lib/dash/x.c       '#include "lib/draw/text.h"'
planted no  lib/dash/x.c       '#include "lib/analyse/analysis.h"'
planted no  lib/draw/x.c       '#include <microhttpd.h>'
planted no  scheduler/x.c      '#include "lib/array/array.h"'
planted no  scheduler/x.c      '#include "lib/kernel/isa.h"'
planted no  scheduler/x.c      '#include <weft/report.h>'
planted no  scheduler/cluster/x.c '#include <weft/bag.h>'
planted no  tools/x.c          '#include "lib/base/mem.h"'
planted no  tools/top/x.c      '#include "lib/base/mem.h"'
planted no  examples/x.c       '#include "scheduler/pool.h"'
planted no  include/weft/x.h   '#include "lib/base/mem.h"'
planted no  scheduler/pool.c   '#include <hwloc.h>'
planted no  lib/graph/x.c      '#include <pthread.h>'
planted no  lib/kernel/x.c     '#include <stdatomic.h>'
planted no  scheduler/x.c      '#include <stdatomic.h>'
planted no  lib/array/x.c      '#include <Random123/philox.h>'
planted no  lib/graph/x.c      '#include <xxhash.h>'
planted no  lib/data/x.c       '#include <jemalloc/jemalloc.h>'
planted no  tools/x.c          '#include <graphviz/gvc.h>'
planted no  lib/io/x.c         '#include <zlib.h>'
planted yes lib/array/x.c      '#include "lib/kernel/kernel.h"'
planted yes lib/frame/x.c      '#include "lib/bag/bag.h"'
planted yes lib/graph/x.c      '#include <weft/trace.h>'
planted yes lib/draw/graphviz.c '#include <graphviz/cgraph.h>'
planted yes lib/dash/x.c       '#include "lib/base/output.h"'
planted yes lib/dash/x.c       '#include "lib/analyse/calls.h"'
planted yes lib/dash/x.c       '#include <weft/live.h>'
planted yes lib/base/mem.c     '#include <jemalloc/jemalloc.h>'
planted yes scheduler/x.c      '#include <linux/futex.h>'
planted yes scheduler/outlet.c '#include <weft/report.h>'
planted yes tools/x.c          '#include <weft/weft.h>'
planted yes tests/x.c          '#include "lib/array/array.h"'
planted yes lib/array/x.c      '/* as in #include "scheduler/pool.h" */'

cd "$root" || exit 1
files=$(find lib scheduler include tools examples -name '*.[ch]' | sort)
# shellcheck disable=SC2086 # words on purpose: no name of ours has a blank
awk -f "$walls" $files || failed=1
exit $failed
