#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages are well-formed, and what is made from tables elsewhere agrees with them.
. "${top_srcdir:-.}/tests/run/lib.sh"
lib_start

cd "$top_srcdir/man" || exit 1
"$top_builddir/man/keys" profiles >"$T/profiles"
sed -e "/^@KEYS@\$/{r /dev/stdin" -e 'd}' -e "/^@PROFILES@\$/{r $T/profiles" -e 'd}' jvisor.ini.5.in \
	<<<"$("$top_builddir/man/keys")" >"$T/page"
same jvisor.ini.5 "$T/page" 'jvisor.ini.5 is made of the keys and profiles there are (else: make update-man)'

"$JVISORCTL" help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p' >"$T/commands"
ok 'help lists commands' test -s "$T/commands"
while read -r command; do
	like jvisorctl.1 "^\\.It Cm $command( |$)" "jvisorctl.1 tells of $command"
done <"$T/commands"

"$JVISORCTL" check --keys | awk -F '\t' '$1 == "hook.event" { sub(/.* of /, "", $2); gsub(/,/, " ", $2); print $2 }' \
	>"$T/events"
ok 'check --keys lists events' test -s "$T/events"
# shellcheck disable=SC2013 # words
for event in $(cat "$T/events"); do
	like jvisor-hooks.7 "^\\.It Cm $event\$" "jvisor-hooks.7 tells of $event"
done

if command -v mandoc >/dev/null; then
	# A page of another package that is not installed here is no mistake.
	mandoc -T lint -W style ./*.[157] 2>/dev/null | grep -v 'referenced manual not found' >"$T/lint"
	nothing 'mandoc finds nothing to blame' "$T/lint"
else
	skip 'mandoc finds nothing to blame' 'mandoc is missing'
fi
lib_end
