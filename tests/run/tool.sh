#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# jvisorctl: every command in a pipe, with --json and on a terminal, and what it says to bad input.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start
# The leak sanitizer's tracer and a process that the terminal stops can wait for each other for ever.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

CRASH=20261120T101112Z-crash-77-00ff
OOM=20261121T031502Z-oom-4242-a1b2
LAST=20261122T031502Z-oom-4242-c3d4
BROKEN=20261119T000000Z-killed-9-dead
BUSY=20261123T000000Z-crash-5-beef

ctl() { # ARGUMENT...
	timeout -k 1 60 "$JVISORCTL" "$@" >"$out" 2>"$err" </dev/null
	status=$?
}

# Exit status and what stderr says in one line of the test.
fails() { # STATUS PATTERN NAME ARGUMENT...
	local expected=$1 pattern=$2 name=$3
	shift 3
	ctl "$@"
	is "$status" "$expected" "$name: status $expected"
	like "$err" "^jvisorctl: .*$pattern" "$name: and says why"
	nothing "$name: and prints nothing" "$out"
}

json() { # NAME: stdout is one JSON document
	if command -v jq >/dev/null; then
		ok "$1: is JSON" jq -e . "$out"
	elif command -v python3 >/dev/null; then
		ok "$1: is JSON" python3 -m json.tool "$out" /dev/null
	else
		skip "$1: is JSON" 'neither jq nor python3 is there'
	fi
}

on_terminal() { # ARGUMENT...
	# shellcheck disable=SC2016 # for that shell
	echo 'expect ended-with-' | TERM=xterm "$HELPERS/ptyrun" sh -c '"$@"; echo "ended-with-$?"' \
		sh "$JVISORCTL" "$@" >"$T/screen" 2>"$err"
}

# A made-up incident; the report ends in a control sequence that must not reach a terminal.
incident_of() { # ID KIND STATUS VERDICT
	mkdir -p "$STORE/$1/hooks"
	chmod 700 "$STORE/$1"
	cat >"$STORE/$1/incident.json" <<-END
		{"id": "$1", "schema": 1, "kind": "$2", "status": "$3", "verdict": "$4",
		 "confidence": "confirmed", "times": {"ended": "2026-11-2${1:7:1}T03:15:02.000Z"},
		 "instance": {"pid": 4242, "argv": ["java", "Leak"]}}
	END
	printf '%s\n\nWhat happened: \033]0;owned\a\n' "$4" >"$STORE/$1/report.txt"
	echo 'hello' >"$STORE/$1/hooks/10-a.log"
}

store_of_four() {
	rm -rf "$STORE"
	mkdir -p "$STORE/.run" "$STORE/lost+found"
	incident_of "$CRASH" crash partial 'Orders crashed: segmentation fault in libfoo.so.'
	incident_of "$OOM" oom complete 'Leak ran out of memory: the Java heap is full (64 MiB of 64 MiB used), and this sentence is longer than any terminal that a test would ever have.'
	incident_of "$LAST" oom complete 'Leak ran out of memory.'
	incident_of "$BROKEN" killed complete 'never read'
	printf '{"id": "%s", "kind": ' "$BROKEN" >"$STORE/$BROKEN/incident.json"
	echo 'not an incident' >"$STORE/README"
	head -c 300000 /dev/zero >"$STORE/$OOM/heap.hprof"
}

# Before there is anything.
ctl list
is "$status" 0 'list without a store: status 0'
nothing 'and nothing on stdout' "$out"
ctl list --json
is "$(tr -d '[:space:]' <"$out")" '[]' 'as JSON: an empty array'
fails 1 'no incidents' 'show without a store' show
fails 1 "$T/nowhere" 'a store that is named and not there' --dir "$T/nowhere" list
fails 1 "$T/policy.ini" 'a store that is a file' list --dir "$T/policy.ini"
ctl finish
is "$status" 0 'finish without a store: status 0'
ctl prune
is "$status" 0 'prune without a store: status 0'

