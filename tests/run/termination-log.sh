#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# [notify] termination_log: the last death in a sentence, for the orchestrator.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start
log=$T/termination-log

settings "notify.termination_log=$log"
yes 'an older text, and a long one' | head -n 1000 >"$log"
run -Dfake.oom Main
is "$(head -n 1 "$log")" "$(sed -n 's/^jvisor: error: //p' "$err")" 'it holds the sentence'
is "$(tail -n +2 "$log")" "incident $(basename "$(incident)") in $STORE" 'and where the incident is, and nothing else'

run -Dfake.exit=1 Main
is "$(wc -l <"$log")" 2 'an exit that is no incident does not touch it'

# A crash, then a start in place that ends well.
settings "notify.termination_log=$log" restart.when=crash restart.delay=0
cat >"$T/jdk/bin/java.sh" <<END
#!/bin/sh
[ -e "$T/second" ] && exec "$T/jdk/bin/java" "\$@"
touch "$T/second"
exec "$T/jdk/bin/java" -Dfake.crash "\$@"
END
chmod +x "$T/jdk/bin/java.sh"
hook restart 10-look "cp $log $T/at-restart"
JVISOR_JAVA=$T/jdk/bin/java.sh run -Dfake.sleep=300 Main
is "$status" 0 'a restart in place ends well'
like "$T/at-restart" '^incident .*-crash-' 'meanwhile it told of the crash'
ok 'and in the end of nothing' test -f "$log" -a ! -s "$log"

settings "notify.termination_log=$log"
printf '#!/no/such/shell\n' >"$T/jdk/bin/broken"
chmod +x "$T/jdk/bin/broken"
JVISOR_JAVA=$T/jdk/bin/broken run Main
like "$log" "cannot execute $T/jdk/bin/broken" 'a java that cannot be run is told there too'
settings "notify.termination_log=$T/no/such/folder/log"
run -Dfake.oom Main
is "$status" 3 'a place that cannot be written to'
like "$err" 'warning: \[notify\] termination_log: cannot write' 'is one warning'
is "$(incident_count)" 3 'and nothing more'
lib_end
