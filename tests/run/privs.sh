#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What runs with which rights: the JVM of another user, jvisor beside it, hooks, the collector; the same
# with few rights and none.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start
. "$top_srcdir/tests/run/caps.sh" || exit 1

[ "$(id -u)" -eq 0 ] || skip_all 'only root starts a JVM of another user'
chmod 1777 "$T"
mkdir -m 777 "$T/r"
user=54321
group=54322

settings process.user=$user process.group=$group
start jvm -Dfake.report="$T/r" -Dfake.wait Main
jvisor=$(pid_of jvm)
jvm=$(jvm_of jvm)
is "$(proc_status "$jvm" Uid)" "$user $user $user $user" 'the JVM is the user, in every sense'
is "$(proc_status "$jvm" Gid)" "$group $group $group $group" 'and the group'
is "$(proc_status "$jvm" Groups)" "$group" 'and in no other'
is "$(caps "$jvm" CapPrm),$(caps "$jvm" CapEff),$(caps "$jvm" CapInh),$(caps "$jvm" CapAmb)" ,,, \
	'it has no capability'
is "$(caps "$jvm" CapBnd)" '' 'nor can it get one'
is "$(state "$T/r" securebits)" 0x3 'also not by becoming root (NOROOT, locked)'
is "$(proc_status "$jvisor" Uid)" '0 0 0 0' 'jvisor stays who it is'
is "$(caps "$jvisor" CapEff)" 'dac_read_search kill' 'in force are: signals, and looking'
is "$(caps "$jvisor" CapPrm)" 'chown dac_override dac_read_search fowner kill setgid setpcap setuid sys_ptrace' \
	'it keeps what starting the next one takes'
is "$(caps "$jvisor" CapBnd)" "$(caps "$jvisor" CapPrm)" 'and nothing it starts gets more'
kill -TERM "$jvisor"
is "$(status_of jvm)" 'exit 143' 'a stop reaches the JVM'

# Everything that is started shows its own status and its parent's.
hook start 10-show "cat /proc/self/status >$T/r/hook; cat /proc/\$PPID/status >$T/r/hooks"
settings process.user=$user restart.when=crash restart.delay=0 restart.limit=2 collect.wait=yes
run -Dfake.report="$T/r" -Dfake.count="$T/r/count" -Dfake.crash Main
is "$(wc -l <"$T/r/count")" 3 'a crash is followed by a start, twice'
is "$(state "$T/r" uid)" $user 'as the same user'
is "$status" 134 'its status comes back'
is "$(incident_count)" 3 'each is filed'
is "$(field "$(incident)" status)" complete 'wholly'
ok 'with the report of the JVM' test -s "$(incident)/hs_err.log"
is "$(stat -c %u:%a "$(incident)/hs_err.log")" 0:640 'readable for the user by an access list, root the owner' ||
	getfacl -n "$(incident)/hs_err.log"
is "$(status_in "$T/r/hook" Uid)" "$user $user $user $user" 'hooks are the user too'
is "$(caps_in "$T/r/hook" CapPrm),$(caps_in "$T/r/hook" CapBnd)" , 'without any capability'
is "$(caps_in "$T/r/hooks" CapEff)" 'dac_read_search kill setgid setpcap setuid' 'who runs them can become them'
rm -rf "$T/hooks.d/start"

# What the user may not read is not read for him.
mkdir -m 700 "$T/secret"
echo secret >"$T/secret/x"
echo open >"$T/r/x"
chown $user "$T/secret/x" "$T/r/x"
touch -d tomorrow "$T/secret/x" "$T/r/x" # of this life
settings process.user=$user "collect.files=$T/secret/*, $T/secret/x, $T/r/x"
run -Dfake.crash Main
ok 'a file that the user can reach is taken' test -s "$(incident)/files/x"
is "$(cat "$(incident)"/files/*)" open 'one in a folder closed to him is not'
settings process.user=$user
ln -s "$T/secret" "$T/r/logs"
echo secret >"$T/secret/hs_err.log"
chown $user "$T/secret/hs_err.log"
touch -d tomorrow "$T/secret/hs_err.log"
run -XX:ErrorFile="$T/r/logs/hs_err.log" -Dfake.crash Main
like "$(incident)/hs_err.log" 'fatal error' 'a report that he could not write there is taken from where it is'
unlike "$(incident)/hs_err.log" secret 'not what lies behind a link that he made'

