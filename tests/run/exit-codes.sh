#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The status of the JVM comes back, as the shell and as waitpid see it.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

# An end by a signal is an incident; here only the status matters.
settings collect.on=start-failed

wrong=
for ((code = 0; code < 256; code++)); do
	got=$(ended "$JVISOR" -Dfake.exit=$code Main)
	[ "$got" = "exit $code" ] || wrong="$wrong $code: $got;"
done
is "$wrong" '' 'every exit code from 0 to 255 is the same'

# Those whose default action is not to end the process.
quiet=' 17 18 19 20 21 22 23 28 '
wrong=
for ((sig = 1; sig <= 64; sig++)); do
	case $quiet in *" $sig "*) continue ;; esac
	case $sig in 32 | 33) continue ;; esac # of the C library
	got=$(ended "$JVISOR" -Dfake.signal=$sig Main)
	[ "$got" = "signal $sig" ] || wrong="$wrong $sig: $got;"
done
is "$wrong" '' 'every signal that ends the JVM ends jvisor by the same signal'

("$JVISOR" -Dfake.signal=15 Main; exit $?) 2>/dev/null
is $? 143 'a shell sees 128 and the signal'
is "$(ended "$JVISOR" -Dfake.exit=143 Main)" 'exit 143' 'an exit code of 143 stays an exit code'
is "$(ended "$JVISOR" -Dfake.crash Main)" 'signal 6' 'a crash is SIGABRT'
is "$(ended "$JVISOR" -Dfake.oom Main)" 'exit 3' 'memory exhausted is 3'
settings collect.on=start-failed oom.action=crash
is "$(ended "$JVISOR" -Dfake.oom Main)" 'signal 6' 'with [oom] action = crash it is SIGABRT'
settings collect.on=start-failed oom.action=continue
is "$(ended "$JVISOR" -Dfake.oom Main)" 'exit 1' 'with [oom] action = continue it is what the program makes of it'

lib_end
