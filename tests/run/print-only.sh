#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A start that only prints is java itself: same process, nothing left behind.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

mkdir "$T/r"

# printed NAME ARGUMENT...: the shell's own process becomes java
printed() {
	local name=$1 pid
	shift
	rm -f "$T/r/state"
	# shellcheck disable=SC2016 # for the inner shell
	pid=$(sh -c 'echo $$; exec "$@" 2>/dev/null' sh "$JVISOR" -Dfake.report="$T/r" "$@" </dev/null |
		head -n 1)
	is "$(state "$T/r" pid 2>/dev/null)" "$pid" "$name is the same process"
	tr '\0' '\n' <"$T/r/args" | sed 1d >"$T/args"
	printf '%s\n' -Dfake.report="$T/r" "$@" >"$T/expected"
	same "$T/args" "$T/expected" "$name has its arguments only"
}

for option in -version --version -h -help '-?' --help --help-extra -X --list-modules; do
	printed "$option" "$option"
done
printed '-d MODULE' -d java.base
printed '--describe-module MODULE' --describe-module java.base
printed '--describe-module=MODULE' --describe-module=java.base
printed '-version behind other options' -Xmx64m -cp x -version
printed '-version before a main class' -version Main
rm -f "$T/r/state"
# shellcheck disable=SC2016 # for the inner shell
pid=$(sh -c 'echo $$; exec "$@"' sh "$JVISOR" -Dfake.report="$T/r" | head -n 1)
is "$(state "$T/r" pid)" "$pid" 'no main class is the same process'
ok 'no store was made' not test -e "$STORE"

for option in -XshowSettings -showversion -XX:+PrintFlagsFinal; do
	rm -f "$T/r/state"
	# shellcheck disable=SC2016 # for the inner shell
	pid=$(sh -c 'echo $$; exec "$@" 2>/dev/null' sh "$JVISOR" -Dfake.report="$T/r" "$option" Main |
		head -n 1)
	is "$(state "$T/r" ppid)" "$pid" "$option is an ordinary start"
done
ok 'which has a store' test -d "$STORE"

lib_end
