#!/bin/sh
# test_config.sh WEFT - `weft config` says what is set and by whom, writes a file that says the
# same, and ends with 1 and the place when something set makes no sense.
set -u
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/support.sh"
verb=config
unset XDG_CONFIG_HOME
export HOME="$tmp"

matches 0 '^pool.workers  *auto  *default$'
says 0 'takes    a number from 1 to 4096, or auto' pool.workers
says 0 'short    WEFT_WORKERS' pool.workers
says 1 "error: there is no setting 'pool.worker'; 'pool.workers' is near" pool.worker
says 2 "'b' is one argument too many" a b
says 2 'there is no option --files' --files
says 0 'usage: weft config' --help

export WEFT_WORKERS=3 WEFT_MEMORY__LIMIT=2GiB
matches 0 '^pool.workers  *3  *WEFT_WORKERS$'
matches 0 '^memory.limit  *2GiB  *WEFT_MEMORY__LIMIT$'
matches 0 '^pool.workers = 3$' pool.workers
mkdir -p .config/weft
printf '[pool]\nworkers = 7\nkind = sync\n' >.config/weft/weft.conf
matches 0 '^pool.workers  *3  *WEFT_WORKERS$'
matches 0 "^pool.kind  *sync  *$tmp/.config/weft/weft.conf:3$"

# What --file writes says the same when it is read.
"$weft" config --file >all.conf
"$weft" config | awk '{ print $1, (NF > 2 ? $2 : "") }' >before
unset WEFT_WORKERS WEFT_MEMORY__LIMIT
rm .config/weft/weft.conf
export WEFT_CONFIG=all.conf
"$weft" config | awk '{ print $1, (NF > 2 ? $2 : "") }' >after
if ! grep -qx 'pool.workers 3' before || ! cmp -s before after; then
    fail "what --file wrote says something else: $(diff before after)"
fi

WEFT_WORKERS=many matches 1 "^error: WEFT_WORKERS: 'many' is not a number from 1 to 4096, or auto$"
printf 'pool.pin = maybe\n' >all.conf
matches 1 "^error: all.conf:1: 'maybe' is not yes or no$"
export WEFT_CONFIG=none.conf
matches 1 "^error: none.conf: No such file or directory$"
exit $failed
