#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# At a terminal, under a shell with job control, jvisor is what java is.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start
# The leak sanitizer's tracer and a process that the terminal stops can wait for each other for ever.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

[ -x "$HELPERS/ptyrun" ] || skip_all 'ptyrun is not built'
settings collect.on=start-failed
export TERM=dumb PS1='$ ' HISTFILE=
bash=$(command -v bash)

# at_terminal NAME <SCRIPT
at_terminal() {
	"$HELPERS/ptyrun" "$bash" --norc --noprofile -i >"$T/$1.screen" 2>"$T/$1.err"
	result $? "$1" || diag "$(cat "$T/$1.err" "$T/$1.screen")"
}

at_terminal 'stop, list, go on in front, interrupt' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.ready=$T/jvm.ready -Dfake.wait Main
expect is-2-up
key Z
expect Stopped
send jobs -l
expect Stopped
send echo front-\$((2 + 2))
expect front-4
send fg
expect goes on
key C
send echo status-\$?
expect status-130
send exit
END

at_terminal 'stop, go on behind, end by kill' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.wait Main
expect is-2-up
key Z
expect Stopped
send bg
expect goes on
send kill -TERM \$(jobs -p)
send wait %1; echo status-\$?
expect status-143
send exit
END

at_terminal 'the QUIT key gives one thread dump' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.wait Main
expect is-2-up
key \\
expect Full thread dump
key C
send echo status-\$?
expect status-130
send exit
END
is "$(grep -c 'Full thread dump' "$T/the QUIT key gives one thread dump.screen")" 1 'no more than one'

at_terminal 'the JVM reads from the terminal' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.read Main
expect is-2-up
send typed
expect read: typed
send echo status-\$?
expect status-0
send exit
END

at_terminal 'behind the shell a read stops the job' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.read Main &
expect is-2-up
send sleep 0.3
send jobs
expect Stopped
send fg
expect goes on
send typed
expect read: typed
send echo status-\$?
expect status-0
send exit
END

at_terminal 'the JVM stops itself and the shell sees it' <<END
send "$JVISOR" -Dfake.stop Main
expect Stopped
send fg
send echo status-\$?
expect status-0
send exit
END

at_terminal 'the terminal hangs up' <<END
send "$JVISOR" -Dfake.out=is-\$((1 + 1))-up -Dfake.ready=$T/hangup.ready -Dfake.wait Main
expect is-2-up
close
END
ok 'and the JVM ends' eventually gone "$(jvm_of hangup)"

lib_end
