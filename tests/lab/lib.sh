#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # used by those who source this
#
# For tests in the lab: a Debian sid root (tests/lab/jdks makes it in build/lab) with every OpenJDK from 8 to 28.
# scripts/test --lab runs every tests/lab/*.sh but this one. A test begins like this, and from then on runs
# inside the root, as a script of tests/run runs on the machine (all of tests/run/lib.sh is there):
#
#   . "${top_srcdir:-.}/tests/lab/lib.sh" || exit 1
#   lab_need PACKAGE...                    # only where more than the JDKs is needed; skips where it is not to be had
#   lab_start "$@"                         # skips where there is no lab
#   for jdk in $(lab_jdks); do             # 8 11 17 21 25 26 27 28
#       lab_java "$jdk"                    # sets JVISOR_JAVA
#       run -cp "$classes" Hello           # tests/java, compiled for 8
#   done
#   lab_end
#
# In the root the source and the build folder have the paths that they have outside, /tmp is the test's own
# (on the disk), the processes are in a PID namespace of their own and all mounts in a mount namespace: so
# nothing is left behind, however a test ends. /proc/sys is read-only; the network is the machine's. What a test
# writes elsewhere in the root stays: don't. `lab_run COMMAND...` runs one command in the root from outside, the
# same way.
# One script by hand, behind make check: top_builddir=$PWD/build/gcc bash tests/lab/NAME.sh

. "${top_srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}/tests/run/lib.sh" || exit 1
top_srcdir=$(readlink -f "$top_srcdir")
top_builddir=$(readlink -f "$top_builddir")
: "${LAB:=$top_srcdir/build/lab}"
LAB=$(readlink -m "$LAB")
lab_root=$LAB/sid
classes=$top_builddir/tests/lab/classes

# lab_run's second half, in new namespaces: makes the mounts and goes into the root.
lab_enter() { # TMP COMMAND...
	local tmp=$1 folder
	shift
	mount -t proc proc "$lab_root/proc" && mount --bind "$lab_root/proc/sys" "$lab_root/proc/sys" &&
		mount -o remount,bind,ro "$lab_root/proc/sys" || return 125
	mount --rbind /sys "$lab_root/sys" && mount --rbind /dev "$lab_root/dev" &&
		mount --bind "$tmp" "$lab_root/tmp" || return 125
	for folder in "$top_srcdir" "$top_builddir"; do
		mkdir -p "$lab_root$folder" && mount --rbind "$folder" "$lab_root$folder" || return 125
	done
	export LAB_INSIDE=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root TMPDIR=/tmp
	export top_srcdir top_builddir LAB
	# Not by exec: the first process of a namespace does not take signals as others do.
	chroot "$lab_root" "$@"
}

# Runs a command in the root, in the folder /.
lab_run() ( # COMMAND...
	tmp=$(mktemp -d "$LAB/tmp.XXXXXX") || exit 125
	chmod 1777 "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	trap 'kill "$pid" 2>/dev/null; exit 1' INT TERM HUP
	export LAB top_srcdir top_builddir
	# In the background, so that a signal to us is not held up; its own stdin is kept.
	# shellcheck disable=SC2016 # for the shell within
	unshare --mount --propagation private --pid --fork --kill-child -- bash -c \
		'. "$top_srcdir/tests/lab/lib.sh" && lab_enter "$@"' lab "$tmp" "$@" <&0 &
	pid=$!
	wait "$pid"
)

# For a test that runs on the machine itself (lib_start): core_pattern is the whole machine's. One test at a time
# has it; what it was is put back at the end. To be called behind lib_start.
lab_core_pattern() { # PATTERN
	mkdir -p "$LAB"
	exec 8>"$LAB/.core_pattern.lock"
	flock 8
	lab_core_was=$(cat /proc/sys/kernel/core_pattern)
	trap 'printf "%s\n" "$lab_core_was" >/proc/sys/kernel/core_pattern; lib_cleanup' EXIT
	printf '%s\n' "$1" >/proc/sys/kernel/core_pattern
}

# The releases that are installed.
lab_jdks() {
	local version
	for version in 8 11 17 21 25 26 27 28; do
		[ ! -x "$(lab_home "$version")/bin/java" ] || echo "$version"
	done
}

lab_home() { # VERSION: the JDK's folder, as a path here
	local home root=$lab_root
	[ -z "${LAB_INSIDE-}" ] || root=
	for home in "$root/usr/lib/jvm/java-$1-openjdk-"*; do
		echo "$home"
	done
}

lab_java() { # VERSION
	JVISOR_JAVA=$(lab_home "$1")/bin/java
	export JVISOR_JAVA
}

lab_skip_without() {
	[ -e "$lab_root/.made" ] || skip_all "there is no lab ($lab_root): tests/lab/jdks makes it"
	[ "$(id -u)" -eq 0 ] || skip_all 'the lab is a chroot, which needs root'
	unshare --mount --propagation private true 2>/dev/null || skip_all 'no mount namespace is to be had here'
}

# Packages that the root has to have, from outside and before lab_start.
lab_need() { # PACKAGE...
	[ -z "${LAB_INSIDE-}" ] || return 0
	lab_skip_without
	LAB=$LAB "$top_srcdir/tests/lab/root" sid sid "$@" >/dev/null 2>&1 || skip_all "not to be had: $*"
}

# tests/java for every release, compiled once.
lab_classes() {
	local sources=("$top_srcdir"/tests/java/*.java)
	mkdir -p "$classes"
	(
		flock 9
		if [ ! -e "$classes/made" ] || [ -n "$(find "${sources[@]}" -newer "$classes/made")" ]; then
			javac -source 8 -target 8 -nowarn -Xlint:-options -d "$classes" "${sources[@]}" \
				>"$classes/log" 2>&1 && touch "$classes/made"
		fi
	) 9>"$classes/.lock"
}

# Goes on inside the root, at the script's beginning; there it is the lib_start of tests/run.
lab_start() { # ARGUMENT...
	if [ -n "${LAB_INSIDE-}" ]; then
		lib_start
		return
	fi
	lab_skip_without
	lab_classes || skip_all "javac does not compile tests/java: $(tail -n 1 "$classes/log")"
	lab_run /bin/bash "$(readlink -f "$0")" "$@"
	exit
}

lab_end() {
	lib_end
}
