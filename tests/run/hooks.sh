#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Hooks run in order, each once, with what they need to know; none of them is the end of the rest.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

note="echo \"\$JVISOR_EVENT \$0 \$*\" | sed 's,$T/,,' >>$T/log"
for event in start stop oom crash death collected; do
	hook $event 10-first "$note"
done
hook oom 20-second "$note; echo said; echo and complained >&2"
hook oom .hidden "$note"
hook oom 30-backup~ "$note"
mkdir "$T/scripts"
printf '#!/bin/sh\n%s\n' "$note" >"$T/scripts/section"
chmod 755 "$T/scripts/section"
policy '[hook middle]' 'event = oom' "run = $T/scripts/section 'one word' two" 'order = 15' \
	'[hook late]' 'event = oom' "run = $T/scripts/section late"

start run -Dfake.sleep=300 -Dfake.oom Main
jvm=$(jvm_of run)
is "$(status_of run)" 'exit 3' 'the status is the status of the JVM'
cat >"$T/expected" <<END
start hooks.d/start/10-first start $jvm
oom hooks.d/oom/10-first oom $jvm
oom scripts/section one word two
oom hooks.d/oom/20-second oom $jvm
oom scripts/section late
death hooks.d/death/10-first death $jvm
collected hooks.d/collected/10-first collected $jvm
END
same "$T/log" "$T/expected" 'start, oom, death, collected: folder and sections in one order, each once'
like "$(incident)/hooks/20-second.log" '^said$' 'output is kept in the incident'
like "$(incident)/hooks/20-second.log" '^and complained$' 'both streams of it'
ok 'incident.json tells of them' grep -q '"20-second"' "$(incident)/incident.json"

rm "$T/log"
run -Dfake.crash Main
grep -v '^start' "$T/log" | cut -d ' ' -f 1 >"$T/events"
printf '%s\n' crash death collected >"$T/expected"
same "$T/events" "$T/expected" 'a crash: crash, death, collected'
: >"$T/log"
run -Dfake.exit=5 Main
unlike "$T/log" '^(oom|crash|death|collected)' 'an exit of the program has none of them'
rm -rf "$T/hooks.d"

export NOTIFY_SOCKET=$T/no WATCHDOG_USEC=1 LISTEN_FDS=1 JDK_JAVA_OPTIONS='' SEEN=yes \
	JAVA_TOOL_OPTIONS=-Da=b _JAVA_OPTIONS=-Da=b
policy '[hook env]' 'event = death' "run = $T/scripts/env" 'env = EXTRA=more'
# The parent of a hook is the role that runs it.
# shellcheck disable=SC2016
printf '#!/bin/sh\nenv >%s\ntr "\\0" "\\n" </proc/$PPID/environ >%s\n' "$T/env" "$T/env.role" >"$T/scripts/env"
hook collected 10-env "env >$T/env.collected; ls -l \"\$JVISOR_INCIDENT_DIR/incident.json\" >>$T/env.collected"
chmod 755 "$T/scripts/env"
LD_PRELOAD=$T/no.so start env -Dfake.oom com.example.Orders
status_of env >/dev/null
unset NOTIFY_SOCKET WATCHDOG_USEC LISTEN_FDS JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS
jvm=$(jvm_of env)
for line in JVISOR_EVENT=death "JVISOR_PID=$jvm" JVISOR_KIND=oom JVISOR_EXIT_CODE=3 JVISOR_APP=.*Orders \
	"JVISOR_JAVA_HOME=$T/jdk" 'JVISOR_JAVA_VERSION=17.*' JVISOR_RESTARTS=0 EXTRA=more SEEN=yes; do
	like "$T/env" "^$line\$" "a hook knows $line"
done
for file in env env.role; do
	unlike "$T/$file" '^(NOTIFY_SOCKET|WATCHDOG_|LISTEN_|JVISOR_SET|JVISOR_POLICY)' \
		"and has nothing it must not inherit ($file)"
	for name in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS LD_PRELOAD; do
		unlike "$T/$file" "^$name=" "nor $name ($file)"
	done
done
for line in "JVISOR_INCIDENT=$(incidents | tail -n 1)" "JVISOR_INCIDENT_DIR=$(incident)" \
	"JVISOR_REPORT=$(incident)/report.txt"; do
	like "$T/env.collected" "^$line\$" "at collected it knows ${line%%=*}"
done
like "$T/env.collected" '^-rw.*incident.json$' 'and the incident is there'

rm -rf "$T/hooks.d"
hook oom 10-fails 'exit 7'
hook oom 20-hangs 'sleep 60 & wait'
hook oom 30-dies 'kill -9 $$'
hook oom 50-unsafe "touch $T/unsafe"
chmod 777 "$T/hooks.d/oom/50-unsafe"
hook oom 60-no-run-bit "touch $T/no-run-bit"
chmod 644 "$T/hooks.d/oom/60-no-run-bit"
hook oom 70-last "touch $T/last"
policy '[hook missing]' 'event = oom' 'run = /nonexistent/program' 'order = 40' \
	'[hook slow]' 'event = oom' "run = $T/scripts/slow" 'timeout = 300ms' 'order = 25'
mv "$T/hooks.d/oom/20-hangs" "$T/scripts/slow"
began=$SECONDS
run -Dfake.oom Main
is "$status" 3 'hooks that fail, hang, die or are missing do not change the status'
ok 'the last one has run' test -e "$T/last"
ok 'in time' test $((SECONDS - began)) -lt 10
ok 'one without run bit has not' not test -e "$T/no-run-bit"
if [ "$(id -u)" -eq 0 ]; then
	ok 'nor one that others may write, when we are root' not test -e "$T/unsafe"
else
	skip 'nor one that others may write, when we are root' 'we are not'
fi
json=$(incident)/incident.json
for name in 10-fails slow 30-dies missing 60-no-run-bit 70-last; do
	like "$json" "\"name\": *\"([0-9]+-)?$name\"" "incident.json tells of $name"
done
like "$err" '10-fails' 'a person is told'
like "$err" 'warning: the oom hook 60-no-run-bit will not be run: it has no run bit' 'also before'
like "$(incident)/report.txt" '30-dies ended by SIGKILL' 'the report says how each ended'
like "$(incident)/report.txt" '60-no-run-bit was not run: it has no run bit' 'or why it did not run'
ok 'nothing of the hanging one is left' not pgrep -f "$T/scripts/slow"

rm -rf "$T/hooks.d" "$T/after"
policy '[hook guard]' 'event = oom' 'run = /bin/false' 'order = 10' 'on_failure = stop'
hook oom 20-after "touch $T/after"
run -Dfake.oom Main
ok 'on_failure = stop ends the rest of the event' not test -e "$T/after"
is "$status" 3 'but not the incident'

lib_end
