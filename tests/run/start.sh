#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the JVM gets is what java would have got: arguments, environment, descriptors, place.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

mkdir "$T/r" "$T/p" "$T/expected"

# expect_args NAME ARGUMENT...: behind the main class they arrive byte for byte.
expect_args() {
	local name=$1
	shift
	printf '%s\0' "$@" | tr '\0\n' '\n\1' >"$T/expected/args"
	run -Dfake.report="$T/r" Main "$@"
	program_args "$T/r" >"$T/args"
	same "$T/args" "$T/expected/args" "$name"
}

expect_args 'empty arguments arrive' '' a '' ''
expect_args 'blanks, quotes and line ends arrive' 'two words' ' ' $'a\nb' $'\t' "it's" '"' \\ '*' \$HOME ';'
expect_args 'bytes that are no UTF-8 arrive' $'\xff\xfe' $'\xc3' $'a\x80b' $'\x01'
expect_args 'behind the main class everything is the program'"'"'s' \
	-XX:+ExitOnOutOfMemoryError -version --jvisor-explain --jvisor-nonsense -- -cp @file -jar x
many=()
for ((i = 0; i < 10000; i++)); do
	many+=("argument-$i")
done
expect_args '10,000 arguments arrive' "${many[@]}"
printf -v long '%0100000d' 7
expect_args 'an argument of 100 kB arrives' "$long" end

run -Dfake.report="$T/r" -Dx='a b' -cp 'x y' -Dfirst -Xmx64m Main
tr '\0' '\n' <"$T/r/args" | sed '1d; /^Main$/,$d' | grep -v '^-XX:' >"$T/args"
printf '%s\n' -Dfake.report="$T/r" '-Dx=a b' -cp 'x y' -Dfirst -Xmx64m >"$T/expected/args"
same "$T/args" "$T/expected/args" 'options keep their order and text'

environment() { # DIR
	sort -z "$1/env" | tr '\0\n' '\n\1' | grep -av -e '^_=' -e '^JVISOR_JAVA=' -e '^JVISOR_SET=' \
		-e '^JVISOR_POLICY='
}
export ODD=$'line\nend' BYTES=$'\xff' EMPTY='' JVISOR_OTHER=kept
plain -Dfake.report="$T/p" Main
run -Dfake.report="$T/r" Main
environment "$T/p" >"$T/expected/env"
environment "$T/r" >"$T/env"
same "$T/env" "$T/expected/env" 'the environment arrives'
tr '\0' '\n' <"$T/r/env" >"$T/env"
unlike "$T/env" '^JVISOR_(JAVA|SET|POLICY)=' 'without what is for this jvisor alone'

exec 5<"$T/policy.ini" 9>"$T/nine"
plain -Dfake.report="$T/p" Main
run -Dfake.report="$T/r" Main
exec 5<&- 9>&-
sort "$T/p/fds" >"$T/expected/fds"
sort "$T/r/fds" >"$T/fds"
same "$T/fds" "$T/expected/fds" 'inherited descriptors arrive, ours do not'
like "$T/fds" '^9 .*/nine$' 'and they are the files that were opened'

mkdir "$T/here"
(cd "$T/here" && umask 027 && plain -Dfake.report="$T/p" Main && run -Dfake.report="$T/r" Main)
for report in p r; do
	grep -vE '^(pid|ppid|core|SigCgt|SigQ|SigPnd)' "$T/$report/state" >"$T/$report.state"
done
same "$T/r.state" "$T/p.state" 'folder, umask, group, session and signals are as with java'
is "$(state "$T/r" cwd)" "$T/here" 'the folder is the one we were started in'
is "$(state "$T/r" umask)" 027 'the umask is ours'

mkdir "$T/bin"
ln -s "$JVISOR" "$T/bin/java"
"$T/bin/java" -Dfake.exit=42 Main
is $? 42 'a link called java is java'

start named -Dfake.wait com.example.Orders secret
ps -o args= -p "$(pid_of named)" >"$T/ps"
like "$T/ps" "^jvisor: $(jvm_of named) (com\.example\.)?Orders\$" \
	'ps shows the pid of the JVM and its class, not the command line again'
is "$(ps -o ppid= -p "$(jvm_of named)" | tr -d ' ')" "$(pid_of named)" 'the JVM is its child'
kill -TERM "$(pid_of named)"
is "$(status_of named)" 'exit 143' 'and TERM ends both'

variable() { tr '\0' '\n' <"$T/r/env" | sed -n "s/^$1=//p"; }
with_listen() { # PID ARGUMENT...: PID "own" is that of jvisor
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'if [ "$1" = own ]; then pid=$$; else pid=$1; fi; shift
		export LISTEN_PID=$pid LISTEN_FDS=1 WATCHDOG_PID=$pid WATCHDOG_USEC=30000000
		exec "$@"' sh "$1" "$JVISOR" -Dfake.report="$T/r" Main
}
with_listen own
is "$(variable LISTEN_PID) $(variable WATCHDOG_PID)" "$(state "$T/r" pid) $(state "$T/r" pid)" \
	'LISTEN_PID and WATCHDOG_PID name the JVM where they named us'
with_listen 1
is "$(variable LISTEN_PID) $(variable WATCHDOG_PID)" '1 1' 'and stay where they name somebody else'

settings process.pidfile="$T/pid"
start pidfile -Dfake.report="$T/r" -Dfake.wait Main
is "$(cat "$T/pid")" "$(state "$T/r" pid)" 'the pidfile holds the pid of the JVM'
kill -TERM "$(pid_of pidfile)"
is "$(status_of pidfile)" 'exit 143' 'which ends when asked'
ok 'and then the pidfile is gone' not test -e "$T/pid"
run -Dfake.oom Main
ok 'also after an end that left an incident' not test -e "$T/pid"
settings

# Nearly the longest line that the kernel takes: it has no room for options of ours.
big=()
printf -v piece '%0130000d' 0
for ((i = 0; i < 15; i++)); do big+=("$piece"); done
big+=("${piece:0:60000}")
low=0 high=130000
while [ $((high - low)) -gt 1 ]; do
	middle=$(((low + high) / 2))
	printf -v last "%0${middle}d" 0
	if "$JVISOR_JAVA" Main "${big[@]}" "$last" >"$T/out" 2>"$T/err"; then low=$middle; else high=$middle; fi
done
printf -v last "%0$((low - 100))d" 0
printf '[java]\noptions = -Dpad=%02000d\n' 0 >"$T/long.ini"
JVISOR_POLICY=$T/long.ini run Main "${big[@]}" "$last"
is "$status" 0 'a line as long as the kernel takes is run all the same'
like "$T/err" 'no room left.*without supervision' 'and a person is told that nobody watches it'
unset big piece last

lib_end