# list
store_of_four
ctl list
is "$status" 0 'list'
is "$(cut -f1 "$out" | tr '\n' ' ')" "$BROKEN $CRASH $OOM $LAST " 'the newest last, what is no incident left out'
is "$(awk -F '\t' '{ print NF }' "$out" | sort -u)" 6 'six fields each'
is "$(awk -F '\t' -v id="$CRASH" '$1 == id { print $3 "," $4 }' "$out")" 'crash,partial' 'kind and status'
is "$(awk -F '\t' -v id="$BROKEN" '$1 == id { print $3 "," $4 }' "$out")" killed,damaged 'a broken incident.json is told'
like "$out" 'incident.json cannot be read' 'also in the place of the verdict'
ok 'the size is in bytes' test "$(awk -F '\t' -v id="$OOM" '$1 == id { print $5 }' "$out")" -ge 300000
like "$out" 'would ever have\.$' 'the whole sentence in a pipe'
cp "$out" "$T/list"
ctl --dir "$STORE" list
same "$out" "$T/list" '--dir before the command'
JVISOR_SET='' JVISOR_POLICY=/dev/null ctl list --dir="$STORE"
same "$out" "$T/list" 'and behind it, without a policy'
ln -s "$STORE" "$T/link"
ctl list --dir "$T/link"
same "$out" "$T/list" 'a link to the store that is named'
ctl list --json
json 'list --json'
is "$(grep -c '"id"' "$out")" 4 'with all of them'
like "$out" "\"path\": \"$STORE/$OOM\"" 'and their folders'
policy '[oom]' 'action = explode'
ctl list
same "$out" "$T/list" 'list with a policy that is refused'
like "$err" 'policy has errors' 'and a warning'
policy

on_terminal list
like "$T/screen" 'ID.*STATUS.*SIZE.*VERDICT' 'a terminal gets titles'
like "$T/screen" '(KiB|B) +' 'and sizes for people'
unlike "$T/screen" 'would ever have' 'and long sentences are cut'
NO_COLOR=1 on_terminal list
ok 'no colours with NO_COLOR' not grep -q "$(printf '\033')" "$T/screen"
ok 'at most 80 places each' test "$(tr -d '\r' <"$T/screen" | awk '{ if (length > n) n = length } END { print n }')" -le 80

# show and path
ctl show last
is "$status" 0 'show last'
is "$(head -n 1 "$out")" 'Leak ran out of memory.' 'prints the report'
cmp -s "$out" "$STORE/$LAST/report.txt"
result $? 'as it is, in a pipe'
ctl show
is "$(head -n 1 "$out")" 'Leak ran out of memory.' 'the newest without an ID'
ctl show 00ff
is "$(head -n 1 "$out")" 'Orders crashed: segmentation fault in libfoo.so.' 'by the end of the ID'
ctl show 20261121
like "$out" '64 MiB' 'by its beginning'
on_terminal show last
ok 'on a terminal no control sequence gets through' not grep -q "$(printf '\033')" "$T/screen"
ctl show "$OOM" --json
json 'show --json'
like "$out" '"argv"' 'is incident.json'
ctl path a1b2
is "$(cat "$out")" "$STORE/$OOM" 'path'
ctl path --json a1b2
json 'path --json'
fails 1 '2026112' 'an ID that fits several' show 2026112
fails 1 'nosuch' 'an unknown ID' show nosuch
fails 1 '\.\./' 'an ID with ../' show "../store/$OOM"
fails 1 '\.run' 'a folder that is no incident' path .run
fails 1 '.' 'an empty ID' path ''
fails 1 'damaged' 'a broken incident.json' show --json "$BROKEN"
ctl show "$BROKEN"
is "$status" 0 'its report is still shown'
rm "$STORE/$BROKEN/report.txt"
fails 1 'report.txt' 'a report that is missing' show "$BROKEN"
ln -s /etc/passwd "$STORE/$BROKEN/report.txt"
fails 1 'report.txt' 'a link in place of the report' show "$BROKEN"
head -c 9000000 /dev/zero | tr '\0' x >"$T/huge"
rm "$STORE/$BROKEN/report.txt"
mv "$T/huge" "$STORE/$BROKEN/report.txt"
fails 1 'report.txt' 'a report larger than any' show "$BROKEN"

