#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The main job with every JDK of this machine. JAVA_CLASSES: tests/java as it was compiled before.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

classes=${JAVA_CLASSES-}
if [ -z "$classes" ]; then
	javac=$(command -v javac) || skip_all 'there is no javac'
	classes=$T/classes
	mkdir "$classes"
	"$javac" -source 8 -target 8 -nowarn -Xlint:-options -d "$classes" "$top_srcdir"/tests/java/*.java \
		>"$out" 2>&1 || skip_all "javac does not compile: $(tail -n 1 "$out")"
fi

jdks=()
for java in /usr/lib/jvm/*/bin/java; do
	real=$(readlink -f "$java")
	[ -x "$real" ] && [[ " ${jdks[*]} " != *" $real "* ]] && jdks+=("$real")
done
[ ${#jdks[@]} -gt 0 ] || skip_all 'there is no JDK in /usr/lib/jvm'

# compared NAME ARGUMENT...: output and status are those of java alone
compared() {
	local name=$1
	shift
	plain "$@"
	mv "$out" "$T/plain.out"
	mv "$err" "$T/plain.err"
	expected=$status
	run "$@"
	is "$status" "$expected" "$jdk: $name: the status is that of java"
	same "$out" "$T/plain.out" "$jdk: $name: and so is the output"
	same "$err" "$T/plain.err" "$jdk: $name: and stderr"
}

for JVISOR_JAVA in "${jdks[@]}"; do
	jdk=$(basename "${JVISOR_JAVA%/bin/java}")
	rm -rf "$STORE"
	settings

	compared Hello -cp "$classes" Hello
	compared 'odd arguments' -Dx='a b' -Dy= -cp "$classes" Args '' ' ' 'ä' '*' '@x' '-version' "'" '"' \\
	printf '%s\n' "-Dx='from a file' -Dy=\"and 'more'\"" "-cp $classes" 'Args a "" b' >"$T/argfile"
	compared 'an argfile' @"$T/argfile" c
	JDK_JAVA_OPTIONS="-Dx='of a variable'" compared 'JDK_JAVA_OPTIONS' -cp "$classes" Args
	JAVA_TOOL_OPTIONS=-Dy=tool compared 'JAVA_TOOL_OPTIONS' -cp "$classes" Args
	compared 'an uncaught exception' -cp "$classes" ExitCode
	compared 'System.exit(3)' -cp "$classes" ExitCode 3
	compared 'a class that is not there' -cp "$classes" NoSuchClass
	compared '-version' -version
	compared 'no arguments'
	is "$(incident_count)" 0 "$jdk: no incident of all that" || diag "$(incidents)"

	run -Xmx32m -cp "$classes" Leak
	is "$status" 3 "$jdk: Leak ends with 3"
	is "$(field "$(incident)" kind)" oom "$jdk: an incident of kind oom"
	is "$(field "$(incident)" confidence)" confirmed "$jdk: confirmed"
	like "$(incident)/incident.json" '"kind": *"heap"' "$jdk: it was the heap"
	like "$err" 'Leak' "$jdk: stderr has the verdict"
	settings oom.heap_dump=yes
	run -Xmx32m -cp "$classes" Leak
	ok "$jdk: a heap dump is taken" sh -c "zcat -f '$(incident)'/heap.hprof* | head -c 12 | grep -qa 'JAVA PROFILE'"
	settings

	is "$(ended "$JVISOR" -Xmx32m -cp "$classes" Crash)" 'signal 6' "$jdk: Crash ends by SIGABRT"
	is "$(field "$(incident)" kind)" crash "$jdk: an incident of kind crash"
	is "$(field "$(incident)" confidence)" confirmed "$jdk: confirmed"
	like "$(incident)/incident.json" '"problematic_frame": *".*libjvm.so' "$jdk: with the frame"
	ok "$jdk: and the hs_err log" sh -c "zcat -f '$(incident)'/hs_err.log* | grep -q 'A fatal error'"
	ok "$jdk: nothing is left in the folder it ran in" not sh -c 'ls hs_err* core* java_pid*'

	# That it kept no hsperfdata shows only while no other JVM of this user comes or goes.
	for ((i = 0; i < 10; i++)); do
		before=$(incident_count)
		run -Xmx16m -XX:+NoSuchFlagAtAll -cp "$classes" Hello
		[ "$(field "$(incident)" kind)" = start-failed ] && break
	done
	is "$status" 1 "$jdk: an option that is refused: 1"
	is "$(field "$(incident)" kind)" start-failed "$jdk: an incident of kind start-failed"

	start_command sleeper "$JVISOR" -Xmx16m -cp "$classes" Sleeper
	eventually grep -q up "$T/sleeper.out"
	kill -TERM "$(pid_of sleeper)"
	is "$(status_of sleeper)" 'exit 143' "$jdk: TERM ends with 143"
	like "$T/sleeper.out" '^goodbye$' "$jdk: the shutdown hook has run"
	is "$(incident_count)" $((before + 1)) "$jdk: which is no incident"

	start_command dump "$JVISOR" -Xmx16m -cp "$classes" Sleeper
	eventually grep -q up "$T/dump.out"
	kill -QUIT "$(pid_of dump)"
	eventually grep -q 'JNI global ref' "$T/dump.out"
	kill -INT "$(pid_of dump)"
	is "$(status_of dump)" 'exit 130' "$jdk: INT ends with 130"
	is "$(grep -c 'Full thread dump' "$T/dump.out")" 1 "$jdk: QUIT gives one thread dump"

	run -Xmx32m -XX:-ExitOnOutOfMemoryError -cp "$classes" CatchOom
	is "$status" 0 "$jdk: the setting of the user wins: a program that goes on does"
	like "$out" '^went on$' "$jdk: to its end"
	before=$(incident_count)
	settings oom.action=continue oom.heap_dump=yes collect.wait=yes
	run -Xmx32m -cp "$classes" CatchOom
	settings
	is "$status" 0 "$jdk: with a dump it goes on too"
	is "$(incident_count)" $((before + 1)) "$jdk: and the dump is not lost"
	like "$(incident)/report.txt" '^CatchOom ran out of memory, wrote a heap dump and went on;' \
		"$jdk: the report says that it went on"
	ok "$jdk: the dump is in the incident" test -s "$(incident)/heap.hprof.gz"
done

lib_end
