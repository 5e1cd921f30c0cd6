# SPDX-License-Identifier: Apache-2.0
LINT_TESTS += %D%/layers.sh %D%/format.sh %D%/shell.sh %D%/static.sh
EXTRA_DIST += %D%/layers.txt

# Minutes, so it is no test. One file at a time: clang-tidy 14 takes what the one before left for its
# own, and finds va_lists that are not begun.
.PHONY: tidy
tidy: config.h
	cd $(srcdir) && find base jvm proc policy hooks incident launcher tool -name '*.c' -print0 | \
		xargs -0 -n 1 -P "$$(nproc)" sh -c 'exec clang-tidy --quiet "$$1" -- -std=gnu11 \
			-D_GNU_SOURCE -I. -include $(abs_top_builddir)/config.h 2>/dev/null' sh
