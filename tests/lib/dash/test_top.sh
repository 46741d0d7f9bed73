#!/bin/sh
# test_top.sh WEFT SERVE_RUN yes|no - weft top, as text and in a terminal (tmux). No: this build has none.
set -u
serve_run=$(realpath "$2")
# shellcheck source=tests/tools/support.sh
. "$(dirname "$0")/../../tools/support.sh"
verb=top
export LC_ALL=C.UTF-8
if [ "$3" = no ]; then
    "$weft" top 2>&1 | grep -q 'built without' && exit 77
    exit 1
fi

# begin ARGUMENT...: a program with a dashboard that has run; $pid, $url, $port.
begin() {
    rm -f in
    mkfifo in
    "$serve_run" "$@" <in >out &
    pid=$!
    exec 9>in
    echo >&9
    until grep -q '^ran' out || [ -n "${running:-}" ] && grep -q http out; do sleep 0.05; done
    url=$(head -n 1 out)
    port=$(echo "$url" | sed 's,.*:\([0-9]*\)/.*,\1,')
}
end() {
    exec 9>&-
    wait "$pid"
}
trap 'exec 9>&-; [ -n "${tmux:-}" ] && $tmux kill-server 2>/dev/null; rm -rf "$tmp"' EXIT

begin --chunks 200 --us 100 --fail-every 100
says 0 '100 %  596 of 601' --once "$pid"
for place in "$port" ":$port" "localhost:$port" "127.0.0.1:$port" "$url"; do
    says 0 "($pid)" --once "$place"
done
matches 0 '^load .* 200/200 .* 2 ' --once "$pid"
matches 0 '^clean "quoted" .* 198/200 ' --once "$pid"
says 0 '  2 failed' --once "$pid"
says 0 '"instance":' --json "$pid"
"$weft" top --once --sort name "$pid" | sed -n '/^group/,$p' | sed 1d | cut -c1-5 >names
sort -c names || failed=1
LC_ALL=C "$weft" top --once "$pid" | grep -q '\[###' || fail "no plain bar without UTF-8"
LC_ALL=C "$weft" top --once "$pid" | LC_ALL=C grep -q '[^ -~]' && fail "letters that C has not"
says 1 'this is no terminal; --once' "$pid"
says 2 'there is no option --twice' --twice
says 2 '--sort size is none of' --sort size
says 2 '--delay 0 is no number from 0.05' --delay 0 "$pid"
says 2 'is too many' 1 2
says 1 'is no process, port, HOST:PORT or link' --once nonsense
says 1 'is no process, port, HOST:PORT or link' --once localhost:99999
says 1 'there is no process 2147483646' --once 2147483646
says 1 'no dashboard: set WEFT_DASHBOARD=8787 when starting it' --once $$
end
says 1 'nobody answers at 127.0.0.1' --once ":$port"

begin --chunks 10 --us 10 --token only-for-friends
says 1 'wants a token: --token TOKEN' --once "$pid"
says 1 'wants another token' --once --token not-for-friends "$port"
says 0 "($pid)" --once --token only-for-friends "$pid"
WEFT_DASHBOARD_TOKEN=only-for-friends says 0 "($pid)" --once "$port"
end

# ---- In a terminal

if ! command -v tmux >/dev/null; then
    echo "what a terminal shows is not looked at: there is no tmux"
    exit $failed
fi
tmux="tmux -f /dev/null -L weft-top-$$"

# sees WORDS: the terminal shows them within ten seconds.
sees() {
    for _ in $(seq 100); do
        $tmux capture-pane -p >screen 2>/dev/null
        grep -q -e "$1" screen && return 0
        sleep 0.1
    done
    echo "the terminal does not show '$1' but:"
    cat screen
    failed=1
}

running=yes
begin --chunks 100000 --us 1000
$tmux new-session -d -x 120 -y 20 "$weft top $pid; echo code \$?; cat"
sees "($pid).*running"
sees '^load  *\[.*/100000 '
sees 'q quit   s sort: order   p pause'
done_now() { grep -o 'tasks .* % .* of' screen; }
before=$(done_now)
for _ in $(seq 100); do
    sees '^tasks'
    [ "$(done_now)" != "$before" ] && break
    sleep 0.1
done
[ "$(done_now)" = "$before" ] && fail "the terminal stands still at $before"
$tmux send-keys s
sees 's sort: time'
$tmux send-keys p
sees 'p go on'
sees 'paused'
$tmux send-keys p
sees 'running'
$tmux resize-window -x 80 -y 12
sees '^[lc].* \[..........\] .*/100000 .*[0-9] m\{0,1\}s$' # which of them took longest is not said
sees '^and 3 more$'
[ "$(wc -l <screen)" -le 12 ] || failed=1
kill -9 "$pid"
sees 'has ended'
$tmux send-keys q
sees 'code 0'
$tmux kill-server
exec 9>&-
wait "$pid" 2>/dev/null

running=
begin --chunks 10 --us 10
$tmux new-session -d -x 80 -y 20 "env -u TERM $weft top $pid; echo code \$?; TERM=nonsense $weft top $pid; echo code \$?; cat"
sees 'TERM is not set: no terminal that is known; --once'
sees "TERM is 'nonsense'"
sees 'code 1'
$tmux kill-server
end
exit $failed
