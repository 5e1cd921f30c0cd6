#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# README as a newcomer follows it: every command of it, in its order, on a Debian 12 with systemd (tests/lab/machine)
# to which nothing of jvisor is installed yet. README_SHOW=1 shows what they print, too.
# docker is podman, outside of that machine; the images that its Dockerfile names are Debian 12 with JDK 17.
# shellcheck disable=SC2317 # functions that eventually and trap call
. "${top_srcdir:-$(dirname "$0")/../..}/tests/run/lib.sh" || exit 1
top_srcdir=$(readlink -f "$top_srcdir")
machine_base=readme
machine_bare=yes
machine_online=yes
machine_packages=(systemd systemd-sysv dbus procps openjdk-17-jdk-headless gcc make autoconf automake pkg-config
	libc6-dev libcap-dev zlib1g-dev libinih-dev libjansson-dev libmd-dev libcmocka-dev)
. "$top_srcdir/tests/lab/machine"

reason=$(machine_reason)
[ -z "$reason" ] || skip_all "no machine with systemd: $reason"
lib_start
finish() {
	[ ! -d "$T/podman" ] || docker system reset --force >/dev/null 2>&1
	machine_stop
	lib_cleanup
}
trap finish EXIT

# As the user of the command would have it, but that its limits need no rights that are missing here, and that
# nothing is fetched.
docker() {
	local how=()
	case $1 in
	build) how=(--network host --pull=never) ;;
	run) how=(--network host --pull=never --ulimit nofile=1024:4096 --ulimit nproc=4096:4096) ;;
	esac
	(cd "$home" && podman --root "$T/podman/images" --runroot "$T/podman/run" --storage-driver overlay \
		--cgroup-manager cgroupfs "$1" "${how[@]}" "${@:2}")
}

images() {
	mkdir -p "$T/podman"
	tar -c -C "$LAB/$machine_base" --exclude=./usr/share/{doc,man,locale} . |
		docker import -q - docker.io/library/eclipse-temurin:21-jre &&
		docker tag eclipse-temurin:21-jre docker.io/library/debian:bookworm
}

machine_make "$(mktemp -d "$LAB/machine.XXXXXX")" || skip_all 'the machine cannot be made'
root=$machine_dir/root
chroot "$root" useradd --create-home newcomer
home=$root/home/newcomer/jvisor
mkdir "$home"
# What a clone has: tracked files, as they are here.
(
	cd "$top_srcdir" || exit 1
	{ git ls-files -z 2>/dev/null || find . -path ./build -prune -o -type f -print0; } |
		tar -c --null --no-recursion --ignore-failed-read --files-from=- 2>/dev/null
) | tar -x -C "$home"
chroot "$root" chown -R newcomer: /home/newcomer
machine_boot
is "$machine_state" running 'a Debian with systemd is running'

typed() { # WHO FILE: in the source folder, as root or as the newcomer
	local as=(--user 0:0 --env HOME=/root)
	if grep -q '^docker ' "$2"; then
		eval "$(cat "$2")" </dev/null
		return
	fi
	[ "$1" = root ] ||
		as=(--user "$(chroot "$root" id -u newcomer):$(chroot "$root" id -g newcomer)" --env HOME=/home/newcomer)
	runc exec "${as[@]}" --cwd /home/newcomer/jvisor "$machine_name" bash -c "$(cat "$2")" </dev/null
}

# What is to be seen of some commands.
seen_of() { # COMMAND
	case $1 in
	'jvisorctl --dir /var/lib/jvisor-demo list') echo 'crash' ;;
	'docker run'*' list') echo 'oom.*ran out of memory' ;;
	'jvisorctl show last') echo 'ran out of memory' ;;
	'jvisorctl list') echo 'oom' ;;
	*--jvisor-explain*) echo 'ExitOnOutOfMemoryError' ;;
	'systemctl status'*) echo 'Active: active' ;;
	'jvisorctl hooks oom --run') echo 'deregister' ;;
	*) echo '' ;;
	esac
}

once() { # WHO FILE STATUS PATTERN
	typed "$1" "$2" >"$out" 2>&1
	[ $? -eq "$3" ] && { [ -z "$4" ] || grep -qE -- "$4" "$out"; }
}

python3 "$top_srcdir/tests/lab/readme.py" "$top_srcdir/README" "$T/steps" || exit 1
for step in "$T"/steps/*.sh; do
	command=$(head -n 1 "$step")
	section=$(cat "${step%.sh}.section")
	who=$(cat "${step%.sh}.who")
	status=$(cat "${step%.sh}.status")
	if [[ $command = docker\ * ]]; then
		if ! command -v podman >/dev/null; then
			skip "$section: $command" 'there is no podman'
			continue
		fi
		[ -d "$T/podman" ] || images >"$out" 2>&1 || diag "$(tail -n 3 "$out")"
	fi
	pattern=$(seen_of "$command")
	if [ -n "$pattern" ]; then
		eventually once "$who" "$step" "$status" "$pattern"
	else
		once "$who" "$step" "$status" ''
	fi
	result $? "$section: $command" || diag "$(tail -n 15 "$out")"
	[ -z "${README_SHOW-}" ] || printf '\n%s\n' "$(cat "$out")" >&2
done
lib_end
