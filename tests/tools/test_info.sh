#!/bin/sh
# test_info.sh WEFT - `weft info` counts what this process may use, hears what it is told by the
# environment, and says so when there is no memory, whichever allocation fails.
set -u
weft=$1
failed=0

# expect TEXT COMMAND...: the command ends well and its output has the text.
expect() {
    text=$1
    shift
    said=$("$@") || {
        echo "fails: $*"
        failed=1
        return
    }
    case $said in
    *"$text"*) ;;
    *)
        echo "'$*' says nothing like '$text':"
        echo "$said"
        failed=1
        ;;
    esac
}

unset WEFT_WORKERS WEFT_ISA WEFT_FAIL_ALLOC HWLOC_SYNTHETIC
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc hears these
expect "weft      $("$weft" --version | sed 's/^weft //')" "$weft" info
expect "$(nproc) hardware thread" "$weft" info
if command -v taskset >/dev/null; then
    first=$(taskset -pc $$ | sed 's/.*: \([0-9]*\).*/\1/')
    expect '1 core, 1 hardware thread' taskset -c "$first" "$weft" info
    expect "threads $first, workers 0" taskset -c "$first" "$weft" info
fi
expect '7 workers' env WEFT_WORKERS=7 "$weft" info
expect '2 packages, 2 NUMA nodes' env HWLOC_SYNTHETIC='pack:2 [numa] core:4 pu:1' "$weft" info
case $(uname -m) in
x86_64) expect 'loops     v2' env WEFT_ISA=v2 "$weft" info ;;
esac

"$weft" info more 2>/dev/null
[ $? = 2 ] || { echo "an argument too many is not refused with 2"; failed=1; }

n=1
while [ "$n" -lt 100 ]; do
    said=$(WEFT_FAIL_ALLOC=$n "$weft" info 2>&1 >/dev/null)
    status=$?
    [ "$status" = 0 ] && break
    case "$status $said" in
    "1 error: no memory for "*) ;;
    *)
        echo "with allocation $n failing: status $status, '$said'"
        failed=1
        ;;
    esac
    n=$((n + 1))
done
if [ "$n" = 1 ] || [ "$n" = 100 ]; then
    echo "$n allocations"
    failed=1
fi
exit $failed
