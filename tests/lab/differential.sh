#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Random command lines, variables and option files: jvisor against each JDK of the lab itself (differential/run.py).
#
# DIFFERENTIAL_COUNT cases a JDK (default: 2000), DIFFERENTIAL_SEED (1), DIFFERENTIAL_JDKS (all).
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

for jdk in ${DIFFERENTIAL_JDKS:-$(lab_jdks)}; do
	lab_java "$jdk"
	differential "$jdk" "${DIFFERENTIAL_COUNT:-2000}" "${DIFFERENTIAL_SEED:-1}"
done
lib_end
