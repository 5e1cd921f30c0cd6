# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2119,SC2120 # used by those who source this
#
# For black-box tests: results in TAP, a folder of their own ($T) that goes away, and jvisor set so that
# it touches nothing outside: an empty policy, store and hooks in $T. Sourced by each script.
#
#   lib_start              begin; makes a JDK home with the fake JVM in $T/jdk
#   run ARGS...            jvisor ARGS: output in $out, $err (files), status in $status
#   start NAME ARGS...     the same in the background: $T/NAME.{out,err,status,pid}
#   ok/is/like...          one result each; lib_end prints the plan
set -u

: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
: "${JVISOR:=$top_builddir/jvisor}"
: "${JVISORCTL:=$top_builddir/jvisorctl}"
HELPERS=${HELPERS:-$top_builddir/tests/helpers}

tap_n=0
tap_failed=0
started=()
ignored= # a signal that is ignored in what start runs

diag() { # TEXT
	printf '%s\n' "$1" | sed 's/^/# /'
}

nothing() { # NAME FILE: there is no such file, or it is empty
	if [ ! -s "$2" ]; then
		result 0 "$1"
	else
		result 1 "$1"
		diag "$(head -c 3000 "$2")"
		return 1
	fi
}

skip_all() { # REASON
	echo "1..0 # SKIP $1"
	exit 0
}

