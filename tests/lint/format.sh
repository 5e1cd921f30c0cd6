#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every C file is as clang-format would write it.
set -u

cd "${top_srcdir:-.}" || exit 1
echo 1..1
if ! command -v clang-format >/dev/null; then
	echo 'ok 1 # SKIP clang-format is missing'
	exit 0
fi
if find base jvm proc policy hooks incident launcher tool tests -name '*.[ch]' -print0 |
	xargs -0 clang-format --style=file --dry-run --Werror 2>&1 |
	sed -n 's/^\([^:]*:[0-9]*\):.*error:.*/# \1/p' | awk '{ print; bad = 1 } END { exit bad }'; then
	echo 'ok 1 - every C file is formatted'
else
	echo 'not ok 1 - every C file is formatted'
fi
