#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every kind of OutOfMemoryError, with every JDK, three ways: with a heap dump, without, by a crash. In order:
# the oom hooks before all else, the exit status, the verdict, what is in the incident. Then the kinds that no
# flag of the JVM sees: what happens today.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

# Says how it found the JVM: stopped (which takes it a moment), or gone.
# shellcheck disable=SC2016 # for the hook's shell
hook oom 10-state 'for i in 1 2 3 4 5 6 7 8 9 10; do
	state=$(sed -n "s/^State:.//p" /proc/$JVISOR_PID/status 2>/dev/null)
	case $state in [RSD]*) sleep 0.05 ;; *) break ;; esac
done
echo "${state:-gone}" >>'"$T/oom"
hook death 10-after "echo death >>$T/oom"

# What the kind needs; class space of 25 and later has at least 16 MiB.
options() { # KIND JDK
	case $1 in
	gc-overhead) echo -XX:+UseParallelGC ;;
	metaspace) echo -XX:MaxMetaspaceSize=16m ;;
	class-space) if [ "$2" -ge 25 ]; then echo -XX:CompressedClassSpaceSize=16m; else echo -XX:CompressedClassSpaceSize=1m; fi ;;
	esac
}

oom_kind() { # FOLDER: of the object oom
	sed -n '/^  "oom": {$/,/^  }/s/^    "kind": "\([a-z-]*\)".*/\1/p' "$1/incident.json"
}

# One way to die; the way's settings stand in the policy.
dies() { # JDK KIND WAY STATUS KINDS HOOKS
	local jdk=$1 kind=$2 name="$1 $2 $3"
	local all kinds
	rm -rf "$STORE" "$T/oom"
	# shellcheck disable=SC2046 # words
	run -Xmx24m $(options "$kind" "$jdk") -cp "$classes" Oom "$kind"
	dir=$(incident)
	is "$status" "$4" "$name: exit status $4" || diag "$(cat "$err")"
	is "$(field "$dir" kind),$(field "$dir" confidence)" oom,confirmed "$name: kind oom, confirmed"
	all=$(oom_kind "$dir")
	kinds=" $5 "
	ok "$name: which memory it was: ${all:-not known}" test "${kinds#* "${all:--}" }" != "$kinds"
	is "$(head -n 1 "$T/oom" | cut -c 1-4),$(tail -n +2 "$T/oom" | tr '\n' ' ')" "$6,death " \
		"$name: the oom hooks once, first of all"
	like "$err" "Oom ran out of memory: " "$name: the sentence"
}

for jdk in $(lab_jdks); do
	lab_java "$jdk"
	for kind in heap gc-overhead metaspace class-space array; do
		# Without a message the readings tell, and of an array that is too long there is none.
		case $kind in
		gc-overhead) read_as='heap' said='gc-overhead heap' ;;
		array) read_as='-' said='array' ;;
		*) read_as=$kind said=$kind ;;
		esac

		policy '[oom]' 'heap_dump = yes'
		dies "$jdk" "$kind" dump 3 "$read_as" 'T (s'
		ok "$jdk $kind dump: a whole heap dump" sh -c "zcat '$dir/heap.hprof.gz' | head -c 12 | grep -q 'JAVA PROFILE'"

		policy
		dies "$jdk" "$kind" 'no dump' 3 "$read_as" gone
		ok "$jdk $kind no dump: nothing but text" test -z "$(find "$dir" -name '*.hprof*' -o -name 'core*' -o -name 'hs_err*')"
		policy '[oom]' 'action = crash'
		dies "$jdk" "$kind" crash 134 "$said" gone
		ok "$jdk $kind crash: the error report" grep -q 'OutOfMemory encountered' "$dir/hs_err.log"
	done
done

# unseen JDK KIND ARGUMENT...: an end that is the program's own, as far as the JVM's flags go
unseen() {
	local jdk=$1 kind=$2
	shift 2
	rm -rf "$STORE" "$T/oom"
	run "$@"
	is "$status" 1 "$jdk $kind: exit status 1, as by java alone"
	like "$err" 'java.lang.OutOfMemoryError' "$jdk $kind: the error is on stderr"
	is "$(field "$(incident)" kind)" exit "$jdk $kind: an end by exit code, where those are filed"
	is "$(grep -v '^death$' "$T/oom" 2>/dev/null)" '' "$jdk $kind: no oom hook runs"
}

# A user of few processes: the limit counts those of a uid, and nobody else has this one.
cp "$JVISOR" "$T/jvisor-few"
chmod 755 "$T" "$T/jvisor-few"
mkdir -m 1777 "$T/anybody"
few() {
	local JVISOR=$T/few
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nexec setpriv --reuid %s --regid 65534 --clear-groups prlimit --nproc=70 %s "$@"\n' \
		$((55000 + $1)) "$T/jvisor-few" >"$T/few"
	chmod 755 "$T/few"
	STORE=$T/anybody/$1
	settings collect.on=oom,exit
	unseen "$@"
	STORE=$T/store
	settings collect.on=oom,exit
}
# No more addresses than these.
bounded() { # KIND ARGUMENT...
	local JVISOR=$T/bounded
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nulimit -v 4000000\nexec %s "$@"\n' "$top_builddir/jvisor" >"$T/bounded"
	chmod 755 "$T/bounded"
	"$@"
}

policy
settings collect.on=oom,exit
for jdk in $(lab_jdks); do
	lab_java "$jdk"
	unseen "$jdk" direct -XX:MaxDirectMemorySize=8m -cp "$classes" Oom direct
	unseen "$jdk" unsafe -cp "$classes" Oom unsafe
	unseen "$jdk" thrown -cp "$classes" Oom thrown
	few "$jdk" thread -Xmx16m -cp "$classes" Oom thread
	bounded unseen "$jdk" map -Xmx16m -XX:CompressedClassSpaceSize=16m -cp "$classes" Oom map "$T/sparse"

	# A dump that fills the disk of the store, and is asked for by the user himself: what was had is kept.
	mkdir -p "$T/small"
	mount -t tmpfs -o size=8m tmpfs "$T/small"
	STORE=$T/small/store
	settings collect.compress=0
	run -Xmx24m -XX:+HeapDumpOnOutOfMemoryError -cp "$classes" Oom heap
	is "$status" 3 "$jdk full disk: exit status 3"
	like "$(incident)/incident.json" '"cut": true' "$jdk full disk: the dump is named as cut"
	ok "$jdk full disk: and kept" test -s "$(incident)/heap.hprof"
	is "$(ls -A "$STORE/.run")" '' "$jdk full disk: nothing stays behind"
	umount "$T/small"
	STORE=$T/store
	settings collect.on=oom,exit

	# The VM's own: it says so in its error report.
	rm -rf "$STORE" "$T/oom"
	bounded run -Xmx16m -XX:CompressedClassSpaceSize=16m -cp "$classes" Oom native
	is "$status" 1 "$jdk native: exit status 1"
	is "$(field "$(incident)" kind),$(oom_kind "$(incident)")" oom,native "$jdk native: of kind oom, native"
	like "$err" 'Oom ran out of memory: the system gave the JVM itself no more memory' "$jdk native: the sentence"
	is "$(cat "$T/oom" 2>/dev/null)" 'gone
death' "$jdk native: the oom hooks, then death"
done

lab_end
