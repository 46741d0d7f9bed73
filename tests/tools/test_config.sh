#!/bin/sh
# test_config.sh WEFT - `weft config` says what is set and by whom, writes a file that says the
# same, and ends with 1 and the place when something set makes no sense.
set -u
weft=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
for v in $(env | sed -n 's/^\(WEFT_[A-Z_]*\)=.*/\1/p'); do
    unset "$v"
done
unset XDG_CONFIG_HOME
export HOME="$tmp"

# says CODE WORDS ARGUMENT...: the exit code, and words that stdout and stderr together have.
says() {
    code=$1
    words=$2
    shift 2
    "$weft" config "$@" >"$tmp/said" 2>&1
    got=$?
    if [ $got != "$code" ] || ! grep -q -e "$words" "$tmp/said"; then
        echo "weft config $*: expected $code and '$words', got $got and:"
        cat "$tmp/said"
        failed=1
    fi
}

says 0 '^pool.workers  *auto  *default$'
says 0 'takes    a number from 1 to 4096, or auto' pool.workers
says 0 'short    WEFT_WORKERS' pool.workers
says 1 "error: there is no setting 'pool.worker'; 'pool.workers' is near" pool.worker
says 2 "'b' is one argument too many" a b
says 2 'there is no option --files' --files
says 0 'usage: weft config' --help

export WEFT_WORKERS=3 WEFT_MEMORY__LIMIT=2GiB
says 0 '^pool.workers  *3  *WEFT_WORKERS$'
says 0 '^memory.limit  *2GiB  *WEFT_MEMORY__LIMIT$'
says 0 '^pool.workers = 3$' pool.workers
mkdir -p "$tmp/.config/weft"
printf '[pool]\nworkers = 7\nkind = sync\n' >"$tmp/.config/weft/weft.conf"
says 0 '^pool.workers  *3  *WEFT_WORKERS$'
says 0 "^pool.kind  *sync  *$tmp/.config/weft/weft.conf:3$"

# What --file writes says the same when it is read.
"$weft" config --file >"$tmp/all.conf"
"$weft" config | awk '{ print $1, (NF > 2 ? $2 : "") }' >"$tmp/before"
unset WEFT_WORKERS WEFT_MEMORY__LIMIT
rm "$tmp/.config/weft/weft.conf"
export WEFT_CONFIG="$tmp/all.conf"
"$weft" config | awk '{ print $1, (NF > 2 ? $2 : "") }' >"$tmp/after"
if ! grep -qx 'pool.workers 3' "$tmp/before" || ! cmp -s "$tmp/before" "$tmp/after"; then
    echo "what --file wrote says something else:"
    diff "$tmp/before" "$tmp/after"
    failed=1
fi

WEFT_WORKERS=many says 1 "^error: WEFT_WORKERS: 'many' is not a number from 1 to 4096, or auto$"
printf 'pool.pin = maybe\n' >"$tmp/all.conf"
says 1 "^error: $tmp/all.conf:1: 'maybe' is not yes or no$"
export WEFT_CONFIG="$tmp/none.conf"
says 1 "^error: $tmp/none.conf: No such file or directory$"
exit $failed
