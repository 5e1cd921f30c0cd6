#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Hooks before the heap dump: the JVM is held as its dump begins, and never left so.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start
# The leak sanitizer's tracer and a process that the terminal stops can wait for each other for ever.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

log=$T/log
dumping=(-XX:+HeapDumpOnOutOfMemoryError)
oom=(-Dfake.sleep=30 -Dfake.oom "${dumping[@]}")
hold=("${oom[@]}" -Dfake.held)

# What an event's hook saw: its name, the state of the JVM ("gone" where there is none).
# A process that got its STOP may not have had the CPU since.
state="state() { sed -n 's/^State:.\\(.\\).*/\\1/p' /proc/\$1/status 2>/dev/null; }
settle() { for i in 1 2 3 4 5 6 7 8 9 10; do case \$(state \$1) in T | '') break ;; esac; sleep 0.1; done; }"
saw() { # EVENT [MORE]
	hook "$1" 10-look "$state
[ \$1 != oom ] || settle \$2
s=\$(state \$2)
echo \"\$1 \${s:-gone}\" >>$log; env >$T/env.\$1
${2:-}"
}
logged() { # the lines so far, as one
	paste -sd ' ' "$log" 2>/dev/null
	rm -f "$log"
}
fresh() { # SETTING...
	rm -rf "$STORE" "$log" "$T/go" "$T/inside" "$T"/*.hprof
	settings "$@"
}
# In the hook: goes on when the test lets it.
wait_go="touch $T/inside; while [ ! -e $T/go ]; do sleep 0.02; done"
go() {
	touch "$T/go"
	rm -f "$T/inside"
}
# shellcheck disable=SC2317
held() { grep -q '^State:.T' "/proc/$1/status"; }
# shellcheck disable=SC2317
filed() { [ "$(incident_count)" -gt 0 ]; }
# shellcheck disable=SC2317
released() { not held "$1"; }

saw oom
saw crash
saw death
saw stop

# --- the order, in our own folder ---
fresh
is "$(ended "$JVISOR" "${hold[@]}" Main)" 'exit 3' 'held at its dump, it ends with 3 as before'
is "$(logged)" 'oom T death gone' 'the oom hooks run while it stands still, each event once'
like "$out" 'Heap dump file created' 'then it dumps'
like "$T/env.oom" "^JVISOR_HEAP_DUMP=$STORE/.run/.*/heap.hprof\$" 'they know the dump'
like "$T/env.oom" '^JVISOR_KIND=oom$' 'and the kind'
like "$T/env.oom" "^JVISOR_INCIDENT_DIR=$STORE/.run/" 'and the folder, as it is then'
like "$err" 'is held at the start of its heap dump' 'a line says it'
is "$(field "$(incident)" watch)" inotify 'the incident says how it was seen'
like "$(incident)/incident.json" '"dump_bytes": *[0-9]' 'how much was written'
like "$(incident)/report.txt" 'jvisor held it when its heap dump began' 'and so does the report'
ok 'the dump is whole' sh -c "zcat -f '$(incident)'/heap.hprof* | head -c 12 | grep -q 'JAVA PROFILE'"

run -XX:-HeapDumpOnOutOfMemoryError -Dfake.oom Main
is "$(logged)" 'oom gone death gone' 'without a dump they run when it has gone, once'
settings oom.hooks_first=no
run "${oom[@]}" Main
is "$(logged)" 'oom gone death gone' 'with hooks_first = no too'
settings oom.hooks_deadline=0
run "${oom[@]}" Main
is "$(logged)" 'oom gone death gone' 'and with no time for them'
fresh oom.action=continue
run "${hold[@]}" Main
is "$(logged)" 'oom T death gone' 'one that goes on after its dump is held for them too'
is "$status" 1 'and goes on'

# --- false alarms ---
fresh
run -Dfake.snapshot "${hold[@]}" Main
is "$(logged)" 'oom T death gone' 'a dump of another name is none'
fresh collect.on=killed
start false "${dumping[@]}" -XX:HeapDumpPath="$T/mine.hprof" -Dfake.wait Main
: >"$T/mine.hprof"
sleep 0.2
ok 'a file of that name that the JVM has not open leaves it alone' not held "$(jvm_of false)"
kill -TERM "$(pid_of false)"
is "$(status_of false)" 'exit 143' 'it goes on'
is "$(logged)" 'stop S' 'and no oom hook has run'
fresh
run -XX:+HeapDumpBeforeFullGC "${oom[@]}" -XX:HeapDumpPath="$T/full.hprof" Main
is "$(logged)" 'oom gone death gone' 'with dumps at full collections there are no early hooks'
run --jvisor-explain -XX:+HeapDumpBeforeFullGC "${oom[@]}" Main
like "$out" 'oom hooks do not run before the dump' 'as explain says'
run --jvisor-explain "${oom[@]}" -XX:HeapDumpPath="$T/mine.hprof" Main
like "$out" 'in your folder: that it is the dump is presumed' 'and for a folder of the user, that it is presumed'

# --- a folder of the user's ---
fresh
run "${hold[@]}" -XX:HeapDumpPath="$T/mine.hprof" Main
is "$(logged)" 'oom T death gone' 'in a folder of the user they run first too'
like "$err" 'out of memory, it is presumed: it is held' 'presumed'
like "$(incident)/incident.json" '"presumed": *true' 'as the incident says'
ok 'the dump stays there' test -s "$T/mine.hprof"

# --- no file, no event ---
fresh
start exists "${oom[@]}" -Dfake.sleep=400 -XX:HeapDumpPath="$T/there.hprof" Main
: >"$T/there.hprof"
is "$(status_of exists)" 'exit 3' 'where the name exists'
like "$T/exists.out" 'Unable to create' 'there is no dump'
is "$(logged)" 'oom gone death gone' 'and the hooks run at the end'
mkdir "$T/away"
start away "${oom[@]}" -Dfake.sleep=400 -XX:HeapDumpPath="$T/away/x.hprof" Main
rm -r "$T/away"
is "$(status_of away)" 'exit 3' 'where the folder went away'
is "$(logged)" 'oom gone death gone' 'they do too'
run "${oom[@]}" -XX:HeapDumpPath="$T/never/x.hprof" Main
is "$(logged)" 'oom gone death gone' 'or never was'
like "$err" 'cannot watch .*/never' 'with one warning'
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$T/closed" "$T/full"
	chown 65534 "$T/closed"
	fresh process.keep_caps=none # a root that may not write everywhere
	run "${oom[@]}" -XX:HeapDumpPath="$T/closed/x.hprof" Main
	like "$out" 'Unable to create .*Permission denied' 'where the JVM has no right to make it'
	is "$(logged)" 'oom gone death gone' 'they do too'
	fresh
	# shellcheck disable=SC2016 # for the inner shell
	printf '#!/bin/sh\nexec unshare --mount sh -c %s %s %s "$@"\n' \
		"'mount -t tmpfs -o nr_inodes=1 tmpfs \"\$0\" && exec \"\$@\"'" "$T/full" "$JVISOR" >"$T/full-disk"
	chmod 755 "$T/full-disk"
	JVISOR=$T/full-disk run "${oom[@]}" -XX:HeapDumpPath="$T/full/x.hprof" Main
	like "$out" 'Unable to create .*No space left' 'and where there is no space for it'
	is "$(logged)" 'oom gone death gone' 'as well'
fi

# --- hooks that hang, cannot run, or take long ---
saw oom 'sleep 60'
fresh oom.hooks_deadline=400ms
began=$SECONDS
run "${hold[@]}" Main
is "$status" 3 'oom hooks that hang'
ok 'hold it no longer than hooks_deadline' test $((SECONDS - began)) -lt 25
is "$(logged)" 'oom T death gone' 'and are not run again'
like "$(incident)/incident.json" '"status": *"timeout"' 'the incident knows'
rm -r "$T/hooks.d/oom"
fresh
policy '[hook none]' 'event = oom' 'run = /no/such/program'
run "${oom[@]}" Main
is "$status" 3 'a hook that cannot be run lets it go on'
policy ''
saw oom
hook start 10-slow 'sleep 60'
fresh oom.hooks_deadline=1s
run "${hold[@]}" Main
is "$(logged)" 'oom T death gone' 'start hooks that hang hold the oom hooks back for half of the time'
rm -r "$T/hooks.d/start"

# --- while it is held ---
saw oom "$wait_go; echo still \$(state \$2) >>$log"
fresh
start again "${hold[@]}" -Dfake.dumping=2000 Main
eventually test -e "$T/inside"
kill -CONT "$(jvm_of again)"
ok 'let go by somebody else it is stopped again' eventually held "$(jvm_of again)"
like "$T/again.err" 'was stopped again' 'and that is said'
kill -CONT "$(pid_of again)"
ok 'CONT is not passed on meanwhile' eventually held "$(jvm_of again)"
go
is "$(status_of again)" 'exit 3' 'then it goes on'
is "$(logged)" 'oom T still T death gone' 'after its hooks'
like "$(incident)/incident.json" '"again": *1' 'the incident counts it'

fresh
start term "${hold[@]}" -Dfake.dumping=200 Main
eventually test -e "$T/inside"
kill -TERM "$(pid_of term)"
sleep 0.1
ok 'a stop waits for the oom hooks' held "$(jvm_of term)"
go
is "$(status_of term)" 'exit 3' 'then the dump is waited for'
is "$(logged | sed 's/stop [A-Z]/stop/')" 'oom T still T stop death gone' 'and the stop hooks run after them'
like "$T/term.err" 'is waited for, as java would be' 'and it is said which was chosen'
like "$(incident)/incident.json" 'SIGTERM while it wrote a heap dump: it was waited for' 'in the incident too'

fresh
start twice "${hold[@]}" Main
eventually test -e "$T/inside"
kill -TERM "$(pid_of twice)"
sleep 0.1
kill -TERM "$(pid_of twice)"
is "$(status_of twice)" 'exit 3' 'a second stop does not wait for them'
is "$(logged)" 'oom T death gone' 'and cuts them short'

fresh stop.timeout=300ms
start grace "${hold[@]}" Main
eventually test -e "$T/inside"
kill -TERM "$(pid_of grace)"
is "$(status_of grace)" 'signal 9' 'the grace period of one that is held runs'
is "$(field "$(incident)" kind)" stop-timeout 'and its end is not called killed'
logged >/dev/null

fresh
start killed "${hold[@]}" Main
eventually test -e "$T/inside"
kill -KILL "$(jvm_of killed)"
sleep 0.1
go
is "$(status_of killed)" 'signal 9' 'killed by another while it is held'
is "$(logged)" 'oom T still death gone' 'its hooks are not cut short, nor run again'
is "$(field "$(incident)" kind)" oom 'and the true cause is named'

fresh
start supervisor "${hold[@]}" Main
eventually test -e "$T/inside"
kill -KILL "$(pid_of supervisor)"
ok 'jvisor killed leaves no JVM that stands still' eventually gone "$(jvm_of supervisor)"
rm -f "$T/inside" "$log"
saw oom
run Main
eventually filed
is "$(field "$(incident)" kind)" oom 'and the next start names the true cause'
is "$(field "$(incident)" confidence)" presumed 'as presumed'

# --- while it dumps ---
fresh stop.timeout=300ms
start deaf "${hold[@]}" -Dfake.dumping=60000 Main
eventually grep -q '^oom' "$log"
eventually released "$(jvm_of deaf)"
kill -TERM "$(pid_of deaf)"
is "$(status_of deaf)" 'signal 9' 'a stop during the dump: after [stop] timeout it is killed'
is "$(field "$(incident)" kind)" stop-timeout 'by jvisor, says the incident'
like "$T/deaf.err" 'it is given 300 ms' 'and a line said so before'
like "$(incident)/incident.json" '"stop_at_dump_ms": *300' 'the choice is in the incident'
logged >/dev/null

rm -r "$T/hooks.d/oom"
fresh stop.timeout=300ms
start unwatched "${oom[@]}" -Dfake.dumping=60000 Main
eventually sh -c "ls $STORE/.run/*/heap.hprof"
kill -TERM "$(pid_of unwatched)"
is "$(status_of unwatched)" 'signal 9' 'the same where nothing is watched, for want of oom hooks'
like "$T/unwatched.err" 'it is given 300 ms' 'with the same line'
saw oom
fresh oom.dump_deadline=200ms
run "${oom[@]}" -Dfake.dumping=1000 Main
is "$status" 3 'a dump that grows is not cut short by its deadline'
run "${oom[@]}" -Dfake.stuck Main
is "$status" 3 'one that stands still is, and the status is that of memory exhausted'
is "$(field "$(incident)" kind)" oom 'as is the kind'
like "$err" 'stood still for 200 ms' 'the verdict says why'
fresh oom.dump_deadline=200ms oom.exit_code=9
run "${oom[@]}" -Dfake.stuck Main
is "$status" 9 'or what the policy asks for'
logged >/dev/null

# --- crash hooks beside the dying JVM ---
fresh
run -Dfake.sleep=30 -Dfake.crash -Dfake.dying=400 Main
is "$status" 134 'a crash'
is "$(logged | sed 's/crash [RS]/crash alive/')" 'crash alive death gone' 'its hooks run beside it, once'
like "$T/env.crash" "^JVISOR_HS_ERR=$STORE/.run/.*/hs_err_pid[0-9]*.log\$" 'and know the report'
run -Dfake.sleep=30 -Dfake.crash Main
is "$(logged)" 'crash gone death gone' 'or when it has gone, once'
run -Dfake.sleep=30 -Dfake.native-oom -Dfake.dying=400 Main
is "$(logged)" 'oom gone death gone' 'a report of memory that ran out is no crash'
run -XX:+CrashOnOutOfMemoryError -XX:-ExitOnOutOfMemoryError "${hold[@]}" -Dfake.dying=200 Main
is "$(logged)" 'oom T death gone' 'nor is that of CrashOnOutOfMemoryError'

# --- no inotify ---
# In a namespace whose users have no inotify left.
# shellcheck disable=SC2016 # expanded by the inner shell
few=(unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"' few)
if "${few[@]}" true 2>/dev/null; then
	fresh
	is "$(ended "${few[@]}" "$JVISOR" "${hold[@]}" Main)" 'exit 3' 'where inotify has run out'
	is "$(logged)" 'oom T death gone' 'dnotify does as well'
	is "$(field "$(incident)" watch)" dnotify 'as the incident says'
	is "$(ended "${few[@]}" "$JVISOR" -Dfake.sleep=30 -Dfake.crash -Dfake.dying=400 Main)" 'signal 6' 'for a crash too'
	is "$(logged | sed 's/crash [RS]/crash alive/')" 'crash alive death gone' 'with its hooks beside it'
	start_command sigs "${few[@]}" "$JVISOR" -Dfake.ready="$T/sigs.ready" -Dfake.note="$T/notes" "${dumping[@]}" -Dfake.wait Main
	eventually test -s "$T/sigs.ready"
	kill -RTMAX "$(pid_of sigs)"
	ok 'the signal by which it comes is passed on when somebody sends it' eventually grep -q '^64' "$T/notes"
	ok 'and the JVM has it neither blocked nor ignored' \
		sh -c "grep -E '^Sig(Blk|Ign):' /proc/$(jvm_of sigs)/status | grep -qv '[1-9a-f]' "
	kill -KILL "$(jvm_of sigs)"
	status_of sigs >/dev/null
else
	skip 'where inotify has run out' 'no user namespace can be made here'
fi
fresh
is "$(ended "$HELPERS/nowatch" "$JVISOR" "${oom[@]}" Main)" 'exit 3' 'where nothing can be watched'
is "$(logged)" 'oom gone death gone' 'the hooks run at the end'
is "$(field "$(incident)" watch)" none 'and the incident says so'
is "$(grep -c 'cannot watch' "$err")" 1 'with one warning'

# --- again and again ---
fresh restart.when=oom restart.limit=2 restart.delay=0
saw oom 'sleep 0.05'
run "${hold[@]}" Main
is "$status" 3 'an OutOfMemoryError in each of two restarts'
is "$(logged)" 'oom T death gone oom T death gone oom T death gone' 'has its hooks each time once'
is "$(incident_count)" 3 'and an incident each'
fresh restart.when=oom restart.limit=1
hook collected 10-slow "touch $T/collecting.\$2; sleep 0.5"
run "${hold[@]}" Main
is "$(logged)" 'oom T death gone oom T death gone' 'one while the last is being collected too'
is "$(find "$T" -maxdepth 1 -name 'collecting.*' | wc -l)" 2 'and each is collected'
rm -r "$T/hooks.d/collected"

# --- as PID 1 ---
space=(unshare --pid --fork --kill-child --mount-proc)
"${space[@]}" true 2>/dev/null || space=(unshare --user --map-root-user "${space[@]:1}")
if "${space[@]}" true 2>/dev/null; then
	fresh
	is "$(ended "${space[@]}" "$JVISOR" "${hold[@]}" Main)" 'exit 3' 'as PID 1'
	is "$(logged)" 'oom T death gone' 'they run first too'
else
	skip 'as PID 1' 'no PID namespace can be made here'
fi

# --- as another user ---
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$T"
	install -m 666 /dev/null "$T/hooked"
	hook oom 10-look "id -u >$T/hooked"
	rm -f "$T/hooks.d/death/10-look"
	fresh process.user=65534
	is "$(ended "$JVISOR" "${hold[@]}" Main)" 'exit 3' 'with [process] user'
	like "$T/hooked" '^65534$' 'the oom hooks run as that user'
	is "$(field "$(incident)" watch)" inotify 'before the dump'
	like "$(incident)/incident.json" '"dump_bytes": *[0-9]' 'while it is held'
else
	skip 'with [process] user' 'needs root'
fi

# --- at a terminal ---
saw oom "$wait_go; echo still \$(state \$2) >>$log"
fresh
export TERM=dumb PS1='$ ' HISTFILE=
{ eventually test -e "$T/inside" && sleep 0.5 && touch "$T/go"; } &
"$HELPERS/ptyrun" "$(command -v bash)" --norc --noprofile -i >"$T/screen" 2>"$T/screen.err" <<END
send "$JVISOR" -Dfake.ready=$T/tty.ready ${hold[*]} -Dfake.dumping=300 Main
expect is held at the start
key Z
expect Stopped
send jobs -l
expect Stopped
send fg
expect Heap dump file created
send echo status-\$?
expect status-3
send exit
END
result $? 'Ctrl-Z while it is held: the shell gets its stop after the hooks, then fg' ||
	diag "$(cat "$T/screen.err" "$T/screen")"
is "$(logged)" "oom T still T" "and the hold was not cut short"

lib_end
