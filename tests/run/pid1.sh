#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# As PID 1 of a container: it reaps, the JVM is not PID 1, and statuses are 128 and the signal.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

space=(unshare --pid --fork --kill-child --mount-proc)
"${space[@]}" true 2>/dev/null || space=(unshare --user --map-root-user "${space[@]:1}")
"${space[@]}" true 2>/dev/null || skip_all 'no PID namespace can be made here'
mkdir "$T/r"

is "$(ended "${space[@]}" "$JVISOR" -Dfake.exit=7 Main)" 'exit 7' 'exit codes come back'
is "$(ended "${space[@]}" "$JVISOR" -Dfake.signal=10 Main)" 'exit 138' 'a signal is 128 and the signal'
is "$(ended "${space[@]}" "$JVISOR" -Dfake.report="$T/r" -Dfake.crash Main)" 'exit 134' 'a crash is 134'
ok 'the JVM is not PID 1' test "$(state "$T/r" pid)" -gt 1
is "$(state "$T/r" ppid)" 1 'jvisor is'
is "$(field "$(incident)" kind)" crash 'and the crash is filed'
is "$(field "$(incident)" confidence)" confirmed 'as one'
is "$(ended "${space[@]}" "$JVISOR" -Dfake.oom Main)" 'exit 3' 'memory exhausted is 3'
is "$(field "$(incident)" kind)" oom 'and filed'

start_command first "${space[@]}" "$JVISOR" -Dfake.ready="$T/first.ready" -Dfake.orphans=20 \
	-Dfake.wait Main
eventually test -s "$T/first.ready"
jvisor=$(ps -o pid= --ppid "$(pid_of first)" | tr -d ' ')
# shellcheck disable=SC2317 # called by eventually
one_child() { [ "$(ps -o stat= --ppid "$jvisor" | wc -l)" -eq 1 ]; }
ok 'children left behind are reaped' eventually one_child
ok 'and the one that stays is the JVM' not grep -q '^State:.Z' "/proc/$(ps -o pid= --ppid "$jvisor" | tr -d ' ')/status"
kill -TERM "$jvisor"
is "$(status_of first)" 'exit 143' 'TERM ends it with 143'

lib_end
