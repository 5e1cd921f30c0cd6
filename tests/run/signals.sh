#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every signal sent to jvisor is passed on, once; ignored ones stay ignored.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

settings collect.on=start-failed

# passed NAME SIGNAL...: the JVM, which notes each signal, gets each of them once
passed() {
	local name=$1 sig
	shift
	rm -f "$T/note"
	start "$name" -Dfake.note="$T/note" -Dfake.deaf -Dfake.wait Main
	: >"$T/expected"
	for sig in "$@"; do
		kill -s "$sig" "$(pid_of "$name")" 2>/dev/null || break
		printf '%02d\n' "$sig" >>"$T/expected"
		eventually grep -qx "$(printf %02d "$sig")" "$T/note" || break
	done
	same "$T/note" "$T/expected" "$name signals are passed on, each once"
	kill -KILL "$(jvm_of "$name")"
	is "$(status_of "$name")" 'signal 9' 'and KILL to the JVM ends both'
}

passed ordinary 1 2 3 10 12 13 14 15 16 18 20 21 22 23 24 25 26 27 28 29 30
passed fault 4 5 6 7 8 11 31
# shellcheck disable=SC2046 # numbers
passed real-time $(seq 34 64)

start quit -Dfake.wait Main
kill -QUIT "$(pid_of quit)"
eventually grep -q 'Full thread dump' "$T/quit.out"
for end in 'TERM 15 143' 'INT 2 130' 'HUP 1 129'; do
	# shellcheck disable=SC2086 # words
	set -- $end
	[ "$1" = TERM ] || start quit -Dfake.wait Main
	kill -s "$1" "$(pid_of quit)"
	is "$(status_of quit)" "exit $3" "$1 ends with $3"
	if [ "$1" = TERM ]; then
		is "$(grep -c 'Full thread dump' "$T/quit.out")" 1 'QUIT gives one thread dump'
	fi
done

mkdir "$T/r"
for sig in 1 2; do
	ignored=$sig
	start "ignored$sig" -Dfake.report="$T/r" -Dfake.wait Main
	ignored=
	ok "the JVM starts with signal $sig ignored where jvisor did" \
		test $((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' "$T/r/state") & (1 << (sig - 1)))) -ne 0
	kill -s $sig "$(pid_of "ignored$sig")"
	kill -QUIT "$(pid_of "ignored$sig")"
	eventually grep -q 'Full thread dump' "$T/ignored$sig.out"
	ok 'and neither ends by it' not gone "$(jvm_of "ignored$sig")"
	kill -TERM "$(pid_of "ignored$sig")"
	is "$(status_of "ignored$sig")" 'exit 143' 'but by TERM'
done

start deaf -Dfake.note="$T/note2" -Dfake.deaf -Dfake.wait Main
kill -TERM "$(pid_of deaf)"
eventually grep -q . "$T/note2"
kill -TERM "$(pid_of deaf)"
# shellcheck disable=SC2317 # called by eventually
twice() { [ "$(grep -c 15 "$T/note2")" -eq 2 ]; }
ok 'a second TERM is passed on as well' eventually twice
kill -KILL "$(jvm_of deaf)"

lib_end
