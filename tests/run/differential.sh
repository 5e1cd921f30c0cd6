#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Two hundred random command lines against the JDK 17 of this machine; tests/lab has them for every JDK, and more.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

command -v python3 >/dev/null || skip_all 'there is no python3'
command -v javac >/dev/null || skip_all 'there is no javac'
for JVISOR_JAVA in /usr/lib/jvm/java-17-openjdk-*/bin/java; do
	[ -x "$JVISOR_JAVA" ] || skip_all 'there is no JDK 17'
done
classes=$T/classes
mkdir "$classes"
javac -source 8 -target 8 -nowarn -Xlint:-options -d "$classes" "$top_srcdir/tests/java/Probe.java" >"$out" 2>&1 ||
	skip_all "javac does not compile: $(tail -n 1 "$out")"

differential 17 200 1
lib_end