# export
ctl export a1b2
is "$status" 0 'export'
ok 'is a tar archive' tar -xf "$out" -C "$T"
ok 'with the same files' diff -r "$STORE/$OOM" "$T/$OOM"
ctl export a1b2 --json
json 'export --json'
like "$out" "\"name\": \"$OOM/hooks/10-a.log\"" 'lists the files'
on_terminal export a1b2
like "$T/screen" 'not written to a terminal' 'no archive on a terminal'
fails 2 'argument is missing' 'export without an ID' export
"$JVISORCTL" export a1b2 2>"$err" >/dev/full
is $? 1 'a full disk: status 1'
like "$err" 'not exported whole' 'and says so'

# pin, prune, rm
ctl pin "$CRASH" "$CRASH"
is "$(cat "$out")" "pinned $CRASH" 'pin, once for an ID named twice'
ctl list --json
is "$(grep -c '"pinned": true' "$out")" 1 'is listed'
ctl prune --dry-run --set collect.keep_count=1
is "$status" 0 'prune --dry-run'
like "$out" "^would be removed $OOM" 'names what would go'
unlike "$out" "$CRASH|$LAST" 'not what is pinned, nor the newest'
ok 'and removes nothing' test -e "$STORE/$OOM/report.txt"
ctl prune --dry-run --json --set collect.keep_count=1
json 'prune --json'
like "$out" '"reason"' 'with reasons'
ctl pin --undo "$CRASH"
is "$(cat "$out")" "unpinned $CRASH" 'pin --undo'
ctl prune --set collect.keep_count=1
is "$status" 0 'prune'
is "$(incidents)" "$LAST" 'keeps the newest'
policy '[oom]' 'action = explode'
fails 78 'policy has errors|explode' 'prune with a policy that is refused' prune
policy
store_of_four
ctl rm "$CRASH" nosuch a1b2
is "$status" 1 'rm of which one is unknown: status 1'
is "$(cat "$out")" "removed $CRASH
removed $OOM" 'the others are removed'
like "$err" 'nosuch' 'and the unknown one is named'
ctl rm last --json
json 'rm --json'
ok 'rm last removes the newest' not test -e "$STORE/$LAST"
fails 2 'argument is missing' 'rm without an ID' rm
incident_of "$BUSY" crash 'in progress' 'Orders crashed.'
# A collector at work holds this lock.
exec 9>"$STORE/.run/$BUSY.facts"
flock 9
fails 1 "$BUSY" 'what is being collected is not removed' rm "$BUSY"
ok 'and stays' test -e "$STORE/$BUSY/report.txt"
ctl show "$BUSY"
same "$out" "$STORE/$BUSY/report.txt" 'its report is shown'
like "$err" "$BUSY is still being collected" 'and that there will be more'
exec 9>&-
ctl show "$BUSY"
like "$err" 'jvisorctl finish' 'without its collector show tells who goes on'
ctl rm "$BUSY"
is "$status" 0 'without its collector it is'

# finish
ctl finish
is "$status" 0 'finish with nothing to do'
ctl finish --json
json 'finish --json'

# explain
ctl explain -Xmx64m -cp demo Leak
is "$status" 0 'explain'
like "$out" 'ExitOnOutOfMemoryError' 'tells what would be added'
like "$out" 'Leak' 'and the command line'
ctl explain --json -- -Xmx64m -cp demo Leak
json 'explain --json'
ctl explain -Xmx64m --json -cp demo Leak
ok 'behind the first argument all is of Java' not grep -q '^{' "$out"
ok 'nothing was made' not test -e "$STORE/.run/explain"
ctl explain --set oom.action=explode Leak
is "$status" 78 'explain with a policy that is refused: status 78'
JVISOR_JAVA=$T/nojava ctl explain Leak
is "$status" 127 'explain without a java: status 127'

