#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A heap dump that is cut is kept and named as cut; one that could not be written at all leaves a reason.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

# step_error FOLDER NAME: what incident.json says of it
step_error() {
	sed -n "\\|\"name\": \"$2\",|,/}/s/.*\"error\": \"\(.*\)\".*/\1/p" "$1/incident.json" | head -n 1
}

policy '[oom]' 'heap_dump = yes'
run -Xmx64m -Dfake.oom -Dfake.dump=300000 -Dfake.cut Main
is "$status" 3 'the disk was full in the middle of the dump: 3 all the same'
dir=$(incident)
is "$(zcat "$dir/heap.hprof.gz" | wc -c)" 300000 'what was had of it is kept'
like "$dir/incident.json" '"cut": true' 'named as cut'
is "$(field "$dir" status)" partial 'the incident is partial'
like <(step_error "$dir" 'check heap.hprof') . 'it is cut: the disk was full' 'and says why'
like "$dir/report.txt" 'heap\.hprof\.gz .*, cut$' 'so does the report'
like "$dir/incident.json" '"verdict": ".*The heap dump is cut: make room' 'and the sentence'
unlike "$dir/report.txt" 'Eclipse MAT' 'nobody is told to open it'

run -Xmx64m -Dfake.oom -Dfake.dump=0 Main
is "$(step_error "$(incident)" 'check heap.hprof')" 'it is empty: the JVM was ended before it wrote' 'an empty one'

# Parts of 25 and later that were not put together.
# shellcheck disable=SC2016 # for the shell that the JVM runs
run -Xmx64m -Dfake.say="cd '$STORE'/.run/*.0000 && echo x >heap.hprof.p0 && echo x >heap.hprof.p1" \
	-Dfake.oom -Dfake.cut Main
dir=$(incident)
ok 'parts are taken' test -e "$dir/files/heap.hprof.p0" -a -e "$dir/files/heap.hprof.p1"
is "$(step_error "$dir" 'check files/heap.hprof.p0')" 'it is a part of a heap dump that was not put together' 'and named'
is "$(ls -A "$STORE/.run")" '' 'nothing of them stays in the run folder'

# missing REASON NAME ARGUMENT...
missing() {
	local reason=$1 name=$2
	shift 2
	run -Xmx64m "$@" -Dfake.oom Main
	is "$status" 3 "$name: 3"
	like <(step_error "$(incident)" heap-dump) "$reason" "$name: the reason"
	like "$err" 'No heap dump was left, though one was asked for' "$name: the sentence"
}
mkdir "$T/own"
missing "the JVM wrote none to $T/own/a.hprof: a file of that name was there before" 'a name that exists' \
	-XX:HeapDumpPath="$T/own/a.hprof" -Dfake.say="touch -d '1 hour ago' '$T/own/a.hprof'"
ok 'that file is not touched' test -e "$T/own/a.hprof" -a ! -s "$T/own/a.hprof"
mkdir "$T/going"
missing "the JVM wrote none to $T/going/a.hprof: its folder is not there" 'a folder that went away' \
	-XX:HeapDumpPath="$T/going/a.hprof" -Dfake.say="rmdir '$T/going'"

if [ "$(id -u)" -eq 0 ]; then
	cp "$JVISOR" "$T/jvisor"
	chmod 755 "$T" "$T/jvisor"
	mkdir -m 1777 "$T/anybody"
	mkdir -m 755 "$T/roots"
	settings collect.dir="$T/anybody/store"
	setpriv --reuid 54321 --regid 54321 --clear-groups "$T/jvisor" -Xmx64m \
		-XX:HeapDumpPath="$T/roots/a.hprof" -XX:+ExitOnOutOfMemoryError -Dfake.oom Main >"$out" 2>"$err"
	is $? 3 'an unwritable folder: 3'
	STORE=$T/anybody/store
	like <(step_error "$(incident)" heap-dump) 'a.hprof: its folder may not be written to by the JVM.s user' 'and the reason'
else
	skip 'an unwritable folder' 'needs another user'
fi

lib_end
