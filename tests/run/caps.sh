# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Reading who a process is and what it may, from its /proc/PID/status. Sourced behind lib.sh.

# status_in FILE NAME, proc_status PID NAME: the values of a line, one blank between them
status_in() { awk -v name="$2:" '$1 == name { $1 = ""; sub(/^ /, ""); print }' "$1"; }
proc_status() { status_in "/proc/$1/status" "$2"; }

# caps_in FILE SET, caps PID SET: names of capabilities in the order of the alphabet
caps_in() {
	capsh --decode="$(status_in "$1" "$2")" | sed 's/^[^=]*=//; s/cap_//g' | tr ',' '\n' | sort | xargs
}
caps() { caps_in "/proc/$1/status" "$2"; }

limit() { # PID 'Max NAME': soft and hard
	sed -n "s/^$2  *//p" "/proc/$1/limits" | awk '{ print $1, $2 }'
}
