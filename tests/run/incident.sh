#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A death of memory or a crash leaves one incident that tells why; nothing else does.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

run -Dfake.exit=0 Main
run -Dfake.exit=5 Main
run -Dfake.exit=3 Main
is "$status" 3 'the program'"'"'s own exit codes'
is "$(incident_count)" 0 'are no incident'

run -Dfake.oom com.example.Orders
is "$status" 3 'memory exhausted: 3'
is "$(incident_count)" 1 'one incident'
dir=$(incident)
is "$(field "$dir" kind)" oom 'of kind oom'
is "$(field "$dir" confidence)" confirmed 'confirmed'
is "$(field "$dir" status)" complete 'complete'
is "$(field "$dir" schema)" 1 'schema 1'
is "$(field "$dir" id)" "${dir##*/}" 'with its id'
ok 'of the documented form' grep -qE '^[0-9]{8}T[0-9]{6}Z-oom-[0-9]+-[0-9a-f]{4}$' <<<"${dir##*/}"
verdict=$(field "$dir" verdict)
ok 'the verdict names the program' grep -q Orders <<<"$verdict"
ok 'the report begins with it' grep -qF "${verdict:0:40}" <(head -n 5 "$dir/report.txt" | tr '\n' ' ')
ok 'and stderr has it' grep -qF "${verdict:0:40}" "$err"
is "$(stat -c %a "$dir")" 700 'the folder is private'
is "$(find "$dir" -type f ! -perm 600 | wc -l)" 0 'and so are its files'
ok 'system.txt is there' test -s "$dir/system.txt"
is "$(ls -A "$STORE/.run")" '' 'no run folder is left'
is "$(stat -c %a "$STORE")" 711 'others may pass through the store'

"$JVISORCTL" --dir "$STORE" list >"$T/list" 2>&1
like "$T/list" "^${dir##*/}.*oom.*complete" 'jvisorctl lists it'
"$JVISORCTL" --dir "$STORE" show last >"$T/show" 2>&1
same "$T/show" "$dir/report.txt" 'and shows its report'
"$JVISORCTL" --dir "$STORE" --json show last >"$T/json" 2>&1
same "$T/json" "$dir/incident.json" 'and its facts'

run -Dfake.crash Main
is "$status" 134 'a crash: SIGABRT'
dir=$(incident)
is "$(incident_count)" 2 'a second incident'
is "$(field "$dir" kind)" crash 'of kind crash'
is "$(field "$dir" confidence)" confirmed 'confirmed'
like "$dir/incident.json" '"problematic_frame": *".*libfake.so\+0x1a.*do_it' 'with the frame'
like "$dir/incident.json" '"library": *"libfake.so"' 'and the library'
like "$dir/report.txt" 'libfake.so' 'which the report tells'
ok 'the hs_err log is in it' sh -c "zcat -f '$dir'/hs_err.log* | grep -q 'A fatal error has been detected'"

policy '[oom]' 'heap_dump = yes' 'dump_gzip = 0'
run -Dfake.oom -Dfake.dump=300000 Main
dir=$(incident)
is "$(zcat -f "$dir"/heap.hprof* | wc -c)" 300000 'a heap dump is taken in whole'
ok 'and compressed' test "$(stat -c %s "$dir/heap.hprof.gz")" -lt 300000
like "$dir/incident.json" '"original_bytes": *300000' 'its size is told'
sum=$(sha256sum <"$dir/heap.hprof.gz")
like "$dir/incident.json" "\"sha256\": *\"${sum%% *}\"" 'and its checksum'