# check
ctl check
is "$status" 0 'check of a policy that is right'
like "$out" "$T/policy.ini" 'names what was read'
printf '[oom]\nacton = exit\naction = explode\n' >"$T/bad.ini"
ctl check "$T/bad.ini"
is "$status" 1 'check of one that is wrong: status 1'
like "$out" 'bad\.ini:2:[0-9]+: oom\.acton: .*did you mean' 'an unknown key is an error'
like "$out" 'bad\.ini:3:[0-9]+: oom\.action: ' 'and the bad value too'
like "$out" '^2 errors, 0 warnings' 'and how many there are'
ctl check --json "$T/bad.ini"
json 'check --json'
is "$status" 1 'with the same status'
ctl check "$T/missing.ini"
is "$status" 1 'a file that is not there'
printf '[Service]\nType=notify\nKillMode=control-group\n' >"$T/bad.service"
ctl check --unit "$T/bad.service"
like "$out" 'bad\.service:3: .*KillMode=control-group.*write KillMode=mixed' 'check --unit warns of a KillMode'
is "$status" 0 'which is no error'
printf '[Service]\nType=notify\n' >"$T/bad.service"
ctl check --unit "$T/bad.service"
like "$out" 'KillMode=control-group by default' 'also of the default'
ctl check --unit "$top_srcdir/conf/systemd/jvisor@.service.in"
unlike "$out" 'KillMode' 'and has nothing to say of the one that is shipped'
ctl check --unit
is "$status" 2 'it wants the unit'
ctl check --keys
is "$status" 0 'check --keys'
like "$out" "^oom\.action	" 'has a row for each key'
ctl check --keys --json
json 'check --keys --json'

# hooks
# shellcheck disable=SC2016 # for the hook
hook oom 20-second 'echo "second $1 $JVISOR_EVENT $JVISOR_INCIDENT"; exit 7'
# shellcheck disable=SC2016
hook oom 10-first 'test -s "$JVISOR_INCIDENT_DIR/incident.json" && echo "first, app $JVISOR_APP"'
hook collected 30-norun 'exit 0'
chmod 644 "$T/hooks.d/collected/30-norun"
ctl hooks oom
is "$(cut -f1,3 "$out" | tr '\t\n' ': ')" 'oom:10-first oom:20-second ' 'hooks in their order'
ctl hooks
like "$out" '30-norun.*skipped' 'hooks of all events, with why one is skipped'
ctl hooks --json
json 'hooks --json'
ctl check
is "$status" 1 'check finds a hook without run bit'
like "$out" '30-norun' 'and names it'
ctl hooks oom --run
is "$status" 1 'hooks --run, of which one fails: status 1'
like "$err" 'made up' 'says that it is a trial'
like "$out" '^first, app Trial' 'the first saw the incident'
like "$out" '^second oom oom test-' 'the second ran nonetheless'
like "$out" '20-second: .*7' 'and its exit code is told'
ok 'nothing of the trial is left' test -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'jvisor-trial-*' -newer "$T/hooks.d/oom/10-first")"
ctl hooks oom --run --json
json 'hooks --run --json'
fails 2 "did you mean 'oom'" 'an unknown event' hooks omm
fails 2 'event' 'hooks --run without an event' hooks --run

# help, version and what is no command
ctl help
is "$status" 0 'help'
like "$out" '^  list ' 'lists the commands'
ctl --help
is "$status" 0 '--help'
ctl help pin
like "$out" '--undo' 'help of a command has its options'
cp "$out" "$T/help"
ctl pin --help
same "$out" "$T/help" 'as its --help'
ctl
is "$status" 2 'without a command: status 2'
like "$err" '^Usage: ' 'and the usage on stderr'
nothing 'and nothing on stdout' "$out"
ctl version
like "$out" '^jvisor [0-9]' 'version'
ctl --version
like "$out" '^jvisor [0-9]' '--version'
ctl version --json
json 'version --json'
fails 2 "did you mean 'list'" 'an unknown command' lst
fails 2 'did you mean --json' 'an unknown option' list --jsn
fails 2 'needs a value' 'an option without its value' list --dir
fails 2 'too many' 'an argument too many' list now
"$JVISORCTL" help >/dev/full 2>"$err"
is $? 1 'output that cannot be written: status 1'
like "$err" 'could not be written' 'and says so'

lib_end
