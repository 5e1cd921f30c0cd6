#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a jvisor that was killed could not file, the next start files.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

start first -Dfake.wait com.example.Orders
jvm=$(jvm_of first)
is "$(find "$STORE/.run" -mindepth 1 -maxdepth 1 -type d | wc -l)" 1 'a running JVM has its run folder'
kill -KILL "$(pid_of first)"
eventually gone "$jvm"
is "$(incident_count)" 0 'nobody was there to file its end'

# filed NUMBER
# shellcheck disable=SC2317 # called by eventually
filed() { [ "$(incident_count)" -eq "$1" ] && [ "$(field "$(incident)" status)" = complete ]; }
run -Dfake.exit=5 Main
is "$status" 5 'the next start runs'
ok 'and files the end of its predecessor' eventually filed 1
dir=$(incident)
is "$(field "$dir" kind)" killed 'of kind killed'
is "$(field "$dir" confidence)" presumed 'presumed'
ok 'with the pid of that JVM' grep -qE "\"pid\": *$jvm\b" "$dir/incident.json"
ok 'and its program' grep -q Orders "$dir/incident.json"
# shellcheck disable=SC2317 # called by eventually
swept() { [ -z "$(ls -A "$STORE/.run")" ]; }
ok 'no run folder is left' eventually swept
run -Dfake.exit=5 Main
sleep 0.3
is "$(incident_count)" 1 'a further start files nothing again'

start alive -Dfake.wait Main
run -Dfake.exit=5 Main
sleep 0.3
is "$(incident_count)" 1 'a JVM that still runs is left alone'
kill -TERM "$(pid_of alive)"
is "$(status_of alive)" 'exit 143' 'and ends in its time'

start second -Dfake.wait Main
kill -KILL "$(pid_of second)"
eventually gone "$(jvm_of second)"
"$JVISORCTL" --dir "$STORE" finish >"$out" 2>&1
is $? 0 'jvisorctl finish does it by hand'
ok 'and it is filed' eventually filed 2

hook oom 10-slow 'sleep 30'
start during -Dfake.oom Main
eventually sh -c "pgrep -P '$(pid_of during)'"
eventually gone "$(jvm_of during)"
kill -KILL "$(pid_of during)"
rm -rf "$T/hooks.d"
run -Dfake.exit=5 Main
ok 'killed while its hooks ran, the death is filed by the next' eventually filed 3

lib_end