# keep_caps, ambient_caps, no_new_privs
settings process.user=$user process.ambient_caps=CAP_NET_BIND_SERVICE process.keep_caps=net_raw process.no_new_privs=yes
start amb -Dfake.wait Main
is "$(caps "$(jvm_of amb)" CapEff),$(caps "$(jvm_of amb)" CapAmb)" net_bind_service,net_bind_service \
	'ambient_caps are in force'
is "$(caps "$(jvm_of amb)" CapBnd)" 'net_bind_service net_raw' 'keep_caps can be had'
is "$(proc_status "$(jvm_of amb)" NoNewPrivs)" 1 'no_new_privs holds'
kill -KILL "$(pid_of amb)"
ok 'a JVM with capabilities dies with its jvisor' eventually gone "$(jvm_of amb)"
settings process.user=$user process.keep_caps=all
start all -Dfake.report="$T/r" -Dfake.wait Main
is "$(caps "$(jvm_of all)" CapBnd)" "$(caps self CapBnd)" 'keep_caps = all takes nothing away'
is "$(state "$T/r" securebits)" 0 'and root is root'
kill -KILL "$(pid_of all)"
ok 'and it dies with its jvisor' eventually gone "$(jvm_of all)"
settings process.keep_caps=net_raw
start root -Dfake.wait Main
is "$(caps "$(jvm_of root)" CapEff)" net_raw 'a JVM that stays root has keep_caps only'
kill -KILL "$(pid_of root)"
ok 'and dies with its jvisor too' eventually gone "$(jvm_of root)"

# A JVM that stays who we are, and names nothing, has all that java would have.
settings
start same -Dfake.report="$T/r" -Dfake.wait Main
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	is "$(caps "$(jvm_of same)" $set)" "$(caps self $set)" "without [process] $set is as it was"
done
is "$(caps "$(pid_of same)" CapEff)" 'dac_read_search kill' 'but of jvisor not all is in force'
kill -KILL "$(pid_of same)"
ok 'and the JVM dies with it' eventually gone "$(jvm_of same)"

# Without supervision there is no jvisor, but the user holds.
settings process.user=$user process.ambient_caps=net_raw java.supervise=no
start through -Dfake.wait Main
is "$(pid_of through)" "$(jvm_of through)" 'supervise = no: java takes our place'
is "$(proc_status "$(jvm_of through)" Uid)" "$user $user $user $user" 'as the user'
is "$(caps "$(jvm_of through)" CapPrm),$(caps "$(jvm_of through)" CapBnd)" net_raw,net_raw 'with his capabilities'
kill -KILL "$(pid_of through)"
settings process.user=no-such-user java.supervise=no
run Main
is "$status" 1 'a user that is none ends it'
like "$err" 'no-such-user is not in /etc/passwd' 'with the reason'

# Limits and the OOM killer's score.
rm -rf "$STORE"
settings process.user=$user process.rlimit_nofile=123:456 process.rlimit_stack=unlimited process.oom_score_adj=777
start limits -Dfake.wait Main
is "$(limit "$(jvm_of limits)" 'Max open files')" '123 456' 'rlimit_nofile is set'
is "$(cat "/proc/$(jvm_of limits)/oom_score_adj")" 777 'oom_score_adj too'
is "$(cat "/proc/$(pid_of limits)/oom_score_adj")" "$(cat /proc/self/oom_score_adj)" 'for the JVM alone'
kill -TERM "$(pid_of limits)"
is "$(status_of limits)" 'exit 143' 'and it ends as any'
nothing 'without a word' "$T/limits.err"

