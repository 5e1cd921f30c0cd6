# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What building and testing needs, by Debian's names; sourced by demo and test.

# COMMAND:PACKAGE where the command by whatever package is enough.
# shellcheck disable=SC2034 # used by those who source this
build_packages=(gcc:gcc make:make autoconf automake pkg-config:pkg-config libc6-dev libcap-dev
	zlib1g-dev libinih-dev libjansson-dev libmd-dev libcmocka-dev
	javac:openjdk-17-jdk-headless)
# shellcheck disable=SC2034
test_packages=(clang:clang clang-format:clang-format clang-tidy:clang-tidy cppcheck:cppcheck
	libclang-rt-14-dev shellcheck:shellcheck
	curl:curl rclone:rclone tini:tini dumb-init:dumb-init ps:procps unshare:util-linux
	setcap:libcap2-bin mandoc:mandoc python3:python3 python3-yaml git:git)

is_there() { # PACKAGE or COMMAND:PACKAGE
	case $1 in
	*:*) PATH=$PATH:/usr/sbin:/sbin command -v "${1%%:*}" >/dev/null ;;
	*) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
	esac
}

install_missing() { # PACKAGE...
	local one missing=() root=()

	for one in "$@"; do
		is_there "$one" || missing+=("${one##*:}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		echo "missing, and there is no apt-get to install them: ${missing[*]}" >&2
		return 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		root=(sudo)
		if ! command -v sudo >/dev/null; then
			echo "missing, to be installed by root: apt-get install ${missing[*]}" >&2
			return 1
		fi
	fi
	echo "installing: ${missing[*]}"
	"${root[@]}" apt-get -qq update &&
		"${root[@]}" env DEBIAN_FRONTEND=noninteractive \
			apt-get -qq -y install --no-install-recommends "${missing[@]}" >/dev/null
}

# Makes configure where it is missing or older than what it is made of. Run in the top folder.
make_configure() {
	local newer=
	if [ -e configure ]; then
		newer=$(find configure.ac Makefile.am m4 ./*/local.mk tests -newer configure \
			\( -name '*.mk' -o -name '*.ac' -o -name '*.am' -o -name '*.m4' \))
	fi
	if [ ! -e configure ] || [ -n "$newer" ]; then
		autoreconf -fi
	fi
}
