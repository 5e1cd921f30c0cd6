#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Hooks before the heap dump, as tests/run has it for the JDKs of the machine, with every JDK of the lab.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"
export JAVA_CLASSES=$classes
exec bash "$top_srcdir/tests/run/hold-jdk.sh"
