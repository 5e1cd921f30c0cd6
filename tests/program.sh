#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test program for make check. A fuzz target is given its corpus (tests/fuzz/corpus/THING
# for fuzz_THING): the replay main speaks TAP itself; a real libFuzzer target does not and, left
# to itself, would not end.
set -u

program=$1
name=${program##*/}

case $name in
fuzz_*) corpus=${FUZZ_CORPUS:?}/${name#fuzz_} ;;
*) exec "$program" ;;
esac

if ! "$program" -help=1 2>&1 | grep -q libFuzzer; then
	exec "$program" "$corpus"
fi
echo 1..1
if [ -d "$corpus" ] && "$program" -runs=0 "$corpus"; then
	echo "ok 1 - the corpus of $name"
else
	echo "not ok 1 - the corpus of $name"
fi
