#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Restarts: the first at once, then later and later, and in the end not at all.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

gaps() { # FILE: milliseconds between starts, on one line
	awk 'NR > 1 { printf "%s%d", (NR > 2 ? " " : ""), $1 - last } { last = $1 }' "$1"
}

# shellcheck disable=SC2317 # called by eventually
starts() { [ "$(wc -l <"$T/count")" -ge "$1" ]; }

settings restart.when=failure restart.delay=300ms restart.delay_max=10s restart.limit=3
run -Dfake.count="$T/count" -Dfake.exit=5 Main
is "$status" 5 'in the end the status of the last JVM comes back'
is "$(wc -l <"$T/count")" 4 'after three restarts'
# shellcheck disable=SC2046 # three numbers
set -- $(gaps "$T/count")
ok "the second restart waits for the delay ($2 ms)" test "$2" -ge 290
ok "the first is sooner, it waits for nothing ($1 ms)" test "$1" -lt "$2"
ok "the third waits for twice the delay ($3 ms)" test "$3" -ge 590 -a "$3" -gt "$2"
like "$err" 'restart' 'a person is told'

rm "$T/count"
settings restart.when=failure restart.limit=3
run -Dfake.count="$T/count" -Dfake.exit=0 Main
is "$(wc -l <"$T/count")" 1 'an exit with 0 is no failure'
rm "$T/count"
settings restart.when=crash restart.limit=3
run -Dfake.count="$T/count" -Dfake.exit=5 Main
is "$(wc -l <"$T/count")" 1 'nor is any exit a crash'

rm "$T/count"
settings restart.when=always restart.limit=2 restart.delay=10ms
run -Dfake.count="$T/count" -Dfake.exit=0 Main
is "$(wc -l <"$T/count") $status" '3 0' 'always means also 0, up to the limit'

rm "$T/count"
settings restart.when=always restart.limit=5
start stop -Dfake.count="$T/count" -Dfake.wait Main
kill -TERM "$(pid_of stop)"
is "$(status_of stop)" 'exit 143' 'a requested stop'
is "$(wc -l <"$T/count")" 1 'is never followed by a restart'

rm "$T/count"
settings restart.when=killed restart.limit=5
start killed -Dfake.count="$T/count" -Dfake.wait Main
first=$(jvm_of killed)
kill -KILL "$first"
ok 'a JVM that was killed is started again' eventually grep -qvx "$first" "$T/killed.ready"
ok 'under the same jvisor' not gone "$(pid_of killed)"
kill -TERM "$(pid_of killed)"
is "$(status_of killed)" 'exit 143' 'and stops when asked'
is "$(field "$(incident)" kind)" killed 'the first death is an incident'

rm -rf "$STORE" "$T/count"
hook collected 10-slow "sleep 2"
settings restart.when=oom restart.limit=1 restart.delay=10ms
start slow -Dfake.count="$T/count" -Dfake.oom Main
ok 'the next JVM is started' eventually starts 2
# shellcheck disable=SC2046 # one number
set -- $(gaps "$T/count")
ok "and does not wait for the digest of the last ($1 ms)" test "$1" -lt 2000
is "$(status_of slow)" 'exit 3' 'the status is that of the last'
rm -rf "$T/hooks.d"
# shellcheck disable=SC2317 # called by eventually
complete() { [ "$(grep -l '"status": *"complete"' "$STORE"/2*/incident.json | wc -l)" -eq 2 ]; }
ok 'both incidents become complete' eventually complete

settings restart.when=failure restart.limit=1 restart.delay=10ms
for event in restart give-up; do
	hook $event 10-note "echo $event >>$T/events"
done
run -Dfake.exit=5 Main
printf '%s\n' restart give-up >"$T/expected"
same "$T/events" "$T/expected" 'the events restart and give-up'

rm -rf "$T/hooks.d"
# shellcheck disable=SC2016 # for the hook
hook give-up 10-look 'cd "$JVISOR_INCIDENT_DIR" && ls "$JVISOR_REPORT" "$JVISOR_HS_ERR" &&
	echo "$JVISOR_INCIDENT" >'"$T/gave-up"
settings restart.when=crash restart.limit=1 restart.delay=10ms
run -Dfake.crash Main
is "$(field "$STORE/$(cat "$T/gave-up")" restarts)" 1 'give-up tells of the last incident where it lies'
rm -rf "$T/hooks.d"

mkdir "$T/r"
hook start 10-note true
settings restart.when=failure restart.limit=1 restart.delay=10ms
run -Dfake.report="$T/r" -Dfake.exit=5 Main
like "$T/r/fds" '^0 /dev/null$' 'the next JVM has the standard input of the first'
rm -rf "$T/hooks.d"

hook death 10-take "mv $JVISOR_JAVA $T/java.away"
settings restart.when=crash restart.limit=3 restart.delay=10ms
run -Dfake.crash Main
is "$status" 127 'a java that is gone at the restart is told by the status'
like "$err" 'No such file' 'and by a sentence'
mv "$T/java.away" "$JVISOR_JAVA"
rm -rf "$T/hooks.d"

rm "$T/count"
settings restart.when=failure restart.limit=5 restart.delay=20s
start waiting -Dfake.count="$T/count" -Dfake.exit=5 Main
eventually starts 2
sleep 0.2
kill -TERM "$(pid_of waiting)"
eventually test -s "$T/waiting.status"
ok 'TERM while a restart is awaited ends jvisor' test -s "$T/waiting.status"
is "$(wc -l <"$T/count")" 2 'without another start'

lib_end