# The names of schema 1, of all of incident.json or of what an object or a list of objects holds.
names() { # FOLDER [KEY]
	local indent='  '
	if [ $# -eq 1 ]; then
		sed -n 's/^  "\([a-z_0-9]*\)":.*/\1/p' "$1/incident.json"
		return
	fi
	grep -q "^  \"$2\": \[" "$1/incident.json" && indent='    '
	sed -n "/^  \"$2\": [[{]\$/,/^  []}]/s/^  $indent\"\([a-z_0-9]*\)\":.*/\1/p" \
		"$1/incident.json" | sort -u
}
has_names() { # FOLDER KEY NAME...
	local of=$2 missing
	missing=$(comm -13 <(names "$1" ${of:+"$of"} | sort) <(printf '%s\n' "${@:3}" | sort))
	is "$missing" '' "incident.json has all names of ${of:-schema 1}" || diag "$(cat "$1/incident.json")"
}
hook oom 10-says 'echo said'
hook oom 20-fails 'exit 7'
run -Dfake.oom -Dfake.dump=300000 -Xmx64m com.example.Orders
dir=$(incident)
has_names "$dir" '' schema id kind status verdict confidence evidence times host instance jvm end oom \
	memory flags steps hooks artifacts
has_names "$dir" times started ended collected
has_names "$dir" instance pid restarts argv user
has_names "$dir" jvm home version vendor kind
has_names "$dir" end exit_code
has_names "$dir" memory max_rss
has_names "$dir" flags name value origin reason
has_names "$dir" steps name status ms bytes
has_names "$dir" hooks event name status exit_code ms error
has_names "$dir" artifacts name type bytes original_bytes sha256 source status
run -Dfake.crash Main
dir=$(incident)
has_names "$dir" crash signal problematic_frame library thread stack jdk_version
has_names "$dir" end signal core_dumped
rm -rf "$T/hooks.d"

mkdir "$T/own"
policy '[oom]' 'heap_dump = yes'
run -XX:HeapDumpPath="$T/own/my.hprof" -XX:ErrorFile="$T/own/my.log" -Dfake.oom Main
ok 'a dump in a place of the user stays there' sh -c "ls '$T'/own/*.hprof"
is "$(field "$(incident)" kind)" oom 'and the incident is filed'
run -XX:ErrorFile="$T/own/my.log" -Dfake.crash Main
ok 'an hs_err log in a place of the user stays there' sh -c "ls '$T'/own/*.log"
is "$(field "$(incident)" kind)" crash 'and the incident is filed'
policy

# That it kept no hsperfdata shows only while no other JVM of this user comes or goes.
for ((i = 0; i < 10; i++)); do
	run -XX:+NoSuchFlag Main
	[ "$(field "$(incident)" kind)" = start-failed ] && break
done
is "$status" 1 'a JVM that refuses its options: 1'
is "$(field "$(incident)" kind)" start-failed 'an incident of kind start-failed'
like "$err" 'presumably over -XX:\+NoSuchFlag \(command line\), which this JVM does not know' 'which names the option'
run -Dfake.signal=9 Main
is "$status" 137 'a JVM that is killed: SIGKILL'
is "$(field "$(incident)" kind)" killed 'an incident of kind killed'

before=$(incident_count)
settings collect.on=crash
run -Dfake.oom Main
is "$(incident_count)" "$before" '[collect] on chooses which kinds are filed'
settings collect.on=exit
run -Dfake.exit=5 Main
is "$(field "$(incident)" kind)" exit 'also exits, where it says so'

# unusable NAME STORE: the JVM runs, with one warning
unusable() {
	settings collect.dir="$2"
	run -Dfake.exit=5 Main
	is "$status" 5 "$1: the JVM runs"
	is "$(grep -c . "$err")" 1 'with one line of warning' || diag "$(cat "$err")"
	run -Dfake.oom Main
	is "$status" 3 'and dies as it would'
}
mkdir "$T/real" "$T/closed"
: >"$T/file"
ln -s "$T/real" "$T/link"
unusable 'a store that is a link' "$T/link"
settings collect.dir="$T/link"
run Main
like "$err" 'link is a link' 'which is told'
is "$(ls -A "$T/real")" '' 'nothing was written behind the link'
unusable 'a store below a file' "$T/file/store"
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$T/foreign"
	chown 65534 "$T/foreign"
	unusable 'a store of somebody else' "$T/foreign"

	# A uid that nobody has: such a JVM keeps no hsperfdata, which then proves nothing.
	cp "$JVISOR" "$T/jvisor"
	chmod 755 "$T" "$T/jvisor"
	mkdir -m 1777 "$T/anybody"
	nameless() {
		settings collect.dir="$T/anybody/store"
		setpriv --reuid 54321 --regid 54321 --clear-groups "$T/jvisor" "$@" >"$out" 2>"$err"
		status=$?
	}
	nameless -Dfake.exit=1 Main
	is "$status" 1 'a JVM of a uid without a name that fails: 1'
	nothing 'which is its own affair' "$err"
	nameless -Dfake.oom Main
	is "$status" 3 'one that runs out of memory: 3'
	like "$err" 'Main ran out of memory, it seems' 'and the incident is presumed'
else
	chmod 555 "$T/closed"
	unusable 'a store in a folder that may not be written' "$T/closed/store"
fi

# A container's read-only /tmp: only our folder in it can be written to.
# shellcheck disable=SC2016 # for the inner shell
closed_tmp=(unshare --mount sh -c 'mount --bind /tmp /tmp && mount --bind "$1" "$1" &&
	mount -o remount,bind,ro /tmp || exit 99
	shift; "$@"' sh "$T")
case $T in /tmp/*) ;; *) closed_tmp=(false) ;; esac
settings
if "${closed_tmp[@]}" true 2>/dev/null; then
	"${closed_tmp[@]}" "$JVISOR" -Dfake.exit=1 Main >"$out" 2>"$err"
	is $? 1 'with a read-only /tmp a JVM that fails: 1'
	nothing 'which is its own affair' "$err"
	"${closed_tmp[@]}" "$JVISOR" -Dfake.oom Main >"$out" 2>"$err"
	is $? 3 'one that runs out of memory: 3'
	like "$err" 'Main ran out of memory, it seems' 'and the incident is presumed'
else
	skip 'a read-only /tmp' 'no file system can be mounted here'
fi

mkdir "$T/small"
# shellcheck disable=SC2016 # for the inner shell
if unshare --mount sh -c 'mount -t tmpfs -o size=64k tmpfs "$1"' sh "$T/small" 2>/dev/null; then
	settings collect.dir="$T/small/store"
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -c 'dir=$1; shift
		mount -t tmpfs -o size=64k tmpfs "$dir" || exit 99
		head -c 1000000 /dev/zero >"$dir/full" 2>/dev/null
		"$@"' sh "$T/small" timeout -k 1 30 "$JVISOR" -Dfake.oom Main >"$out" 2>"$err"
	is $? 3 'a full disk: the JVM dies as it would'
	like "$err" 'No space left|disk|full|space' 'and a person is told'
else
	skip 'a full disk' 'no file system can be mounted here'
fi

lib_end
