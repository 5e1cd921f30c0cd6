#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The rules of layers.txt, and two that need no table: every file names its licence, and no switch
# is asked about that config.h does not define. Each rule is then tried on a copy of the tree with
# a violation in it: a lint that finds nothing must be able to find something.
set -u

top=$(cd "${top_srcdir:-.}" && pwd) || exit 1
rules=$top/tests/lint/layers.txt
folders='base jvm proc policy hooks incident launcher tool'
n=0

result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# shellcheck disable=SC2086 # the folders are words
sources() ( # TREE: its C files, relative
	cd "$1" && find $folders -name '*.[ch]' -o -name '*.def' | sort
)

# shellcheck disable=SC2016 # the dollars are awk's
layers() ( # TREE: prints what is against the rules; status 1 when there is something
	cd "$1" && sources . | xargs awk -v rules="$rules" '
	function bad(file, what) { print "# " file ": " what; found = 1 }
	function reaches(file, header, seen,    i, list, k) {
		if (file in seen)
			return 0
		seen[file] = 1
		k = split(includes[file], list, " ")
		for (i = 1; i <= k; i++)
			if (list[i] == header || reaches(list[i], header, seen))
				return 1
		return 0
	}
	BEGIN {
		while ((getline line < rules) > 0) {
			k = split(line, w, " ")
			if (w[1] == "layer")
				for (i = 3; i <= k; i++) may[w[2], w[i]] = 1
			else if (w[1] == "free")
				free[w[2]] = 1
			else if (w[1] == "one")
				for (i = 2; i <= k; i++) one[w[i]] = w[2]
			else if (w[1] == "never")
				never[++nevers] = line
		}
	}
	FNR == 1 { files[++count] = FILENAME }
	/^[ \t]*#[ \t]*include[ \t]*["<]/ {
		header = $0
		sub(/^[^"<]*["<]/, "", header)
		sub(/[">].*/, "", header)
		includes[FILENAME] = includes[FILENAME] " " header
		if ((header in one) && user[one[header]] != FILENAME) {
			if (user[one[header]] != "")
				bad(FILENAME, "<" header "> is for one file, and " \
					user[one[header]] " has it")
			user[one[header]] = FILENAME
		}
		if ($0 !~ /"/ || (FILENAME in free))
			next
		from = FILENAME; sub(/\/.*/, "", from)
		to = header
		if (!sub(/\/.*/, "", to))
			bad(FILENAME, "\"" header "\" lacks its folder")
		else if (!((from, to) in may))
			bad(FILENAME, "layer " from " may not include \"" header "\"")
	}
	END {
		for (r = 1; r <= nevers; r++) {
			k = split(never[r], w, " ")
			for (f = 1; f <= count; f++) {
				if (index(files[f], w[2]) != 1)
					continue
				for (i = 3; i <= k; i++) {
					split("", seen)
					if (reaches(files[f], w[i], seen))
						bad(files[f], "reaches \"" w[i] "\"")
				}
			}
		}
		exit found
	}'
)

licences() ( # TREE
	cd "$1" || exit 1
	status=0
	while read -r file; do
		if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
			echo "# $file: no SPDX line"
			status=1
		fi
	done < <(find . \( -name '.?*' -o -name 'build*' -o -path ./autom4te.cache -o -name 'jvisor-*' \) -prune \
		-o -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.am' \
		-o -name '*.mk' -o -name configure.ac -o -name '*.java' -o -path './m4/*.m4' \) \
		! -name config.h -print)
	exit $status
)

switches() ( # TREE
	cd "$1" || exit 1
	status=0
	while read -r name; do
		if ! grep -Eq "^#(undef|define) $name\$" "$top/config.h.in"; then
			echo "# $name is asked about and never defined"
			status=1
		fi
	done < <(sources . | xargs grep -hE '^[[:space:]]*#[[:space:]]*(el)?if' |
		grep -oE '\b(HAVE|ENABLE)_[A-Z0-9_]+' | sort -u)
	exit $status
)

planted() { # NAME CHECK FILE LINE
	local copy status=1

	copy=$(mktemp -d) || exit 1
	# shellcheck disable=SC2086
	(cd "$top" && cp -R $folders "$copy")
	mkdir -p "$(dirname "$copy/$3")"
	printf '%s\n' "$4" >>"$copy/$3"
	if [ "$2" = layers ]; then
		layers "$copy" | grep -F "# $3: " >/dev/null && status=0
	else
		"$2" "$copy" >/dev/null || status=0
	fi
	rm -rf "$copy"
	result $status "a planted violation is found: $1"
}

echo 1..11
layers "$top"
result $? 'every include is allowed by layers.txt'
licences "$top"
result $? 'every file names its licence'
switches "$top"
result $? 'every switch asked about is defined by configure'

planted 'a layer above' layers base/err.c '#include "launcher/options.h"'
planted 'a neighbour' layers jvm/version.c '#include "proc/loop.h"'
planted 'incident sees no policy' layers incident/facts.c '#include "policy/policy.h"'
planted 'a header without its folder' layers base/slice.c '#include "err.h"'
planted 'a second file with zlib' layers jvm/hprof.c '#include <zlib.h>'
planted 'the supervisor sees hs_err' layers launcher/supervise.c '#include "jvm/hserr.h"'
planted 'a file without a licence' licences base/planted.c 'int planted;'
planted 'a switch nobody defines' switches base/err.c '#ifdef HAVE_PLANTED'
