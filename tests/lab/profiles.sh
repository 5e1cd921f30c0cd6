#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The profiles on every JDK: the flags as the running JVM itself tells them, and what becomes of one that
# runs out of memory.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

ulimit -c unlimited 2>/dev/null
hard=$(ulimit -H -c)
names=(ExitOnOutOfMemoryError CrashOnOutOfMemoryError HeapDumpOnOutOfMemoryError HeapDumpGzipLevel ErrorFile HeapDumpPath)

flag() { # NAME: as the JVM told
	sed -n "s/^$1 \{0,1\}//p" "$out"
}
# has TITLE EXIT CRASH DUMP CORE
has() {
	is "$(flag ExitOnOutOfMemoryError)-$(flag CrashOnOutOfMemoryError)-$(flag HeapDumpOnOutOfMemoryError)-$(flag core)" \
		"$2-$3-$4-$5" "$1: exit, crash, heap dump, limit on cores"
}
# shellcheck disable=SC2317 # called by ok
in_the_store() { # FLAG PATTERN
	case $(flag "$1") in
	"$STORE"/.run/*/$2) return 0 ;;
	*) return 1 ;;
	esac
}

hook oom 10-deregister "echo \$JVISOR_KIND >>$T/deregistered"
for jdk in $(lab_jdks); do
	lab_java "$jdk"
	for profile in production container minimal development off; do
		run "--jvisor-set=policy.profile=$profile" -cp "$classes" Flags "${names[@]}"
		case $profile in
		development) has "$jdk, $profile" false true true "$hard" ;;
		minimal) has "$jdk, $profile" false false false 0 ;;
		off) has "$jdk, $profile" false false false "$hard" ;;
		*) has "$jdk, $profile" true false false 0 ;;
		esac
		if [ "$profile" = off ]; then
			is "$(flag ErrorFile)$(flag HeapDumpPath)" '' "$jdk, $profile: no path"
			continue
		fi
		ok "$jdk, $profile: the report goes to the incident" in_the_store ErrorFile 'hs_err_pid%p.log' ||
			diag "$(cat "$out")"
		[ "$profile" = development ] || continue
		ok "$jdk, $profile: and so does the dump" in_the_store HeapDumpPath 'heap.hprof*' || diag "$(cat "$out")"
		case $jdk in
		8 | 11) is "$(flag HeapDumpGzipLevel)" absent "$jdk, $profile: this JVM cannot compress" ;;
		*) is "$(flag HeapDumpGzipLevel)" 1 "$jdk, $profile: gzip level 1" ;;
		esac
	done

	rm -f "$T/deregistered"
	run --jvisor-set=policy.profile=production -Xmx16m -cp "$classes" Leak
	is "$status" 3 "$jdk, production: memory exhausted is exit 3"
	is "$(cat "$T/deregistered")" oom 'and the service is taken out of its register'
	is "$(find "$(incident)" -name 'heap*' -o -name 'core*' -o -name 'hs_err*')" '' 'nothing large is left'

	run --jvisor-set=policy.profile=development -Xmx16m -cp "$classes" Leak
	is "$status" 134 "$jdk, development: a crash"
	ok 'with a heap dump, packed' test -s "$(incident)/heap.hprof.gz"
	like "$(incident)/hs_err.log" 'OutOfMemory encountered|java.lang.OutOfMemoryError' 'and a report'
	if [ "$(head -c 1 /proc/sys/kernel/core_pattern)" = '|' ] || [ "$hard" != unlimited ]; then
		skip 'and a core' "core_pattern is $(cat /proc/sys/kernel/core_pattern), the limit $hard"
	else
		is "$(find "$(incident)" -name 'core*' | wc -l)" 1 'and a core'
	fi
	rm -rf "$STORE"
done
lab_end
