#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2317 # functions that eventually calls
#
# A restart in place, on the machine and with its JDK: the next JVM serves while the core of the last one, which
# is no smaller than its memory and takes its time, is still being compressed.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
if [ "$(id -u)" -ne 0 ] || [ ! -w /proc/sys/kernel/core_pattern ]; then
	skip_all 'core_pattern cannot be set'
fi
lib_start
lab_classes || skip_all "javac does not compile tests/java: $(tail -n 1 "$classes/log")"
JVISOR_JAVA=$(readlink -f "$(command -v java)") || skip_all 'there is no java'
lab_core_pattern core

mains() { grep -ac '^main ' "$T/$1.out"; }
main_at() { sed -n "s/^main //p" "$T/$1.out" | sed -n "$2p"; } # NAME N: when the main of the Nth JVM began
again() { [ "$(mains "$1")" -ge 2 ]; }
complete() { [ "$(field "$(incident)" status)" = complete ]; }
longer() { # COMMAND...: as eventually, for what takes a while
	local i
	for ((i = 0; i < 9; i++)); do
		eventually "$@" && return 0
	done
	return 1
}

restarted() { # NAME USER
	local name=$1 user=$2 as_ended died gap
	rm -rf "$STORE" "$T/work"
	mkdir -m 777 "$T/work"
	chmod 755 "$T"
	settings restart.when=failure crash.core=yes "process.chdir=$T/work" ${user:+process.user=$user}
	# Not by start_command, which allows no core.
	"$HELPERS/waiter" -p "$T/$name.pid" -s "$T/$name.status" "$JVISOR" -Xmx500m -cp "$classes" \
		CrashOnce "$T/work/crashed" 128 >"$T/$name.out" 2>"$T/$name.err" </dev/null &
	eventually test -s "$T/$name.pid"
	started+=("$(pid_of "$name")")
	ok "$name: another JVM is started behind the crash" longer again "$name"
	as_ended=$(field "$(incident)" status)
	is "$as_ended" 'in progress' "$name: while the incident of the crash is still being worked on"
	ok "$name: its core lies there as the kernel wrote it" test -s "$(incident)/core"
	ok "$name: under the same jvisor" not gone "$(pid_of "$name")"
	died=$(date -d "$(field "$(incident)" ended)" +%s%3N)
	gap=$(($(main_at "$name" 2) - died))
	diag "$name: $gap ms from the death to the next main"
	ok "$name: the core is compressed in the end" longer complete
	ok "$name: and is there" test -s "$(incident)/core.gz"
	is "$(field "$(incident)" kind)" crash "$name: it was a crash"
	kill -TERM "$(pid_of "$name")"
	is "$(status_of "$name")" 'exit 143' "$name: and stops when asked"
}

restarted same-user ''
restarted other-user nobody
lib_end
