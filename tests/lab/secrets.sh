#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a real JVM writes of its command line and variables into its error report, without the secrets, on
# every JDK; and the rest of the report byte for byte.
. "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
lab_start "$@"

secret=Hunter2Hunter2
export JAVA_TOOL_OPTIONS="-Dapi.key=$secret -Dseen=in-variable"
for jdk in $(lab_jdks); do
	lab_java "$jdk"
	rm -rf "$STORE"
	for redact in no yes; do
		run "--jvisor-set=collect.redact=$redact" "-Ddb.password=$secret and $secret" -Dplain=seen-on-line \
			"-XX:OnError=: --token $secret" -cp "$classes" Crash segv --token "$secret" "--secret=$secret"
		cp "$(incident)/hs_err.log" "$T/$redact"
	done
	like "$T/no" "$secret" "$jdk: the JVM's own report has them"
	unlike "$T/yes" "$secret" 'redact = yes: the stored one has not'
	like "$T/yes" 'jvm_args:.*-Ddb.password=\*\*\* .*-Dplain=seen-on-line' 'but the rest of the line'
	like "$T/yes" '^JAVA_TOOL_OPTIONS=-Dapi.key=\*\*\* -Dseen=in-variable' 'and of the variable'
	is "$(grep -c '\*\*\*' "$T/yes")" "$(grep -c "$secret" "$T/no")" 'and no other line is changed'
	is "$(grep -rl "$secret" "$(incident)" | sed "s,.*/,,")" '' 'nor is one in the rest of the incident'
done
lab_end
