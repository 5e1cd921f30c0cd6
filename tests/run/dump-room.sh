#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Too little room means no heap dump and a sentence, not a full disk.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

policy '[oom]' 'heap_dump = yes'
run -Xmx64m -Dfake.oom Main
ok 'with room there is a dump' test -s "$(incident)/heap.hprof.gz"
is "$(wc -l <"$err")" 2 'and no more is said than the end of it' || diag "$(cat "$err")"

settings collect.min_free=100%
run -Xmx64m -Dfake.report="$T" -Dfake.oom Main
is "$status" 3 'without room the JVM dies as it would'
like "$err" "no heap dump will be written: that of a full heap \(64 MiB\) does not fit: $STORE has 0 B to spare above \[collect\] min_free" \
	'and it is said before'
# shellcheck disable=SC2317 # called by ok
not_asked() { ! tr '\0' '\n' <"$T/args" | grep -q HeapDump; }
ok 'the JVM is not asked for one' not_asked
is "$(field "$(incident)" kind)" oom 'the incident is filed'
like "$err" 'No heap dump was written: there was no room for it' 'the sentence tells why there is no dump'
ok 'without a dump' test ! -e "$(incident)/heap.hprof.gz"
"$JVISOR" --jvisor-explain -Xmx64m Main >"$out" 2>&1
like "$out" '\[oom\] heap_dump = yes: no dump: that of a full heap' 'explain says so too'

run -Xmx64m -XX:+HeapDumpOnOutOfMemoryError -Dfake.oom Main
like "$err" 'may fill the disk and be cut' 'who asks for it himself is warned'
ok 'and has it' test -s "$(incident)/heap.hprof"

mkdir "$T/small"
# shellcheck disable=SC2016 # for the inner shell
tiny=(unshare --mount sh -c 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"' "$T/small")
if "${tiny[@]}" true 2>/dev/null; then
	settings collect.dir="$T/store2"
	"${tiny[@]}" "$JVISOR" -Xmx64m -XX:HeapDumpPath="$T/small/own.hprof" -Dfake.oom Main >"$out" 2>"$err"
	like "$err" "$T/small/own.hprof has [0-9.]+ KiB to spare" 'the place that counts is where it will land'
else
	skip 'a small file system' 'nothing can be mounted here'
fi

# The heap is larger than its -Xmx says (such is the fake JVM), so that what fits before the start does not when
# memory is exhausted: the disk has filled.
mkdir "$T/held"
# shellcheck disable=SC2016 # for the inner shell
held=(unshare --mount sh -c 'mount -t tmpfs -o size=40m tmpfs "$0" && "$@"; s=$?; cp -r "$0" "$0.kept"; exit $s' "$T/held")
if "${held[@]}" true 2>/dev/null; then
	rm -rf "$T/held.kept"
	hook oom 10-says "echo oom >>'$T/hooks'"
	settings collect.dir="$T/held/store" oom.exit_code=7
	"${held[@]}" "$JVISOR" -Xmx16m -Dfake.held -Dfake.oom Main >"$out" 2>"$err"
	is $? 7 'no room when it comes to the dump: the status is [oom] exit_code'
	like "$err" 'no room for the heap dump of Main' 'which is said'
	is "$(cat "$T/hooks")" oom 'the oom hooks ran, once'
	STORE=$T/held.kept/store
	dir=$(incident)
	is "$(field "$dir" kind),$(field "$dir" confidence)" oom,confirmed 'of kind oom'
	like "$dir/incident.json" '"verdict": ".*jvisor ended it before its heap dump. No heap dump was written: there was no room' \
		'the sentence'
	is "$(find "$T/held.kept" -name '*.hprof*')" '' 'and nothing of a dump'
else
	skip 'a disk that fills meanwhile' 'nothing can be mounted here'
fi

lib_end
