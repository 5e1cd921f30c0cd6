#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Takes a service out of Consul when its JVM stops or dies, so that nobody is sent there any more.
#
# Install (stop: before the JVM is told to end; oom, crash: as soon as it is known):
#
#   mkdir -p /etc/jvisor/hooks.d/stop /etc/jvisor/hooks.d/oom /etc/jvisor/hooks.d/crash
#   ln -s /usr/share/jvisor/hooks/consul-deregister.sh /etc/jvisor/hooks.d/stop/10-consul
#   ln -s /usr/share/jvisor/hooks/consul-deregister.sh /etc/jvisor/hooks.d/oom/10-consul
#   ln -s /usr/share/jvisor/hooks/consul-deregister.sh /etc/jvisor/hooks.d/crash/10-consul
#
# Settings come from the environment of the JVM, or from the env of a [hook] section:
#
#   SERVICE_ID               the id that the service was registered with (needed)
#   CONSUL_HTTP_ADDR         the agent, by default http://127.0.0.1:8500
#   CONSUL_HTTP_SSL          true: https where the address does not say
#   CONSUL_HTTP_TOKEN        an ACL token, or
#   CONSUL_HTTP_TOKEN_FILE   a file with it
#   CONSUL_NAMESPACE         Consul Enterprise
#
# The agent's answer to an id that it does not know counts as done. All is over within four seconds,
# since a stop waits for it.
set -eu

if [ -z "${SERVICE_ID:-}" ]; then
	echo 'SERVICE_ID is not set: there is nothing to deregister' >&2
	exit 1
fi

address=${CONSUL_HTTP_ADDR:-127.0.0.1:8500}
case $address:${CONSUL_HTTP_SSL:-false} in
*://*) ;;
*:true | *:1) address=https://$address ;;
*) address=http://$address ;;
esac
# The JVM's proxy is not for the agent beside it.
case $address in
*://127.* | *://localhost[:/]* | *://localhost | *://\[::1\]*)
	no_proxy='*'
	export no_proxy
	;;
esac

# The id is one part of a path: what has a meaning in a URL is written in hexadecimal.
encode() {
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'
}
url=${address%/}/v1/agent/service/deregister/$(encode "$SERVICE_ID")
if [ -n "${CONSUL_NAMESPACE:-}" ]; then
	url="$url?ns=$(encode "$CONSUL_NAMESPACE")"
fi

token=${CONSUL_HTTP_TOKEN:-}
if [ -z "$token" ] && [ -n "${CONSUL_HTTP_TOKEN_FILE:-}" ]; then
	token=$(cat "$CONSUL_HTTP_TOKEN_FILE")
fi

# By stdin: the arguments of a process can be read by everybody.
settings() {
	if [ -n "$token" ]; then
		printf 'header = "X-Consul-Token: %s"\n' \
			"$(printf %s "$token" | sed 's/\\/\\\\/g; s/"/\\"/g')"
	fi
}

answer=$(
	settings | curl --config - --request PUT --silent --show-error --output /dev/null \
		--write-out '%{http_code}' --connect-timeout 2 --max-time 3 \
		--retry 1 --retry-connrefused --retry-delay 1 --retry-max-time 2 "$url"
)

case $answer in
2?? | 404) echo "deregistered $SERVICE_ID at $address ($answer)" ;;
*)
	echo "$address did not deregister $SERVICE_ID: HTTP status $answer" >&2
	exit 1
	;;
esac
