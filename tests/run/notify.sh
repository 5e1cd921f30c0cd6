#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a service manager is told (Type=notify): when the service is ready, its state, that it lives; and what
# the program tells it goes through jvisor, which alone speaks.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

log=$T/log
"$HELPERS/listener" "$T/manager" "$log" &
started+=($!)
eventually test -S "$T/manager"
export NOTIFY_SOCKET=$T/manager

said() { grep -aE "^[0-9]+ [0-9]+ $1" "$log"; } # PATTERN: lines of the log
tells() { # PATTERN NAME: it is said, now or soon
	eventually said "$1"
	like "$log" "^[0-9]+ [0-9]+ $1" "$2"
}
silent() { # PATTERN NAME
	unlike "$log" "^[0-9]+ [0-9]+ $1" "$2"
}
fresh() { : >"$log"; }
at() { said "$1" | head -n 1 | cut -d ' ' -f 1; }
say="$HELPERS/listener -s"

# by the JVM
start jvm -Dfake.init=400 "-Dfake.count=$T/up" -Dfake.wait Main
tells 'READY=1' 'the service is ready'
ok 'when the initialisation of the JVM is complete, not before' test "$(at READY=1)" -ge "$(tail -n 1 "$T/up")"
like "$log" " $(pid_of jvm) READY=1" 'as jvisor, the main process, says'
tells "STATUS=starting Main, pid $(jvm_of jvm)" 'the status tells the start'
tells "STATUS=running Main, pid $(jvm_of jvm)" 'and that it runs'
kill -TERM "$(pid_of jvm)"
is "$(status_of jvm)" 'exit 143' 'it is stopped'
tells 'STOPPING=1' 'which is said'
tells 'STATUS=stopping Main' 'also in the status'
silent 'EXTEND_TIMEOUT_USEC' 'and no more time is asked for, as nothing needs it'
is "$(said READY=1 | grep -c .)" 1 'READY is said once'

# no hsperfdata: a guess, with one notice
fresh
start guess -XX:-UsePerfData -Dfake.wait Main
tells 'READY=1' 'without hsperfdata the service becomes ready all the same'
like "$T/guess.err" 'keeps no hsperfdata' 'with a notice'
kill -TERM "$(pid_of guess)"
status_of guess >/dev/null

# one that never gets there
fresh
start_command never "$JVISOR" -Dfake.init=100000 Main
tells 'STATUS=starting' 'one that takes long for its initialisation'
sleep 0.3
kill -TERM "$(pid_of never)"
status_of never >/dev/null
silent 'READY=1' 'is not ready'

# the program says something too
fresh
start both "-Dfake.say=$say 'READY=1|STATUS=serving|MAINPID=1|X=1'; $say 'FDSTORE=1|FDNAME=a'; $say BARRIER=1" \
	-Dfake.wait Main
tells 'STATUS=serving' "the program's own status is passed on"
is "$(said STATUS=serving | cut -d ' ' -f 2)" "$(pid_of both)" "in jvisor's name"
silent 'MAINPID' 'MAINPID is not'
silent 'X=1' 'nor what nobody knows'
like "$log" ' FDSTORE=1 \+1$' 'a descriptor for the store goes with it'
like "$log" ' BARRIER=1 \+1$' 'and that of a barrier, which ends when all is done'
NOTIFY_SOCKET=$(tr '\0' '\n' <"/proc/$(jvm_of both)/environ" | sed -n 's/^NOTIFY_SOCKET=//p')
like <(echo "$NOTIFY_SOCKET") "^$STORE/.run/.*/notify\$" 'the JVM has a socket of ours'
ok 'a stranger can write to it' sh -c "$HELPERS/listener -s 'STATUS=stranger|BARRIER=1'; true"
export NOTIFY_SOCKET=$T/manager
kill -TERM "$(pid_of both)"
status_of both >/dev/null
silent 'STATUS=stranger' 'but is not listened to'
is "$(find "$STORE/.run" -type s)" '' 'no socket is left'

# only the service's main process speaks
fresh
export INVOCATION_ID=0123456789abcdef0123456789abcdef SYSTEMD_EXEC_PID=1
start beside "-Dfake.say=$say STATUS=direct" -Dfake.wait Main
tells 'STATUS=direct' 'of a java that a service runs beside, the program speaks for itself'
silent 'STATUS=starting' 'and jvisor does not'
kill -TERM "$(pid_of beside)"
status_of beside >/dev/null
silent 'STOPPING=1' 'so its end is not the end of the service'
# shellcheck disable=SC2016 # for that shell
start_command main sh -c 'export SYSTEMD_EXEC_PID=$$; exec "$@"' sh "$JVISOR" -Dfake.wait Main
tells 'READY=1' 'the main process does'
kill -TERM "$(pid_of main)"
status_of main >/dev/null
unset INVOCATION_ID SYSTEMD_EXEC_PID

