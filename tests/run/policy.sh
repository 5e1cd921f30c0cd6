#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A policy that is wrong is refused before anything starts; one that is only newer is not.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

# refused NAME [OPTION OF OURS...]: status 78, nothing started, no store
refused() {
	local name=$1
	shift
	rm -f "$T/count"
	run "$@" -Dfake.count="$T/count" Main
	is "$status" 78 "$name: status 78"
	ok 'and nothing was started' not test -e "$T/count"
}

# accepted NAME: the JVM has run
accepted() {
	run -Dfake.exit=5 Main
	is "$status" 5 "$1: the JVM runs"
}

policy '[oom]' 'action = explode' '' '[collect]' 'keep_days = soon' '  ' '[stop]' 'timeout = -1'
refused 'three bad values'
like "$err" 'policy\.ini:2:[0-9]+: oom\.action: ' 'the first is named by line and key'
like "$err" 'policy\.ini:5:[0-9]+: collect\.keep_days: ' 'the second as well'
like "$err" 'policy\.ini:8:[0-9]+: stop\.timeout: ' 'and the third'
policy '[oom' 'action = exit'
refused 'a broken section'
policy "$(printf '[java]\noptions = %0400d' 1)"
refused 'a line too long'
like "$err" 'policy\.ini:2:' 'and its place'

policy '[oom]' 'acton = exit' '[nonsense]' 'key = value'
accepted 'unknown names'
like "$err" 'policy\.ini:2:[0-9]+: oom\.acton: .*did you mean .*action' 'a warning with what was meant'
like "$err" 'policy\.ini:3:[0-9]+:.*nonsense' 'also for a section'
policy '[X-mine]' 'a = b' '[oom]' 'X-note = anything'
accepted 'what begins with X-'
nothing 'without a word' "$err"

policy '[policy]' 'on_error = ignore' '[oom]' 'action = explode'
accepted 'on_error = ignore'
like "$err" 'oom\.action' 'with the finding as a warning'

JVISOR_POLICY=$T refused 'a folder'
like "$err" "$T" 'which is named'
unlike "$err" "$T: .*$T:" 'once'
JVISOR_POLICY=$T/missing.ini refused 'a policy that is not there'
like "$err" "$T/missing.ini" 'which is named'
if [ "$(id -u)" -eq 0 ] && cp "$JVISOR" "$T/jvisor" && chmod 755 "$T" && mkdir -m 1777 "$T/open" &&
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/jvisor" --jvisor-version >"$out" 2>"$err"; then
	policy '[oom]'
	chmod 600 "$T/policy.ini"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/jvisor" Main >"$out" 2>"$err"
	is $? 78 'a policy that may not be read: status 78'
	like "$err" "$T/policy.ini" 'which is named'
else
	skip 'a policy that may not be read' 'needs root and setpriv'
fi

policy '[oom]' 'action = explode'
rm -rf "$STORE"
mkdir "$T/r"
# shellcheck disable=SC2016 # for the inner shell
pid=$(JVISOR_DISABLE=1 sh -c 'echo $$; exec "$@"' sh "$JVISOR" -Dfake.report="$T/r" Main a | head -n 1)
is "$(state "$T/r" pid)" "$pid" 'JVISOR_DISABLE=1 is java itself, whatever the policy'
is "$(tr '\0' ' ' <"$T/r/args" | cut -d ' ' -f 2-)" "-Dfake.report=$T/r Main a " 'with nothing added'
tr '\0' '\n' <"$T/r/env" >"$T/env"
like "$T/env" '^JVISOR_DISABLE=1$' 'and stays in the environment'
ok 'no store was made' not test -e "$STORE"

