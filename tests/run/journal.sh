#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# [log] target = journal where there is no journal; and what is shipped for systemd agrees with the program.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

settings log.target=journal
if [ -S /run/systemd/journal/socket ]; then
	skip 'without a journal' 'this machine has one'
	skip 'messages go to stderr' 'this machine has one'
else
	run -Dfake.oom -Dfake.perf=left Main
	like "$err" '\[log\] target journal: .*; logging to stderr' 'without a journal there is one warning'
	like "$err" 'Main ran out of memory' 'messages go to stderr'
fi

conf=$top_srcdir/conf/systemd
sed -n 's/^EVENT(.*"\(.*\)")$/\1/p' "$top_srcdir/launcher/events.def" | sort >"$T/ids"
sed -n 's/^-- //p' "$conf/jvisor.catalog" | sort >"$T/catalog"
ok 'there are message ids' test -s "$T/ids"
same "$T/ids" "$T/catalog" 'each has a text in the catalog'
grep -oE '@JVISOR_[A-Z]*@' "$conf/jvisor.catalog" | tr -d @ | sort -u >"$T/used"
grep -oE '"JVISOR_[A-Z_]*"' "$top_srcdir/launcher/tell.c" | tr -d '"' | sort -u >"$T/fields"
is "$(comm -23 "$T/used" "$T/fields")" '' 'which uses fields that there are'
if command -v systemd-analyze >/dev/null; then
	sed "s|@bindir@/jvisor|$JVISOR|" "$conf/jvisor@.service.in" >"$T/jvisor@.service"
	systemd-analyze verify --man=no "$T/jvisor@x.service" >"$out" 2>&1
	sed -i '/Failed to create .*bus\|Cannot add dependency/d' "$out"
	unlike "$out" 'jvisor@' 'the unit has nothing that systemd does not know'
else
	skip 'the unit has nothing that systemd does not know' 'no systemd-analyze'
fi

# What completion offers.
complete_with() { # LINE: the words it offers
	(
		PATH=$(dirname "$JVISORCTL"):$PATH
		# shellcheck source=/dev/null
		. "$top_srcdir/conf/completion/${1%% *}"
		COMP_LINE=$1
		COMP_POINT=${#1}
		read -ra COMP_WORDS <<<"$1"
		[[ $1 != *' ' ]] || COMP_WORDS+=('')
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		COMPREPLY=()
		"_${1%% *}"
		echo "${COMPREPLY[@]}"
	) 2>/dev/null
}
is "$(complete_with 'jvisorctl sh')" show 'completion knows the commands'
like <(complete_with 'jvisorctl hooks ') 'give-up' 'the events'
like <(complete_with 'jvisorctl prune --d') '--dry-run' "a command's options"
like <(complete_with "jvisorctl --dir $STORE show ") "last.*-oom-" 'and the incidents'
is "$(complete_with 'jvisor --jvisor-ex')" --jvisor-explain "jvisor's own options"
is "$(complete_with 'jvisor --jvisor-set=notify.s')" 'notify.systemd=' 'and the keys of a policy'

lib_end