skip() { # NAME REASON
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

result() { # STATUS NAME
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_failed=$((tap_failed + 1))
	fi
	return "$1"
}

ok() { # NAME COMMAND...
	local name=$1
	shift
	"$@" >/dev/null 2>&1
	result $? "$name"
}

not() { ! "$@"; }

is() { # GOT EXPECTED NAME
	if [ "$1" = "$2" ]; then
		result 0 "$3"
	else
		result 1 "$3"
		diag "got:      $1"
		diag "expected: $2"
		return 1
	fi
}

like() { # FILE PATTERN NAME: a line of the file matches the extended pattern
	if grep -qaE -- "$2" "$1" 2>/dev/null; then
		result 0 "$3"
	else
		result 1 "$3"
		diag "no line of $1 is like: $2"
		diag "$(head -c 3000 "$1" 2>&1)"
		return 1
	fi
}

unlike() { # FILE PATTERN NAME
	if [ -e "$1" ] && ! grep -qaE -- "$2" "$1"; then
		result 0 "$3"
	else
		result 1 "$3"
		diag "$(grep -aE -- "$2" "$1" 2>&1)"
		return 1
	fi
}

same() { # FILE FILE NAME
	if cmp -s "$1" "$2"; then
		result 0 "$3"
	else
		result 1 "$3"
		diag "$(diff -a "$1" "$2" 2>&1 | head -n 20)"
		return 1
	fi
}

# Waits, at most ten seconds, until the command succeeds.
eventually() { # COMMAND...
	local i
	for ((i = 0; i < 500; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.02
	done
	return 1
}

gone() { # PID: no such process, or a zombie that somebody else has to reap
	[ ! -e "/proc/$1" ] || grep -q '^State:.[ZX]' "/proc/$1/status" 2>/dev/null
}

lib_end() {
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ]
	exit
}

lib_cleanup() {
	local pid
	for pid in "${started[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	if [ -n "${T:-}" ]; then
		# What a JVM that was killed leaves: told by our folder's name in its command line.
		grep -lsaF "$T/" /tmp/hsperfdata_*/* | xargs -r rm -f
		rm -rf "$T"
	fi
}

# A JDK home as jvisor finds one: bin/java is the fake JVM, libjvm.so holds the names of the flags
# that the JDK knows.
make_jdk() { # HOME [VERSION [VENDOR]]
	mkdir -p "$1/bin" "$1/lib/server"
	cp "$HELPERS/fakejvm" "$1/bin/java"
	printf '%s\0' ExitOnOutOfMemoryError CrashOnOutOfMemoryError HeapDumpOnOutOfMemoryError \
		HeapDumpPath HeapDumpGzipLevel ErrorFile CreateCoredumpOnCrash OnError \
		OnOutOfMemoryError UsePerfData >"$1/lib/server/libjvm.so"
	printf 'IMPLEMENTOR="%s"\nJAVA_VERSION="%s"\nOS_ARCH="x86_64"\n' \
		"${3:-Debian}" "${2:-17.0.21}" >"$1/release"
}

lib_start() {
	local name
	if [ ! -x "$JVISOR" ] || [ ! -x "$HELPERS/fakejvm" ]; then
		echo "Bail out! $JVISOR or $HELPERS/fakejvm is not built"
		exit 1
	fi
	trap lib_cleanup EXIT
	trap 'exit 1' INT TERM HUP
	T=$(mktemp -d "${TMPDIR:-/tmp}/jvisor-test.XXXXXX") || exit 1
	out=$T/out
	err=$T/err
	STORE=$T/store
	for name in ${!JVISOR_@}; do
		unset "$name"
	done
	unset JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS STATE_DIRECTORY \
		NOTIFY_SOCKET LISTEN_PID LISTEN_FDS WATCHDOG_PID WATCHDOG_USEC SYSTEMD_EXEC_PID INVOCATION_ID
	# A crash is meant to leave no core in the folder the test was started in.
	cd "$T" || exit 1
	make_jdk "$T/jdk"
	mkdir -p "$T/hooks.d"
	: >"$T/policy.ini"
	export JVISOR_JAVA=$T/jdk/bin/java JVISOR_POLICY=$T/policy.ini
	settings
}

# JVISOR_SET for this test: what keeps it in $T, and more.
settings() { # SECTION.KEY=VALUE...
	local one
	JVISOR_SET="collect.dir=$STORE;collect.wait=yes;collect.min_free=0;hooks.dir=$T/hooks.d"
	for one in "$@"; do
		JVISOR_SET="$JVISOR_SET;$one"
	done
	export JVISOR_SET
}

# The shell's own word on a death by a signal is not of interest.
run() { # ARGUMENT...
	{ timeout --foreground -k 1 30 "$JVISOR" "$@" >"$out" 2>"$err" </dev/null; } 2>/dev/null
	status=$?
}

# The same by java alone, to compare with.
plain() { # ARGUMENT...
	{ timeout --foreground -k 1 30 "$JVISOR_JAVA" "$@" >"$out" 2>"$err" </dev/null; } 2>/dev/null
	status=$?
}

# How the command ended as waitpid sees it: "exit 3", "signal 6".
ended() { # COMMAND...
	"$HELPERS/waiter" -n -s "$T/ended" "$@" >"$out" 2>"$err" </dev/null
	cat "$T/ended"
}

# In the background with every signal at its default. $! is waiter; the pids are in NAME.pid and, once
# the fake JVM is up (where -Dfake.ready=$T/NAME.ready is among the arguments), in NAME.ready.
start_command() { # NAME COMMAND...
	local name=$1
	shift
	rm -f "$T/$name.pid" "$T/$name.status" "$T/$name.ready"
	"$HELPERS/waiter" -n ${ignored:+-i "$ignored"} -p "$T/$name.pid" -s "$T/$name.status" "$@" \
		>"$T/$name.out" 2>"$T/$name.err" </dev/null &
	eventually test -s "$T/$name.pid"
	started+=("$(cat "$T/$name.pid")")
}

start() { # NAME ARGUMENT...
	local name=$1
	shift
	start_command "$name" "$JVISOR" "-Dfake.ready=$T/$name.ready" "$@"
	eventually test -s "$T/$name.ready" || diag "$(cat "$T/$name.err")"
}

# A value of a report (-Dfake.report=DIR): pid, cwd, umask, ...
state() { # DIR NAME
	sed -n "s/^$2 //p" "$1/state"
}

# Behind the main class, what the JVM was given; one argument a line, its line ends as \001.
program_args() { # DIR
	tr '\0\n' '\n\1' <"$1/args" | sed '1,/^Main$/d'
}

pid_of() { cat "$T/$1.pid"; }    # jvisor
jvm_of() { tail -n 1 "$T/$1.ready"; } # the JVM
status_of() { # NAME: waits for the end
	eventually test -s "$T/$1.status"
	cat "$T/$1.status" 2>/dev/null
}

# The incidents, oldest first: names of folders, or how many.
incidents() {
	[ -d "$STORE" ] || return 0
	find "$STORE" -mindepth 1 -maxdepth 1 -name '2*Z-*' -printf '%T@ %f\n' | sort -n | cut -d ' ' -f 2
}
incident_count() { incidents | grep -c .; }
incident() { # the newest one's folder
	printf '%s/%s\n' "$STORE" "$(incidents | tail -n 1)"
}

# The first value of a name in incident.json; top-level names stand before those inside.
field() { # FOLDER NAME
	[ -e "$1/incident.json" ] || return
	tr -d '\n' <"$1/incident.json" |
		grep -aoE "\"$2\": *(\"([^\"\\\\]|\\\\.)*\"|[^,}\" ]+)" | head -n 1 |
		sed -E 's/^"[^"]*": *//; s/^"(.*)"$/\1/'
}

# What a hook script does: its text, with the run bit.
hook() { # EVENT NAME TEXT
	mkdir -p "$T/hooks.d/$1"
	printf '#!/bin/sh\n%s\n' "$3" >"$T/hooks.d/$1/$2"
	chmod 755 "$T/hooks.d/$1/$2"
}

policy() { # LINE...
	printf '%s\n' "$@" >"$T/policy.ini"
}

# The results of a program that speaks TAP become ours.
results_of() { # NAME COMMAND...
	local line name=$1
	shift
	while IFS= read -r line; do
		case $line in
		'ok '*) result 0 "${line#* - }" ;;
		'not ok '*) result 1 "${line#* - }" ;;
		*) echo "$line" ;;
		esac
	done < <("$@" 2>&1 || echo "not ok 0 - $name came to its end")
}

# Random command lines against the JDK of JVISOR_JAVA; Probe stands in $classes.
# shellcheck disable=SC2154 # classes is the caller's
differential() { # RELEASE COUNT SEED
	results_of "$1: the comparison" python3 "$top_srcdir/tests/lab/differential/run.py" --feature "$1" \
		--count "$2" --seed "$3" --java "$JVISOR_JAVA" --jvisor "$JVISOR" --jvisorctl "$JVISORCTL" \
		--words "$HELPERS/words" --classes "$classes" --source "$top_srcdir/tests/java/Probe.java"
}