# Few rights: what is missing is told, and only a user that cannot be had ends a start.
few=(setpriv '--bounding-set=-all,+setuid,+setgid')
settings process.user=$user process.ambient_caps=net_raw
is "$(ended "${few[@]}" "$JVISOR" -Dfake.exit=7 Main)" 'exit 7' 'with few capabilities it runs'
like "$err" 'ambient_caps: net_raw: jvisor has it not' 'what cannot be given is told'
like "$err" 'user: dac_read_search, kill: jvisor has' 'and what will be missed'
settings process.user=$user
is "$(ended setpriv --bounding-set=-all "$JVISOR" Main)" 'exit 126' 'without setuid there is no such JVM'
like "$err" 'changing to its user and groups failed.*setuid and setgid' 'and the reason is told'
rm -rf "$STORE"
settings process.ambient_caps=net_raw process.oom_score_adj=-17 process.rlimit_nofile=99999999
plain=(setpriv "--reuid=$user" "--regid=$user" --clear-groups --bounding-set=-all)
is "$(ended "${plain[@]}" "$JVISOR" -Dfake.exit=7 Main)" 'exit 7' 'an ordinary user gets what there is'
like "$err" 'rlimit_nofile: it is above' 'the limit that cannot be is told'
like "$err" 'oom_score_adj: it could not be set' 'the score too'
settings process.user=$user
is "$(ended "${plain[@]}" "$JVISOR" -Dfake.exit=7 Main)" 'exit 7' 'the user that one is already is no change'
nothing 'and no matter' "$err"

if unshare --user --map-root-user true 2>/dev/null; then
	space=("${plain[@]}" unshare --user --map-root-user)
	settings process.user=root process.keep_caps=net_raw
	rm -rf "$STORE"
	is "$(ended "${space[@]}" "$JVISOR" -Dfake.perf=never -Dfake.crash Main)" 'signal 6' 'root of a user namespace runs'
	is "$(incident_count)" 1 'and files'
	is "$(field "$(incident)" status)" complete 'wholly'
	settings process.user=daemon
	is "$(ended "${space[@]}" "$JVISOR" -Dfake.perf=never Main)" 'exit 126' 'a user that the namespace has not is an error'
else
	skip 'in a user namespace' 'none can be made'
fi

# A real JVM binds a port below 1024 as an ordinary user.
javac=$(command -v javac || true)
java=$([ -z "$javac" ] || dirname "$(readlink -f "$javac")")/java
if [ -x "$java" ] && "$javac" -d "$T/classes" "$top_srcdir/tests/java/Bind.java" >"$out" 2>&1; then
	first=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
	rm -rf "$STORE"
	policy '[process]' "user = $user" 'ambient_caps = net_bind_service'
	settings
	JVISOR_JAVA=$java run -cp "$T/classes" Bind 600 $((first - 1))
	like "$out" '^bound [0-9]+ as' 'a real JVM binds a privileged port as an ordinary user'
	is "$status,$(cat "$err")" 0, 'and ends well'
	policy '[process]' "user = $user"
	JVISOR_JAVA=$java run -cp "$T/classes" Bind 600 $((first - 1))
	like "$out" '^not bound: ' 'without ambient_caps it cannot'
else
	skip 'a real JVM binds a privileged port as an ordinary user' 'there is no JDK'
fi

# Mistakes are found before a start.
policy '[process]' 'ambient_caps = net_bind_servise' 'rlimit_nofil = 3' 'oom_score_adj = 1001' 'keep_caps = none, 7' \
	'rlimit_core = 2:1' 'user = nobodi'
"$JVISORCTL" check "$T/policy.ini" >"$out" 2>&1
is $? 1 'check refuses'
like "$out" ":2:[0-9]+: .*'net_bind_servise' is no capability.*did you mean 'net_bind_service'" 'a capability that is none'
like "$out" ":3:[0-9]+: .*rlimit_nofil: no such key; did you mean 'rlimit_nofile'" 'a limit that is none'
like "$out" ":4:[0-9]+: .*'1001' is not allowed; write a number from -1000 to 1000" 'a score that is none'
like "$out" ":5:[0-9]+: .*'7' is no capability|'none'" 'none beside others'
like "$out" ':6:[0-9]+: .*the soft limit is above the hard one' 'limits that cross'
like "$out" "nobodi is not in /etc/passwd .*did you mean 'nobody'" 'a user that is none'
lib_end
