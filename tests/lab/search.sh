#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A build that jvisor's table was not compared with is searched for flags; for the builds that it was compared
# with, both must say the same of every flag.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

# Each flag of the table, with a value that is none of the defaults.
{
	echo '[flags force]'
	sed -n 's/^FLAG(\([A-Za-z]*\), \([A-Z]*\),.*/\1 \2/p' "$top_srcdir/jvm/flags.def" | while read -r name type; do
		case $type in
		BOOL) echo "$name = yes" ;;
		INT) echo "$name = 7" ;;
		DOUBLE) echo "$name = 0.0" ;;
		*) echo "$name = summary" ;;
		esac
	done
} >"$T/policy.ini"
# VMOptionsFile is no flag of the VM but a word that its options begin with; the name of one that is obsolete
# (UseCompressedClassPointers in 27) stays in the library, for the warning.
unknown() { # those that are not passed, by name
	sed -n 's/^  = \([A-Za-z]*\): .*this JVM does not know the flag.*/\1/p' "$out" |
		grep -vx -e VMOptionsFile -e UseCompressedClassPointers | sort
}

for jdk in $(lab_jdks); do
	lab_java "$jdk"
	home=$(lab_home "$jdk")
	[ -e "$home/release" ] || continue # 8 of Debian says nothing of itself, so it is always searched
	run --jvisor-explain Main
	unknown >"$T/by-table"
	rm -rf "$T/other"
	mkdir -p "$T/other/bin" "$T/other/lib/server"
	cp "$home/bin/java" "$T/other/bin/"
	cp "$home/lib/server/libjvm.so" "$T/other/lib/server/"
	sed 's/^IMPLEMENTOR=.*/IMPLEMENTOR="Other"/' "$home/release" >"$T/other/release"
	JVISOR_JAVA=$T/other/bin/java run --jvisor-explain Main
	unknown >"$T/by-search"
	same "$T/by-search" "$T/by-table" "$jdk: search and table agree on $(grep -c = "$T/policy.ini") flags"
done
lab_end
