#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# jvisor as a service of a real systemd: Debian 12's, in a container (tests/lab/machine). Needs root, runc and
# debootstrap; where the machine cannot, it says why and is skipped.
# shellcheck disable=SC2317 # called by soon and trap
. "${top_srcdir:-$(dirname "$0")/../..}/tests/run/lib.sh" || exit 1
top_srcdir=$(readlink -f "$top_srcdir")
top_builddir=$(readlink -f "$top_builddir")
. "$top_srcdir/tests/lab/machine"

reason=$(machine_reason)
[ -z "$reason" ] || skip_all "no machine with systemd: $reason"
lib_start

core_pattern=
put_back() {
	[ -z "$core_pattern" ] || echo "$core_pattern" >/proc/sys/kernel/core_pattern
	core_pattern=
}
finish() {
	put_back
	machine_stop
	lib_cleanup
}
trap finish EXIT

mkdir -p "$LAB"
machine_make "$(mktemp -d "$LAB/machine.XXXXXX")" || skip_all "the machine cannot be made: $(tail -n 1 "$machine_dir/install.log")"
root=$machine_dir/root
mkdir -p "$root/srv/java"
javac -source 8 -target 8 -nowarn -Xlint:-options -d "$root/srv/java" "$top_srcdir"/tests/java/*.java >/dev/null 2>&1
machine_boot
if [ "$machine_state" != running ]; then
	diag "$(tail -n 5 "$machine_dir/console")"
	diag "$(machine systemctl --failed --no-pager 2>&1)"
	[ -n "$machine_state" ] || skip_all 'systemd does not boot here'
fi
is "$machine_state" running "$(machine systemctl --version | head -n 1) is running"

# A service of jvisor@.service: what it runs, then lines for its drop-in.
service() { # NAME JAVA_ARGS JVISOR_SET [LINE...]
	local name=$1 args=$2 set=$3 dir=$root/etc/systemd/system/jvisor@$1.service.d
	shift 3
	mkdir -p "$root/etc/jvisor" "$dir"
	printf 'JAVA_ARGS=%s\nJVISOR_SET=%s\n' "$args" "$set" >"$root/etc/jvisor/$name.env"
	printf '%s\n' '[Service]' "$@" >"$dir/test.conf"
	machine systemctl daemon-reload
}
begin() { machine systemctl start "jvisor@$1" >"$out" 2>"$err"; } # NAME
shown() { machine systemctl show -P "$2" "jvisor@$1"; }          # NAME PROPERTY
state_is() { [ "$(shown "$1" ActiveState)" = "$2" ]; }
status_like() { shown "$1" StatusText | grep -qE "$2"; }
journal() { machine journalctl --no-pager -q "$@"; }
jvm_in() { status_like "$1" 'pid [0-9]' && shown "$1" StatusText | grep -oE 'pid [0-9]+' | cut -d ' ' -f 2; }
store_of() { echo "$root/var/lib/jvisor-$1"; }
kinds() { # NAME: of its incidents, oldest first
	machine jvisorctl --dir "/var/lib/jvisor-$1" list --json 2>/dev/null | grep -oE '"kind": *"[^"]*"' |
		sed 's/.*"\([^"]*\)"$/\1/' | tr '\n' ' '
}
# Waits longer than a test of milliseconds does: everything here is real.
soon() { # COMMAND...
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

# as installed
machine systemd-sysusers
machine systemd-tmpfiles --create
machine journalctl --update-catalog
is "$(machine stat -c '%a %U' /var/lib/jvisor)" '1777 root' 'the folder of incidents is made as the package says'
ok 'so is the user' machine getent passwd jvisor
mkdir -p "$root/etc/jvisor"
printf '[log]\ntarget = journal\n' >"$root/etc/jvisor/policy.ini"

# ready, status, stop
service plain '-XX:+AlwaysPreTouch -Xms384m -Xmx384m -cp /srv/java Service' ''
ok 'a service of Type=notify starts' begin plain
is "$(shown plain ActiveState)" active 'and is active'
ok 'its status tells the JVM' status_like plain '^running Service, pid [0-9]+$'
jvm=$(jvm_in plain)
is "$(machine cat "/proc/$jvm/comm")" java 'which is a java'
is "$(shown plain MainPID)" "$(machine ps -o ppid= -p "$jvm" | tr -d ' ')" 'jvisor is the main process, its parent'
entered=$(machine systemctl show --timestamp=us+utc -P ActiveEnterTimestamp jvisor@plain)
initialised=$(python3 - "/proc/$(machine_pid "$jvm")/root/tmp/hsperfdata_jvisor/$jvm" <<'END'
import struct, sys
b = open(sys.argv[1], "rb").read()
at, n = struct.unpack_from("<ii", b, 24)
for _ in range(n):
    length, name = struct.unpack_from("<ii", b, at)
    data, = struct.unpack_from("<i", b, at + 16)
    if b[at + name:].startswith(b"sun.rt.createVmEndTime\0"):
        print(struct.unpack_from("<q", b, at + data)[0])
    at += length
END
)
entered=$(date -d "$entered" +%s%3N)
diag "ready $((entered - initialised)) ms after the JVM was initialised"
ok 'it was ready when the JVM was initialised, and not before' test "$entered" -ge "$initialised"
ok 'nor much later' test $((entered - initialised)) -lt 5000
machine systemctl stop jvisor@plain
is "$(shown plain ActiveState)" inactive 'stopped it has not failed: 143 is a success'
ok 'as systemd says' soon sh -c "runc exec $machine_name journalctl -q -u jvisor@plain </dev/null | grep -q 'Deactivated successfully'"
is "$(kinds plain)" '' 'and there is no incident'

# restart by systemd
begin plain
first=$(shown plain MainPID)
machine systemctl restart jvisor@plain
ok 'systemctl restart gives another one' test "$first" != "$(shown plain MainPID)"
is "$(shown plain ActiveState)" active 'that is ready'

# killed outright
jvm=$(jvm_in plain)
machine systemctl kill --kill-who=main --signal=KILL jvisor@plain
ok 'jvisor killed: systemd starts it again' soon sh -c \
	"[ \"\$(runc exec $machine_name systemctl show -P NRestarts jvisor@plain </dev/null)\" = 1 ]"
soon state_is plain active
ok 'the JVM was killed with it' soon sh -c "! runc exec $machine_name grep -qs java /proc/$jvm/comm </dev/null"
ok 'and the next start files the incident' soon sh -c \
	"runc exec $machine_name jvisorctl --dir /var/lib/jvisor-plain list </dev/null | grep -q killed"
machine systemctl stop jvisor@plain

# stopped during a dump: TimeoutStopSec does not cut it
service dump '-Xmx400m -XX:+UseSerialGC -cp /srv/java Leak' 'oom.heap_dump=yes;oom.dump_gzip=9' \
	'TimeoutStopSec=1s' 'Restart=no'
begin dump
ok 'a heap dump begins' soon sh -c "test -n \"\$(find $(store_of dump)/.run -name 'heap.hprof*' -size +100k)\""
machine systemctl stop jvisor@dump
like <(journal -u jvisor@dump -o cat) 'Heap dump file created' 'a stop lets it come to its end, over TimeoutStopSec'
unlike <(journal -u jvisor@dump -o cat) 'timed out|SIGKILL' 'nothing was killed'
is "$(kinds dump)" 'oom ' 'and the incident is filed'
is "$(field "$(find "$(store_of dump)" -maxdepth 1 -name '2*-oom-*')" status)" complete 'completely'
ok 'the verdict stays in the status' status_like dump 'Leak ran out of memory'

# the journal
id=$(sed -n 's/^EVENT(INCIDENT, "\(.*\)")$/\1/p' "$top_srcdir/launcher/events.def")
journal -o json -u jvisor@dump MESSAGE_ID="$id" >"$out"
like "$out" '"JVISOR_KIND":"oom"' 'the journal has the incident with its kind'
like "$out" '"JVISOR_INCIDENT":"2[0-9]*T[0-9]*Z-oom-' 'its name'
like "$out" '"JVISOR_VERDICT":"Leak ran out of memory' 'its verdict'
like "$out" '"JVISOR_PID":"[0-9]' 'the pid'
like "$out" '"PRIORITY":"5"' 'and a priority'
like <(journal -x -u jvisor@dump MESSAGE_ID="$id") 'jvisorctl --dir /var/lib/jvisor-dump show' 'the catalog explains it'

# restart in place
service again '-Xmx32m -cp /srv/java Service' 'restart.when=failure'
begin again
main=$(shown again MainPID)
jvm=$(jvm_in again)
machine kill -KILL "$jvm"
ok 'a JVM that is killed is started again in place' soon status_like again 'restarted 1 time; before: '
is "$(shown again MainPID) $(shown again NRestarts) $(shown again ActiveState)" "$main 0 active" \
	'the service goes on: the same main process, no restart by systemd'
like <(shown again StatusText) 'running Service, pid [0-9]+, restarted 1 time; before: Service ' \
	'systemctl status tells the count and the verdict'
machine systemctl stop jvisor@again

# restart by systemd, where the policy has none
service fails '-Xmx16m -cp /srv/java Leak' '' 'Type=exec' 'RestartSec=100ms'
begin fails
restarted() { [ "$(shown fails NRestarts)" -ge 1 ]; }
ok "an end is told as STOPPING, and the unit's Restart= holds all the same" soon restarted
machine systemctl stop jvisor@fails

# the kernel's OOM killer
[ -f /sys/fs/cgroup/cgroup.controllers ] ||
	diag 'cgroup version 1: systemd itself does not hear of an OOM kill, so OOMPolicy has nothing to decide'
service oomd '-Xmx64m -XX:MaxDirectMemorySize=2g -cp /srv/java Service once=/tmp/once native=600' \
	'restart.when=failure' 'MemoryMax=200M' 'MemorySwapMax=0'
begin oomd
if soon status_like oomd 'restarted 1 time'; then
	is "$(shown oomd ActiveState) $(shown oomd NRestarts)" 'active 0' 'OOMPolicy=continue: the service survives the OOM killer'
	like <(shown oomd StatusText) 'kernel|OOM|memory' 'and says what happened'
	is "$(kinds oomd)" 'oom-killer ' 'in an incident'
else
	diag "$(shown oomd StatusText)"
	result 1 'the service survives the OOM killer'
fi
machine systemctl stop jvisor@oomd

# the watchdog
service hangs '-cp /srv/java Service' '' 'WatchdogSec=2s' 'Restart=no' 'TimeoutAbortSec=3s'
begin hangs
sleep 5
is "$(shown hangs ActiveState)" active 'the watchdog sees that the JVM lives'
machine kill -STOP "$(jvm_in hangs)"
ok 'and that it does not' soon state_is hangs failed
is "$(shown hangs Result)" watchdog 'as systemd says'

# the program says it itself, by a child that is not the main process
printf '#!/bin/sh\nexec systemd-notify --ready --status=serving\n' >"$root/usr/local/bin/ready"
chmod 755 "$root/usr/local/bin/ready"
service says '-cp /srv/java Service sleep=1500 ready' 'notify.systemd=program'
began=$(date +%s%3N)
begin says
ok 'a program that says itself when it is ready is waited for' test $(($(date +%s%3N) - began)) -ge 1500
is "$(shown says StatusText)" serving 'its status is shown'
is "$(shown says NotifyAccess)" main 'with NotifyAccess=main'
machine systemctl stop jvisor@says

# sockets
service sock '-cp /srv/java Service listen' ''
printf '[Socket]\nListenStream=127.0.0.1:4711\nService=jvisor@sock.service\n' >"$root/etc/systemd/system/lab.socket"
machine systemctl daemon-reload
machine systemctl start lab.socket jvisor@sock
journal -u jvisor@sock -o cat >"$out"
like "$out" "LISTEN_FDS=1 LISTEN_PID=$(jvm_in sock) fd 3 socket:" 'an activated socket and LISTEN_PID reach the JVM'
machine systemctl stop lab.socket jvisor@sock

# what a unit may have wrong
service group2 '-cp /srv/java Service' '' 'KillMode=control-group' 'ExecStartPre=jvisorctl check'
begin group2
like <(journal -u jvisor@group2 -o cat) 'jvisor@group2.service: KillMode=control-group' \
	'jvisorctl check as ExecStartPre tells of KillMode'
machine systemctl stop jvisor@group2
is "$(shown group2 ActiveState)" inactive 'a stop ends well, though the JVM hears of it twice'
like <(machine jvisorctl check --unit jvisor@group2.service 2>&1) 'KillMode' 'jvisorctl check --unit tells of it'
unlike <(machine jvisorctl check --unit jvisor@plain.service 2>&1) 'KillMode' 'and has nothing to say of ours'

# a policy with an error
service wrong '-cp /srv/java Service' 'restart.limit=many'
begin wrong
is "$(shown wrong ExecMainStatus) $(shown wrong NRestarts)" '78 0' 'a refused policy is not tried again and again'

# systemd's default: all get the TERM at once
service group '-Xmx32m -cp /srv/java Leak' 'collect.wait=yes' 'KillMode=control-group' 'Restart=no' 'Type=exec'
mkdir -p "$root/etc/jvisor/hooks.d/collected"
printf '#!/bin/sh\ntrap "" TERM\ntouch /tmp/collecting\nsleep 2\ntouch /tmp/collected\n' >"$root/etc/jvisor/hooks.d/collected/10-slow"
chmod 755 "$root/etc/jvisor/hooks.d/collected/10-slow"
begin group
soon sh -c "runc exec $machine_name journalctl -q -o cat -u jvisor@group </dev/null | grep -q '^incident'"
machine systemctl stop jvisor@group
rm -r "$root/etc/jvisor/hooks.d"
is "$(kinds group)" 'oom ' 'KillMode=control-group: the incident is there'
is "$(field "$(find "$(store_of group)" -maxdepth 1 -name '2*-oom-*')" status)" complete \
	'and complete, since the roles obey nobody but jvisor'
# a stock unit in which java was replaced
home=$root/usr/lib/jvm/java-17-openjdk-amd64
mv "$home/bin/java" "$home/bin/java.real"
cp "$JVISOR" "$home/bin/java"
machine systemctl start tomcat10
answers() { machine bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET / HTTP/1.0\r\n\r\n" >&3 && head -n 1 <&3'; }
answering() { answers | grep -q '^HTTP/1.1 200'; }
ok "Debian's tomcat10.service with jvisor as java answers" soon answering
main=$(machine systemctl show -P MainPID tomcat10)
like <(machine cat "/proc/$main/cmdline" | tr '\0' ' ') '^jvisor: [0-9]+ Bootstrap' \
	'its main process is jvisor'
machine systemctl stop tomcat10
like <(journal -u tomcat10 -o cat) 'Deactivated successfully' 'and stops as ever'
mv -f "$home/bin/java.real" "$home/bin/java"

# a core by systemd-coredump. The kernel runs the handler in the machine's first namespaces, not in ours; what
# stands there in its place enters the container, as systemd-coredump 253 and later do themselves.
exec 9>"$LAB/.core_pattern.lock"
mkdir "$T/handler"
cat >"$T/handler/systemd-coredump" <<END
#!/bin/sh
exec $(command -v nsenter) -t $(machine_init) -m -u -i -n -p -- /lib/systemd/systemd-coredump "\$@"
END
chmod 755 "$T" "$T/handler" "$T/handler/systemd-coredump"
service core '-cp /srv/java Crash' 'crash.core=yes' 'LimitCORE=infinity' 'Restart=no' 'Type=exec'
if flock -w 60 9 && core_pattern=$(cat /proc/sys/kernel/core_pattern) &&
	echo "|$T/handler/systemd-coredump %p %u %g %s %t 9223372036854775808 %h" >/proc/sys/kernel/core_pattern; then
	begin core
	soon state_is core failed
	put_back
	flock -u 9
	is "$(shown core Result)" signal 'a crash ends jvisor by the same signal'
	soon sh -c "runc exec $machine_name coredumpctl list </dev/null | grep -q java"
	pid=$(journal -o json -u jvisor@core MESSAGE_ID="$id" | grep -oE '"JVISOR_PID":"[0-9]+"' | grep -oE '[0-9]+')
	machine coredumpctl info --no-pager "$pid" >"$out" 2>&1
	like "$out" 'Unit: jvisor@core.service' 'coredumpctl has the core, by the pid of the incident'
	like "$out" 'Storage: .*\(present\)' 'with its file'
	like "$(find "$(store_of core)" -name report.txt)" "coredumpctl info ${pid:-?}" 'and the report says so'
else
	core_pattern=
	skip 'a core by systemd-coredump' 'core_pattern cannot be written here'
fi

diag "$(machine systemd-analyze security --no-pager jvisor@plain.service | grep -E '✗|overall|Overall')"
ok 'systemd-analyze security finds it OK' sh -c \
	"runc exec $machine_name systemd-analyze security --no-pager --threshold=20 jvisor@plain.service </dev/null"
lib_end
