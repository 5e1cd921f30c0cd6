#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The hold at the heap dump with every JDK of this machine: what the fake JVM only claims. JAVA_CLASSES: as
# for real-jdk.sh.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

classes=${JAVA_CLASSES-}
if [ -z "$classes" ]; then
	javac=$(command -v javac) || skip_all 'there is no javac'
	classes=$T/classes
	mkdir "$classes"
	"$javac" -source 8 -target 8 -nowarn -Xlint:-options -d "$classes" \
		"$top_srcdir"/tests/java/{Leak,Sleeper,Crash,NoThreads}.java >"$out" 2>&1 ||
		skip_all "javac does not compile: $(tail -n 1 "$out")"
fi

jdks=()
for java in /usr/lib/jvm/*/bin/java; do
	real=$(readlink -f "$java")
	[ -x "$real" ] && [[ " ${jdks[*]} " != *" $real "* ]] && jdks+=("$real")
done
[ ${#jdks[@]} -gt 0 ] || skip_all 'there is no JDK in /usr/lib/jvm'

log=$T/log
for event in oom crash death; do
	# A process that got its STOP may not have had the CPU since.
	hook "$event" 10-look "state() { sed -n 's/^State:.\\(.\\).*/\\1/p' /proc/\$1/status 2>/dev/null; }
i=0; while [ \$1 = oom ] && [ \$i -lt 10 ]; do
	case \$(state \$2) in T | '') break ;; esac; sleep 0.1; i=\$((i + 1))
done
s=\$(state \$2)
echo \"\$1 \${s:-gone}\" >>$log"
done
logged() { # the lines so far, as one
	paste -sd ' ' "$log" 2>/dev/null
	rm -f "$log"
}
fresh() { # SETTING...
	rm -rf "$STORE" "$T"/*.hprof* "$T"/dumps
	settings oom.heap_dump=yes "$@"
}
# shellcheck disable=SC2317 # called by ok
dumped() { # FILE
	zcat -f "$1" | head -c 12 | grep -qa 'JAVA PROFILE'
}

for JVISOR_JAVA in "${jdks[@]}"; do
	jdk=$(basename "${JVISOR_JAVA%/bin/java}")
	jcmd=${JVISOR_JAVA%java}jcmd

	fresh
	run -Xmx48m -cp "$classes" Leak
	is "$status" 3 "$jdk: an OutOfMemoryError with a dump ends with 3"
	is "$(logged)" 'oom T death gone' "$jdk: the oom hooks run before the dump, while it stands still"
	ok "$jdk: which is whole" dumped "$(incident)"/heap.hprof*
	is "$(field "$(incident)" watch)" inotify "$jdk: the incident says how it was seen"
	fresh oom.dump_gzip=1
	run -Xmx48m -cp "$classes" Leak
	is "$(logged)" 'oom T death gone' "$jdk: also where the JVM compresses it"
	fresh
	mkdir "$T/dumps"
	run -Xmx48m -XX:HeapDumpPath="$T/dumps" -cp "$classes" Leak
	is "$(logged)" 'oom T death gone' "$jdk: also in a folder of the user"
	like "$err" 'it is presumed' "$jdk: where it is presumed"
	ok "$jdk: and the dump stays" sh -c "ls '$T'/dumps/java_pid*.hprof"
	fresh oom.action=crash
	run -Xmx48m -cp "$classes" Leak
	is "$status" 134 "$jdk: with a crash instead of the exit"
	is "$(logged)" 'oom T death gone' "$jdk: too, and no crash hooks"
	settings oom.heap_dump=no
	run -Xmx48m -cp "$classes" Leak
	is "$(logged)" 'oom gone death gone' "$jdk: without a dump when it has gone"
	run -Xmx48m -cp "$classes" Crash
	is "$(logged | sed 's/crash [A-Za-z]*/crash/')" 'crash death gone' "$jdk: crash hooks, once"

	fresh
	run -Xmx48m -XX:+HeapDumpBeforeFullGC -XX:HeapDumpPath="$T/full.hprof" -cp "$classes" Leak
	is "$(logged)" 'oom gone death gone' "$jdk: with dumps at full collections only when it has gone"
	ok "$jdk: since the first such dump has the very name" dumped "$T/full.hprof"

	if [ -x "$jcmd" ]; then
		fresh
		start_command live "$JVISOR" -Xmx48m -cp "$classes" Sleeper
		eventually grep -q up "$T/live.out"
		run_folder=$(echo "$STORE"/.run/*.0000)
		read -r jvm _ <"/proc/$(pid_of live)/task/$(pid_of live)/children"
		"$jcmd" "$jvm" GC.heap_dump "$run_folder/snapshot.hprof" >"$out" 2>&1
		ok "$jdk: jcmd GC.heap_dump into the very folder" test -s "$run_folder/snapshot.hprof"
		rm -f "$run_folder/snapshot.hprof"
		kill -TERM "$(pid_of live)"
		is "$(status_of live)" 'exit 143' "$jdk: does not disturb it"
		is "$(logged)" '' "$jdk: and is no OutOfMemoryError"
	else
		skip "$jdk: jcmd GC.heap_dump into the very folder" 'it has no jcmd'
	fi
done

# One that is held, and one without a thread to serve a signal, are deaf: TERM, grace, KILL.
JVISOR_JAVA=${jdks[0]}
settings stop.timeout=1s oom.hooks_deadline=8s
hook oom 10-look "touch $T/inside; sleep 1"
start_command deaf "$JVISOR" -Xmx48m -XX:+HeapDumpOnOutOfMemoryError -cp "$classes" Leak
eventually test -e "$T/inside"
kill -TERM "$(pid_of deaf)"
status=$(status_of deaf)
ok 'asked to stop while it is held, it dumps and ends, or is killed in time' \
	test "$status" = 'exit 3' -o "$status" = 'signal 9'
like "$T/deaf.err" 'it is given 1 s \(\[stop\] timeout\)' 'and what was chosen is said'
unlike "$(incident)/incident.json" '"kind": *"killed"' 'it is never called killed'
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$T"
	rm -rf "$STORE"
	settings stop.timeout=1s process.user=54321 process.group=54321 process.rlimit_nproc=80
	start_command threads "$JVISOR" -Xmx32m -cp "$classes" NoThreads
	eventually grep -q '^up' "$T/threads.out"
	kill -TERM "$(pid_of threads)"
	is "$(status_of threads)" 'signal 9' 'without a thread for the signal it is killed after [stop] timeout'
	is "$(field "$(incident)" kind)" stop-timeout 'which is not called killed either'
else
	skip 'without a thread for the signal it is killed after [stop] timeout' 'needs root'
fi

lib_end
