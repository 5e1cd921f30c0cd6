#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a service manager is told of each JDK: ready when its own counter says so, alive though it idles.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

"$HELPERS/listener" "$T/manager" "$T/log" &
started+=($!)
eventually test -S "$T/manager"
export NOTIFY_SOCKET=$T/manager WATCHDOG_USEC=2000000

for jdk in $(lab_jdks); do
	lab_java "$jdk"
	for gc in -XX:+UseSerialGC -XX:+UseParallelGC; do
		: >"$T/log"
		start_command "$jdk" "$JVISOR" $gc -Xmx64m -cp "$classes" Sleeper 600
		ok "$jdk $gc: ready" eventually grep -q ' READY=1$' "$T/log"
		unlike "$T/$jdk.err" 'hsperfdata' 'as its own counter says'
		: >"$T/log"
		ok 'alive though it idles' eventually grep -q ' WATCHDOG=1$' "$T/log"
		jvm=$(cut -d ' ' -f 1 "/proc/$(pid_of "$jdk")/task/$(pid_of "$jdk")/children")
		kill -STOP "$jvm"
		sleep 1.2
		: >"$T/log"
		sleep 2.2
		unlike "$T/log" 'WATCHDOG=1' 'not when it is stopped'
		kill -CONT "$jvm"
		kill -TERM "$(pid_of "$jdk")"
		is "$(status_of "$jdk")" 'exit 143' 'and ends as ever'
	done
done
lab_end
