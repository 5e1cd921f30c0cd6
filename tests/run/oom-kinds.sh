#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A few kinds of OutOfMemoryError on a real JDK; tests/lab/oom-kinds.sh has all of them on all JDKs.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

javac=$(command -v javac) || skip_all 'there is no javac'
JVISOR_JAVA=$(dirname "$(readlink -f "$javac")")/java
export JVISOR_JAVA
classes=$T/classes
mkdir "$classes"
"$javac" -source 8 -target 8 -nowarn -Xlint:-options -d "$classes" "$top_srcdir/tests/java/Oom.java" \
	>"$out" 2>&1 || skip_all "javac does not compile: $(tail -n 1 "$out")"

# kind WAY STATUS PATTERN ARGUMENT...
kind() {
	local name=$1 expected=$2 pattern=$3
	shift 3
	run -Xmx24m "$@"
	is "$status" "$expected" "$name: exit status $expected"
	is "$(field "$(incident)" kind)" oom "$name: kind oom"
	like "$err" "Oom ran out of memory: $pattern" "$name: the sentence"
}

kind 'metaspace' 3 'the metaspace is full \(16 MiB of at most 16 MiB used\)' \
	-XX:MaxMetaspaceSize=16m -cp "$classes" Oom metaspace
policy '[oom]' 'action = crash'
kind 'an array, by a crash' 134 'an array longer than the JVM can make was asked for' -cp "$classes" Oom array
ok 'with its error report' test -s "$(incident)/hs_err.log"
policy

before=$(incident_count)
run -cp "$classes" Oom thrown
is "$status" 1 'one that the program throws itself: 1, as by java'
is "$(incident_count)" "$before" 'and no incident: it is the program'"'"'s own end'

# The dump fills the disk of the store: its tail gives way to the text.
mkdir "$T/small"
# shellcheck disable=SC2016 # for the inner shell
small=(unshare --mount sh -c 'mount -t tmpfs -o size=8m tmpfs "$0" && "$@"; s=$?; cp -r "$0" "$0.kept"; exit $s' "$T/small")
if "${small[@]}" true 2>/dev/null; then
	rm -rf "$T/small.kept"
	settings collect.dir="$T/small/store" collect.compress=0
	"${small[@]}" "$JVISOR" -Xmx24m -XX:+HeapDumpOnOutOfMemoryError -cp "$classes" Oom heap >"$out" 2>"$err"
	is $? 3 'a disk that the dump fills: 3'
	STORE=$T/small.kept/store
	dir=$(incident)
	is "$(field "$dir" kind)" oom 'the incident is filed' || diag "$(cat "$err"; find "$T/small.kept" | head -n 30)"
	like "$dir/incident.json" '"cut": true' 'the dump is named as cut'
	ok 'and kept' test -s "$dir/heap.hprof"
else
	skip 'a full disk' 'no file system can be mounted here'
fi

lib_end
