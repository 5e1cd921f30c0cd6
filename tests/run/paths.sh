#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The folders that a policy's ErrorFile and HeapDumpPath name: made for the JVM's user, asked as him,
# never by an explanation; what cannot be had is one warning and the incident takes the file.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

paths() { # ErrorFile HeapDumpPath
	policy '[oom]' 'heap_dump = yes' '[flags]' "ErrorFile = $1" "HeapDumpPath = $2"
}
flag() { # NAME: its value on the explained command line
	sed -n "s/^    -XX:$1=\([^ ]*\) .*/\1/p" "$out"
}

paths "$T/new/logs/%t-%p.log" "$T/new/dumps/"
run --jvisor-explain Main
ok 'an explanation makes no folder' not test -e "$T/new"
is "$(grep -c '^  !' "$out")" 0 'and has nothing to warn of'
case $(flag ErrorFile) in
"$T/new/logs/"2*Z-%p.log) result 0 'the time of the start is put in, the pid left to the JVM' ;;
*) result 1 'the time of the start is put in, the pid left to the JVM' || diag "$(flag ErrorFile)" ;;
esac
is "$(flag HeapDumpPath)" "$T/new/dumps/java_pidPID.hprof" 'a folder gets the usual name of a dump'
run -Dfake.crash Main
is "$(stat -c %a "$T/new" "$T/new/logs" "$T/new/dumps" | sort -u)" 700 'a start makes the folders, private'
is "$(find "$T/new/logs" -name '2*Z-*.log' | wc -l)" 1 'the report of a crash is there'
ok 'and in the incident' test -s "$(incident)/hs_err.log"
run -Dfake.oom -Dfake.dump=1000 Main
run -Dfake.oom -Dfake.dump=1000 Main
is "$(find "$T/new/dumps" -name 'java_pid*.hprof' | wc -l)" 2 'two starts, two dumps'

paths "$T/new/logs/same.log" "$T/new/dumps/same.hprof"
run -Dfake.oom -Dfake.dump=1000 Main
run -Dfake.oom -Dfake.dump=1000 Main
is "$(find "$T/new/dumps" -name 'same*.hprof' | wc -l)" 2 'also where both would have the same name'

: >"$T/file"
paths "$T/file/x.log" "$T/new/%p/x.hprof"
run -Dfake.crash Main
is "$(grep -c warning: "$err")" 2 'what cannot be had is one warning each'
like "$err" 'ErrorFile = .*/file/x.log: .*; the flag is not set' 'that says why'
is "$status" 134 'the JVM runs all the same'
ok 'and the incident has its report' test -s "$(incident)/hs_err.log"

if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$T"
	mkdir -m 755 "$T/ours" "$T/his" "$T/group"
	mkdir -m 770 "$T/group/in"
	chown 54321 "$T/his"
	chgrp 54399 "$T/group/in"
	settings process.user=54321 process.group=54322
	paths "$T/his/a/b/x-%p.log" "$T/his/x-%p.hprof"
	run -Dfake.crash Main
	unlike "$err" 'warning:' 'another user: nothing to warn of'
	is "$(stat -c %u:%g:%a "$T/his/a" "$T/his/a/b" | sort -u)" 54321:54322:700 'the folders are his'
	is "$(find "$T/his/a/b" -name 'x-*.log' -user 54321 | wc -l)" 1 'and his report is there'
	paths "$T/ours/x-%p.log" "$T/his/x-%p.hprof"
	run -Dfake.crash Main
	like "$err" "the JVM's user may not write into $T/ours" 'he is asked, not we'
	is "$(find "$T/ours" -type f)" '' 'so nothing is sent there'
	ok 'and the incident has the report' test -s "$(incident)/hs_err.log"
	run --jvisor-explain Main
	like "$out" "the JVM's user may not write into $T/ours" 'an explanation says it too'
	paths "$T/group/in/x-%p.log" "$T/his/x-%p.hprof"
	run --jvisor-explain Main
	like "$out" "the JVM's user may not write" 'a group that he is not in'
	settings process.user=54321 process.group=54399
	run --jvisor-explain Main
	unlike "$out" "the JVM's user may not write" 'one that he is in'
	settings
	cp "$JVISOR" "$T/jvisor"
	mkdir -m 777 "$T/open"
	paths "$T/ours/sub/x-%p.log" "$T/open/sub/x-%p.hprof"
	settings "collect.dir=$T/open/store"
	setpriv --reuid 54321 --regid 54322 --clear-groups "$T/jvisor" -Dfake.oom -Dfake.dump=100 Main >"$out" 2>"$err"
	like "$err" "cannot make the folder $T/ours/sub" 'without rights of our own: one warning'
	is "$(stat -c %u:%a "$T/open/sub")" 54321:700 'and what can be made is made'
else
	chmod 500 "$T/new/logs"
	paths "$T/new/logs/x.log" "$T/new/dumps/x-%p.hprof"
	run --jvisor-explain Main
	like "$out" 'may not write' 'a folder that we may not write'
	chmod 700 "$T/new/logs"
fi

if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ]; then
	policy
	run --jvisor-explain -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/dev/shm Main
	like "$out" '! the heap dump goes to /dev/shm, which is in memory' 'a dump into memory is warned of'
else
	skip 'a dump into memory is warned of' '/dev/shm is no tmpfs'
fi
lib_end