policy '[oom]' 'action = crash' '[flags]' 'MaxJavaStackTraceDepth = 200'
rm -rf "$STORE"
run --jvisor-explain -Xmx64m Main
is "$status" 0 'explain succeeds'
like "$out" '-XX:\+CrashOnOutOfMemoryError' 'it shows what the policy adds'
like "$out" '-XX:ErrorFile=' 'and where the report goes'
like "$out" 'Main' 'and the program'
ok 'nothing was started' not test -e "$STORE/.run"
mkdir "$T/r2"
run -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" >"$T/args"
like "$T/args" '^-XX:\+CrashOnOutOfMemoryError$' 'a start passes what explain shows'
unlike "$T/args" '^-XX:\+ExitOnOutOfMemoryError$' 'and not what the policy replaced'
run --jvisor-set=oom.action=exit -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" >"$T/args"
like "$T/args" '^-XX:\+ExitOnOutOfMemoryError$' '--jvisor-set wins over the file'
settings oom.action=continue
run --jvisor-set=oom.action=crash -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" >"$T/args"
like "$T/args" '^-XX:\+CrashOnOutOfMemoryError$' 'and over JVISOR_SET'
run -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" >"$T/args"
unlike "$T/args" '^-XX:\+(Crash|Exit)OnOutOfMemoryError$' 'which wins over the file'
settings
policy
run -XX:-ExitOnOutOfMemoryError -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" >"$T/args"
unlike "$T/args" '^-XX:\+ExitOnOutOfMemoryError$' 'the setting of the user wins'
policy '[flags force]' 'ExitOnOutOfMemoryError = yes' '[flags forbid]' 'AggressiveHeap ='
run -XX:-ExitOnOutOfMemoryError -XX:+AggressiveHeap -Dfake.report="$T/r2" Main
tr '\0' '\n' <"$T/r2/args" | grep -a '^-XX:[+-]' | tail -n 1 >"$T/args"
like "$T/args" '^-XX:\+ExitOnOutOfMemoryError$' 'unless it is forced'
tr '\0' '\n' <"$T/r2/args" >"$T/args"
unlike "$T/args" 'AggressiveHeap' 'and what is forbidden is taken off'

# A build that jvisor's table was not compared with: what its libjvm.so holds counts.
make_jdk "$T/other" 17.0.21 Other
JVISOR_JAVA=$T/other/bin/java run --jvisor-explain Main
like "$out" 'XX:\+ExitOnOutOfMemoryError' 'a flag that is found in the library is passed'
ok 'an explanation notes nothing' not test -e "$STORE/.jvm-flags"
JVISOR_JAVA=$T/other/bin/java run Main
is "$(stat -c %a "$STORE/.jvm-flags")" 600 'a start notes what it found'
JVISOR_JAVA=$T/other/bin/java run --jvisor-explain Main
like "$out" 'XX:\+ExitOnOutOfMemoryError' 'and the next one reads it'
printf 'HeapDumpPath\0' >"$T/other/lib/server/libjvm.so"
JVISOR_JAVA=$T/other/bin/java run --jvisor-explain Main
unlike "$out" 'XX:\+ExitOnOutOfMemoryError' 'unless the library is another by now'
like "$out" 'this JVM does not know the flag' 'which the explanation tells'
mkdir -p "$T/other/lib/j9vm"
: >"$T/other/lib/j9vm/libjvm.so"
JVISOR_JAVA=$T/other/bin/java run --jvisor-explain Main
is "$(grep -c 'no HotSpot' "$out")" 1 'no HotSpot: one note'
unlike "$out" '-XX:' 'and no flag'

run --jvisor-nonsense -Dfake.count="$T/count" Main
is "$status" 2 'an option of ours that is unknown: status 2'
ok 'and nothing was started' not test -e "$T/count"
like "$err" '--jvisor-nonsense' 'which is named'
settings oom.action=explode
refused 'a bad value in JVISOR_SET'
like "$err" 'oom\.action' 'which is named'
settings
refused 'a bad value in --jvisor-set' --jvisor-set=oom.action=explode
for option in policy= policy set= set; do
	run "--jvisor-$option" Main
	is "$status" 2 "--jvisor-$option says nothing: status 2"
	unlike "$err" 'unknown' 'but it is known'
done

run --jvisor-version
is "$status" 0 'the version'
like "$out" '^jvisor [0-9]+\.[0-9]+' 'is printed'
run --jvisor-help
is "$status" 0 'the help'
for option in policy set explain version help; do
	like "$out" "--jvisor-$option" "names --jvisor-$option"
done

lib_end
