#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every shell script of the tree passes shellcheck, samples included: found by its first line, since
# what is installed has no extension.
set -u

cd "${top_srcdir:-.}" || exit 1
echo 1..1
if ! command -v shellcheck >/dev/null; then
	echo 'ok 1 # SKIP shellcheck is missing'
	exit 0
fi

scripts=()
while read -r file; do
	if head -n 1 "$file" | grep -qaE '^#!.*\b(ba|da)?sh\b'; then
		scripts+=("$file")
	fi
done < <(find conf hooks scripts bench tests .ci -type f ! -path '*/corpus/*' ! -name '*.[cho]' \
	2>/dev/null | sort)

if shellcheck -x "${scripts[@]}" | sed 's/^/# /' | awk '{ print; bad = 1 } END { exit bad }'; then
	echo "ok 1 - shellcheck of ${#scripts[@]} scripts"
else
	echo "not ok 1 - shellcheck of ${#scripts[@]} scripts"
fi
