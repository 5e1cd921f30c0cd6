/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for names in a libjvm.so. It is read, not mapped: a JDK may be replaced under our
 * hands, and a map of a file that got shorter ends us.
 *
 * Names are looked for at each end of a string, so that all of them cost one pass.
 */
#include "jvm/flagsearch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/macro.h"
#include "jvm/kind_elf.h"

/* What is kept of one piece for the next: a whole name and the byte before it. */
enum { KEEP = FLAG_NAME_LOOK_AT + 2, PIECE = 256 * 1024 };

struct search {
	const char *const *names;
	size_t n;
	size_t *lengths; /* 0: too long to look for */
	bool ends[256];	 /* last characters of names */
	enum flag_found *found;
};

/* A string of the library ends before `end`; what stands before `begin` is not known. */
static void string_ends(struct search *s, const char *begin, const char *end)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t len = s->lengths[i];
		const char *at = end - len;

		if (!len || (size_t)(end - begin) < len || end[-1] != s->names[i][len - 1] ||
		    memcmp(at, s->names[i], len) != 0)
			continue;
		if (at == begin || !at[-1])
			s->found[i] = FLAG_WHOLE;
		else if (s->found[i] == FLAG_ABSENT)
			s->found[i] = FLAG_TAIL;
	}
}

static void search_range(struct search *s, int fd, struct elf_range range, char *buf)
{
	size_t kept = 0;

	while (range.len) {
		size_t want = range.len < PIECE ? (size_t)range.len : PIECE, drop;
		ssize_t got = pread(fd, buf + kept, want, (off_t)range.offset);
		const char *at = buf + kept, *end;

		if (got <= 0)
			return;
		end = at + got;
		for (; at < end && (at = memchr(at, 0, (size_t)(end - at))); at++)
			if (at > buf && s->ends[(unsigned char)at[-1]])
				string_ends(s, buf, at);
		range.offset += (uint64_t)got;
		range.len -= (uint64_t)got;
		kept += (size_t)got;
		drop = kept > KEEP ? kept - KEEP : 0;
		memmove(buf, buf + drop, kept - drop);
		kept -= drop;
	}
}

void flagsearch(int fd, const char *const *names, size_t n, enum flag_found *ret)
{
	struct elf_range ranges[8] = { { .len = INT64_MAX } };
	size_t n_ranges = elf_strings(fd, ranges, ARRAY_SIZE(ranges));
	_cleanup_free_ size_t *lengths = calloc(n + 1, sizeof(*lengths));
	_cleanup_free_ char *buf = malloc(KEEP + PIECE);
	struct search s = { .names = names, .n = n, .lengths = lengths, .found = ret };

	for (size_t i = 0; i < n; i++)
		ret[i] = FLAG_ABSENT;
	if (!lengths || !buf)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		lengths[i] = len <= FLAG_NAME_LOOK_AT ? len : 0;
		if (lengths[i])
			s.ends[(unsigned char)names[i][len - 1]] = true;
	}
	for (size_t i = 0; i < (n_ranges ? n_ranges : 1); i++)
		search_range(&s, fd, ranges[i], buf);
}
