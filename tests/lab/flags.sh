#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The table of flags against the flags of each JDK of the lab (flags.py).
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

for jdk in $(lab_jdks); do
	lab_java "$jdk"
	results_of "$jdk: the comparison" python3 "$top_srcdir/tests/lab/flags.py" "$jdk" "$JVISOR_JAVA" "$JVISORCTL"
done
lib_end