# [notify] systemd
settings notify.systemd=program
fresh
start waits "-Dfake.count=$T/up2" "-Dfake.say=sleep 0.5; $say READY=1" -Dfake.wait Main
tells 'READY=1' 'program: it is ready'
is "$(said READY=1 | grep -c .)" 1 'once, when the program says so'
ok 'and not when the JVM is' test $(($(at READY=1) - $(at STATUS=starting))) -ge 450
kill -TERM "$(pid_of waits)"
status_of waits >/dev/null

settings notify.systemd=jvm
fresh
mkdir "$T/report"
start alone "-Dfake.report=$T/report" -Dfake.wait Main
tells 'READY=1' 'jvm: it is ready without the program'
unlike "$T/report/env" '^NOTIFY_SOCKET=' 'which has nobody to tell'
kill -TERM "$(pid_of alone)"
status_of alone >/dev/null

settings notify.systemd=off
fresh
start off "-Dfake.say=$say STATUS=direct" -Dfake.wait Main
tells 'STATUS=direct' 'off: the program speaks to the manager itself'
kill -TERM "$(pid_of off)"
status_of off >/dev/null
silent 'READY=1' 'and jvisor does not'

settings
fresh
ln -s "$JVISOR" "$T/java"
start_command replaced env "PATH=$T:$PATH" "$T/java" "-Dfake.ready=$T/replaced.ready" "-Dfake.say=sleep 0.3; $say READY=1" \
	-Dfake.wait Main
tells 'READY=1' 'in the place of java'
ok 'it is the program that says it' test $(($(at READY=1) - $(at STATUS=starting))) -ge 250
kill -TERM "$(pid_of replaced)"
status_of replaced >/dev/null

# proof of life
fresh
export WATCHDOG_USEC=400000
start life "-Dfake.busy" -Dfake.wait Main
tells 'WATCHDOG=1' 'the watchdog is fed while the JVM lives'
kill -STOP "$(jvm_of life)"
sleep 0.5
fresh
sleep 0.8
silent 'WATCHDOG=1' 'and is not when it is stopped'
kill -CONT "$(jvm_of life)"
tells 'WATCHDOG=1' 'and is again when it goes on'
kill -TERM "$(pid_of life)"
status_of life >/dev/null
fresh
start own "-Dfake.busy" "-Dfake.say=$say WATCHDOG=1" -Dfake.wait Main
tells 'WATCHDOG=1' 'a program that gives its own signs of life'
sleep 0.3
fresh
sleep 0.6
silent 'WATCHDOG=1' 'is not helped'
kill -TERM "$(pid_of own)"
status_of own >/dev/null
unset WATCHDOG_USEC

# an end, and a restart in place
settings restart.when=oom
hook death 10-slow 'sleep 0.3'
fresh
start again -Dfake.oom -Dfake.perf=left "-Dfake.once=$T/once" -Dfake.wait Main
tells 'STATUS=Main ran out of memory.*; death hooks' 'after an end the status is the verdict and what is done now'
tells 'STATUS=running Main, pid [0-9]*, restarted 1 time; before: Main ran out of memory' \
	'and after a restart the count and the verdict'
is "$(said READY=1 | grep -c .)" 1 'the service stays ready'
silent 'STOPPING=1' 'a restart is no stop'
kill -TERM "$(pid_of again)"
status_of again >/dev/null

settings
hook stop 10-slow 'sleep 0.3'
fresh
start slow -Dfake.wait Main
kill -TERM "$(pid_of slow)"
status_of slow >/dev/null
tells 'EXTEND_TIMEOUT_USEC=' 'hooks at a stop ask for more time'

# killed outright
rm -rf "$T/hooks.d/stop" "$STORE"
start gone -Dfake.wait Main
kill -KILL "$(pid_of gone)"
eventually gone "$(jvm_of gone)"
start next -Dfake.wait Main
# shellcheck disable=SC2317 # called by eventually
filed() { [ "$(field "$(incident)" status)" = complete ]; }
ok 'the next start files what a killed jvisor left' eventually filed
is "$(field "$(incident)" kind) $(field "$(incident)" status)" 'killed complete' 'completely'
is "$(find "$STORE/.run" -type s | grep -c .)" 1 'only its own socket is there'
kill -TERM "$(pid_of next)"
status_of next >/dev/null

lib_end
