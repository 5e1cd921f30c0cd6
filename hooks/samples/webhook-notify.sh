#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Posts what happened as JSON to a web hook (a chat, a pager, a collector of your own).
#
# Install (collected: with the whole incident; oom, crash, death: earlier, with what is known):
#
#   mkdir -p /etc/jvisor/hooks.d/collected
#   ln -s /usr/share/jvisor/hooks/webhook-notify.sh /etc/jvisor/hooks.d/collected/20-notify
#
# Settings come from the environment of the JVM, or from the env of a [hook] section:
#
#   JVISOR_WEBHOOK_URL          where to (needed); kept out of the arguments, it is often a secret
#   JVISOR_WEBHOOK_TOKEN        sent as Authorization: Bearer
#   JVISOR_WEBHOOK_TEXT_ONLY    yes: only {"text": ...}, which is what Slack, Mattermost, Teams want
#
# The body has "text" (a sentence to show), "event", "host", and "incident": the incident.json where
# there is one, else what the environment says.
set -eu

if [ -z "${JVISOR_WEBHOOK_URL:-}" ]; then
	echo 'JVISOR_WEBHOOK_URL is not set: there is nobody to tell' >&2
	exit 1
fi

# A JSON string: quotes and backslashes escaped, control characters as blanks, what is not UTF-8
# dropped where iconv is there to tell.
string() {
	printf '"%s"' "$(
		printf %s "$1" | { iconv -c -f UTF-8 -t UTF-8 2>/dev/null || cat; } |
			tr '\000-\037\177' '[ *]' | sed 's/\\/\\\\/g; s/"/\\"/g'
	)"
}

# "name": "value", for each variable that is not empty.
members() {
	separator=
	for name in event kind oom_kind message exit_code signal pid restarts app incident \
		incident_dir java_home java_version hs_err core heap_dump; do
		variable=JVISOR_$(printf %s "$name" | tr '[:lower:]' '[:upper:]')
		eval "value=\${$variable:-}"
		# shellcheck disable=SC2154 # set by eval
		if [ -n "$value" ]; then
			printf '%s"%s": ' "$separator" "$name"
			string "$value"
			separator=', '
		fi
	done
}

host=$(uname -n)
file=${JVISOR_INCIDENT_DIR:-}/incident.json
if [ -n "${JVISOR_REPORT:-}" ] && [ -r "$JVISOR_REPORT" ]; then
	# It begins with the verdict, broken to lines.
	sentence=$(sed -n '/./,$ { /^$/q; p; }' "$JVISOR_REPORT" | paste -s -d ' ' -)
else
	sentence="${JVISOR_KIND:-${JVISOR_EVENT:-event}}${JVISOR_MESSAGE:+: $JVISOR_MESSAGE}"
fi
text="${JVISOR_APP:-java} on $host: $sentence"

# The URL and the token by stdin of curl, which takes a quoted value with the same escapes.
settings() {
	printf 'url = %s\n' "$(string "$JVISOR_WEBHOOK_URL")"
	if [ -n "${JVISOR_WEBHOOK_TOKEN:-}" ]; then
		printf 'header = %s\n' "$(string "Authorization: Bearer $JVISOR_WEBHOOK_TOKEN")"
	fi
}

body() {
	printf '{"text": '
	string "$text"
	if [ "${JVISOR_WEBHOOK_TEXT_ONLY:-no}" != yes ]; then
		printf ', "event": '
		string "${JVISOR_EVENT:-}"
		printf ', "host": '
		string "$host"
		printf ', "incident": '
		if [ -n "${JVISOR_INCIDENT_DIR:-}" ] && [ -s "$file" ]; then
			cat "$file"
		else
			printf '{'
			members
			printf '}'
		fi
	fi
	printf '}\n'
}

# curl reads its settings and the body from two places, and only one of them can be stdin.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM
(umask 077 && body >"$folder/body")

answer=$(settings | curl --config - --silent --show-error --output /dev/null \
	--write-out '%{http_code}' --header 'Content-Type: application/json' \
	--data-binary "@$folder/body" --connect-timeout 3 --max-time 8)
case $answer in
2??) echo "told the web hook ($answer): $text" ;;
*)
	echo "the web hook refused it: HTTP status $answer" >&2
	exit 1
	;;
esac
