#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A secret that is on the command line, in a variable, in the policy or among the program's own
# arguments is in nothing that jvisor writes; when asked, not in the stored error report either.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

secret=Hunter2Hunter2
args=("-Ddb.password=$secret" "-Dshop.licence=$secret" "-Durl=jdbc:x://u:$secret@h/db"
	-Dplain=shown-to-all Main --token "$secret" "--api-key=$secret")

# Files of a folder that hold the secret, also packed ones.
holding() { # FOLDER
	find "$1" -type f | while read -r file; do
		if zcat -f "$file" | grep -qa "$secret"; then echo "$file"; fi
	done
}
clean() { # NAME FILE
	unlike "$2" "$secret" "$1"
}

export JAVA_TOOL_OPTIONS="-Dapi.key=$secret -Dseen=in-variable"
policy '[collect]' 'secrets = *licence' '[hook told]' 'event = collected' \
	"run = $T/told --password=$secret" "env = MY_TOKEN=$secret"
printf '#!/bin/sh\nexit 0\n' >"$T/told"
chmod 755 "$T/told"
set_too="--jvisor-set=X-mine.token=$secret"

run "$set_too" --jvisor-explain "${args[@]}"
clean 'the explanation' "$out"
like "$out" 'plain=shown-to-all' 'which shows the rest'
run "$set_too" --jvisor-explain=json "${args[@]}"
clean 'the explanation as JSON' "$out"
like "$out" 'in-variable' 'with the rest of the variable'
"$JVISORCTL" explain -- "${args[@]}" >"$out" 2>&1
clean 'jvisorctl explain' "$out"
"$JVISORCTL" hooks >"$out" 2>&1
clean 'the list of hooks' "$out"
like "$out" 'told' 'which has them all'

JVISOR_SET="$JVISOR_SET;oom.action=token=$secret" run Main
is "$status" 78 'a bad value'
clean 'is refused without its text' "$err"

printf '[oom]\naction = --token %s\n' "$secret" >"$T/bad.ini"
"$JVISORCTL" check "$T/bad.ini" >"$out" 2>&1
clean 'a finding of jvisorctl check' "$out"
like "$out" 'oom.action' 'which is told'

start running "${args[@]}"
eventually test -s "$STORE"/.run/*/life
is "$(holding "$STORE")" '' 'the life file'
kill "$(pid_of running)"
status_of running >/dev/null

hook collected 10-env "env >$T/hook.env"
run -Dfake.crash "${args[@]}"
dir=$(incident)
is "$(holding "$dir" | sed 's,.*/,,')" hs_err.log 'of an incident only the error report holds it'
like "$dir/incident.json" 'shown-to-all' 'and the rest of the line is there'
clean 'stderr' "$err"
"$JVISORCTL" --dir "$STORE" show last >"$out" 2>&1
clean 'jvisorctl show' "$out"
unlike "$T/hook.env" "^JVISOR_.*$secret" 'no variable of a hook holds it'

policy '[collect]' 'secrets = *licence' 'redact = yes'
run -Dfake.crash "${args[@]}"
dir=$(incident)
is "$(holding "$dir")" '' 'redact = yes: nor does the error report'
like "$dir/hs_err.log" 'plain=shown-to-all' 'which has the rest of the line'
like "$dir/hs_err.log" '^END' 'to its end'
like "$dir/incident.json" 'hide secrets in hs_err.log' 'and the step is told'
is "$(field "$dir" status)" complete 'the incident is complete'
is "$(sha256sum <"$dir/hs_err.log" | cut -d ' ' -f 1)" \
	"$(grep -A 8 '"hs_err.log"' "$dir/incident.json" | sed -n 's/.*"sha256": "\(.*\)".*/\1/p')" \
	'and the checksum is that of what is stored'
is "$(find "$dir" -name '*.tmp')" '' 'nothing half done is left'
lib_end
