#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Asked to stop: hooks, the signal, the time limit, a second request.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

settings stop.hooks_deadline=8s

hook stop 10-first "echo hook \$1 \$2 >>$T/order; env >$T/env"
start stop -Dfake.note="$T/order" -Dfake.wait Main
jvm=$(jvm_of stop)
kill -TERM "$(pid_of stop)"
is "$(status_of stop)" 'exit 143' 'TERM ends with 143'
printf 'hook stop %s\n15\n' "$jvm" >"$T/expected"
same "$T/order" "$T/expected" 'the stop hook has run before the signal comes'
like "$T/env" "^JVISOR_PID=$jvm\$" 'and knows the JVM'
is "$(incident_count)" 0 'no incident'

rm "$T/order"
start int -Dfake.note="$T/order" -Dfake.wait Main
kill -INT "$(pid_of int)"
is "$(status_of int)" 'exit 130' 'INT ends with 130'
like "$T/order" '^hook stop' 'after the same hook'

hook stop 10-first "sleep 30 & echo \$! >$T/left; touch $T/inside; wait"
began=$SECONDS
start second -Dfake.wait Main
kill -TERM "$(pid_of second)"
eventually test -e "$T/inside"
kill -TERM "$(pid_of second)"
is "$(status_of second)" 'exit 143' 'a second TERM ends it'
ok 'at once, without waiting for the hooks' test $((SECONDS - began)) -lt 25
ok 'which leave nothing behind' eventually gone "$(cat "$T/left")"

settings stop.hooks_deadline=300ms
began=$SECONDS
start hanging -Dfake.wait Main
kill -TERM "$(pid_of hanging)"
is "$(status_of hanging)" 'exit 143' 'a hook that hangs'
ok 'holds the stop no longer than hooks_deadline' test $((SECONDS - began)) -lt 25
rm -rf "$T/hooks.d/stop"

settings stop.timeout=300ms
start deaf -Dfake.deaf -Dfake.wait Main
kill -TERM "$(pid_of deaf)"
is "$(status_of deaf)" 'signal 9' 'a JVM that does not stop is killed after [stop] timeout'
is "$(incident_count)" 1 'which is an incident'
is "$(field "$(incident)" kind)" stop-timeout 'of kind stop-timeout'

start again -Dfake.wait Main
kill -TERM "$(pid_of again)"
is "$(status_of again)" 'exit 143' 'one that stops in time is not'
start own -Dfake.term=0 -Dfake.wait Main
kill -TERM "$(pid_of own)"
is "$(status_of own)" 'exit 0' 'its own exit code after TERM comes back'
start signal -Dfake.wait Main
kill -KILL "$(jvm_of signal)"
is "$(status_of signal)" 'signal 9' 'KILL by somebody else'
is "$(field "$(incident)" kind)" killed 'is an incident of kind killed'
is "$(incident_count)" 2 'and there are two in all'

lib_end
