#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Exit 137 and empty hands: the kernel's OOM killer, in a memory cgroup of our own, told from somebody's
# kill -9, with the last readings; also where nobody was left to see it.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

# Folders of cgroups below our own one, version 1 or 2.
groups=()
base=$(sed -n 's/^[0-9]*:memory:/\/sys\/fs\/cgroup\/memory/p; s/^0::/\/sys\/fs\/cgroup/p' /proc/self/cgroup | head -n 1)
group() { # NAME MEGABYTES: makes it
	local dir=$base/jvisor-test-$$-$1
	mkdir "$dir" 2>/dev/null || return
	groups+=("$dir")
	if [ -e "$dir/memory.limit_in_bytes" ]; then
		echo "$2m" >"$dir/memory.limit_in_bytes"
	else
		echo "$2m" >"$dir/memory.max"
	fi
}
in_group() { # NAME COMMAND...
	local dir=$base/jvisor-test-$$-$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$dir" "$@"
}
# shellcheck disable=SC2317 # called by a trap
cleanup_groups() {
	local dir
	lib_cleanup
	for dir in "${groups[@]}"; do
		eventually rmdir "$dir"
	done
}
trap cleanup_groups EXIT

if ! { group one 384; } 2>/dev/null || ! in_group one true 2>/dev/null; then
	skip_all 'no memory cgroup can be made here'
fi

settings sample.interval=50ms
# The limit leaves room for a jvisor that is sanitized. The java that is run is the fake one, whose heap is 16 MiB of at most 64 MiB, whatever it eats.
in_group one "$HELPERS/waiter" -n -s "$T/ended" "$JVISOR" -Dfake.eat=600 com.example.Orders >"$out" 2>"$err" </dev/null
is "$(cat "$T/ended")" 'signal 9' 'over the limit: the kernel kills the JVM, and jvisor ends like it'
dir=$(incident)
is "$(field "$dir" kind)" oom-killer 'an incident of kind oom-killer'
is "$(field "$dir" confidence)" confirmed 'confirmed'
verdict=$(field "$dir" verdict)
said() { # PATTERN NAME
	ok "$2" grep -qE "$1" <<<"$verdict" || diag "$verdict"
}
said "Orders was killed by the kernel's OOM killer: the container's memory limit of 384 MiB was reached" 'it names the limit'
said 'It had 3[0-9][0-9](\.[0-9])? MiB: 16 MiB Java heap \(of at most 64 MiB\) and [0-9.]+ MiB beside it' \
	'the memory by heap and rest'
said 'raise the limit' 'and what to change'
like "$dir/incident.json" "count of OOM kills in its cgroup rose from 0 to 1" 'the count is evidence'
like "$dir/incident.json" 'at the last reading, [0-9.]+ s before the end: ' 'and the last reading'
ok 'which is in the figures' grep -qE '"rss": [0-9]{7,}' "$dir/incident.json"

# What is in the life file, by its place there.
rss_of() { # NAME
	od -An -tu8 -j 32 -N 8 "$STORE"/.run/*/life 2>/dev/null | tr -d ' '
}
# shellcheck disable=SC2317 # called by eventually
grown() { [ "$(rss_of)" -ge 343000000 ] && [ "$(rss_of)" -lt 99999999999 ]; }
grow() { # NAME: has 334 of its 384 megabytes, and waits
	# shellcheck disable=SC2016 # for the inner shell
	start_command "$1" sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$base/jvisor-test-$$-one" \
		"$JVISOR" "-Dfake.ready=$T/$1.ready" -Dfake.eat=334 -Dfake.wait com.example.Orders
	eventually test -s "$T/$1.ready"
	ok "$2" eventually grown
}

grow alive 'a tick writes what the JVM has'
kill -KILL "$(jvm_of alive)"
is "$(status_of alive)" 'signal 9' 'killed by somebody'
dir=$(incident)
is "$(field "$dir" kind)" killed 'is killed'
is "$(field "$dir" confidence)" confirmed 'confirmed: the count did not rise'
like "$dir/incident.json" 'not by the kernel.s OOM killer' 'which the sentence says'

# A container is killed as a whole, supervisor included, and its successor is in another one.
whole() { # NAME
	grow "$1" "$2"
	kill -KILL "$(pid_of "$1")"
	eventually gone "$(jvm_of "$1")"
}
# shellcheck disable=SC2317 # called by eventually
filed() { [ "$(incident_count)" -eq "$1" ] && [ "$(field "$(incident)" status)" = complete ]; }
before=$(incident_count)
whole lost 'nobody is left'
group two 16
in_group two "$T/jdk/bin/java" -Dfake.eat=100 Main >/dev/null 2>&1 # a kill for the machine's count
run -Dfake.exit=5 Main
ok 'the next start files it' eventually filed $((before + 1))
dir=$(incident)
is "$(field "$dir" kind)" oom-killer 'as oom-killer: it was at its limit and the kernel was at work'
is "$(field "$dir" confidence)" presumed 'presumed'
verdict=$(field "$dir" verdict)
said "OOM killer together with its supervisor, it seems: the container's memory limit of 384 MiB was reached. It had 3[0-9][0-9]" \
	'with the limit and the last reading'

kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }
before=$(incident_count)
seen=$(kills)
whole again 'once more, and the kernel kills nobody'
run -Dfake.exit=5 Main
ok 'the next start files it' eventually filed $((before + 1))
if [ "$(kills)" = "$seen" ]; then
	is "$(field "$(incident)" kind)" killed 'as killed'
else
	skip 'as killed' 'somebody else ran out of memory meanwhile'
fi

settings sample.interval=0
start quiet -Dfake.wait Main
sleep 0.3
ok 'with interval 0 nothing is read' test "$(rss_of)" = 18446744073709551615
kill -TERM "$(pid_of quiet)"
is "$(status_of quiet)" 'exit 143' 'and it ends as it would'

lib_end
