#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# KILL to jvisor means what it meant for java: no JVM is left.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

chmod 755 "$T"
mkdir -m 1777 "$T/open"

# left NAME [COMMAND...]: kill -9 of jvisor takes the JVM along
left() {
	local name=$1 ready=$T/open/$2
	start_command "$2" "$JVISOR" -Dfake.ready="$ready" -Dfake.report="$T/open" -Dfake.deaf -Dfake.wait Main
	eventually test -s "$ready" || diag "$(cat "$T/$2.err")"
	is "$(state "$T/open" uid)" "$3" "$name: it runs as $3"
	kill -KILL "$(pid_of "$2")"
	ok "$name: jvisor killed leaves no JVM" eventually gone "$(cat "$ready")"
	rm -f "$T"/open/*
}

left plain plain "$(id -u)"

start stopped -Dfake.wait Main
kill -STOP "$(jvm_of stopped)"
kill -KILL "$(pid_of stopped)"
ok 'also a JVM that is stopped' eventually gone "$(jvm_of stopped)"

if [ "$(id -u)" -ne 0 ]; then
	skip 'with [process] user' 'needs root'
	skip 'with file capabilities' 'needs root'
else
	settings process.user=65534
	left 'with [process] user' user 65534
	if command -v setcap >/dev/null && setcap cap_net_bind_service+ep "$T/jdk/bin/java" 2>/dev/null; then
		left 'with file capabilities' capable 65534
	else
		skip 'with file capabilities' 'setcap does not work here'
	fi
fi

lib_end
