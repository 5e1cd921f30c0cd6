#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Copies an incident to object storage, or to anything else that rclone knows.
#
# Install (only at `collected`: before it the incident is not whole and its folder will be renamed):
#
#   mkdir -p /etc/jvisor/hooks.d/collected
#   ln -s /usr/share/jvisor/hooks/upload-rclone.sh /etc/jvisor/hooks.d/collected/50-upload
#
# Settings come from the environment of the JVM, or from the env of a [hook] section:
#
#   JVISOR_RCLONE_REMOTE   where to, such as s3:incidents/production (needed)
#   RCLONE_CONFIG          rclone's configuration file; it has to be readable by the hook's user
#
# The copy is at REMOTE/HOST/ID. What is there is never changed or removed, but for the report and its
# index, which jvisor completes after the hooks; so a copy that was cut short may be run again.
set -eu

if [ -z "${JVISOR_RCLONE_REMOTE:-}" ]; then
	echo 'JVISOR_RCLONE_REMOTE is not set: there is nowhere to copy to' >&2
	exit 1
fi
if [ -z "${JVISOR_INCIDENT:-}" ] || [ ! -d "${JVISOR_INCIDENT_DIR:-}" ]; then
	echo "there is no incident to copy at the event \"${JVISOR_EVENT:-}\"" >&2
	exit 1
fi

target=${JVISOR_RCLONE_REMOTE%/}/$(uname -n)/$JVISOR_INCIDENT

copy() {
	rclone copy "$JVISOR_INCIDENT_DIR" "$target" --transfers 2 --retries 3 \
		--low-level-retries 5 --contimeout 10s --timeout 5m --stats 0 \
		--log-level NOTICE "$@"
}

# The hooks' own output is still being written, by this script too.
copy --immutable --exclude '/hooks/**' --exclude '/incident.json' --exclude '/report.*'
copy --include '/incident.json' --include '/report.*'

echo "copied $JVISOR_INCIDENT to $target:"
rclone size "$target"
