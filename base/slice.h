/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A borrowed piece of text, not terminated. Parsers work on these over one loaded buffer. */
struct slice {
	const char *ptr;
	size_t len;
};

#define SLICE_LIT(s) ((struct slice){ (s), sizeof(s) - 1 })
#define SLICE_FMT(s) (int)(s).len, (s).ptr /* for "%.*s" */

static inline struct slice slice_of(const char *s)
{
	return (struct slice){ s, s ? strlen(s) : 0 };
}

static inline bool slice_eq(struct slice a, const char *b)
{
	return a.len == strlen(b) && (!a.len || !memcmp(a.ptr, b, a.len));
}

bool slice_ieq(struct slice a, const char *b); /* ASCII case is ignored */
bool slice_starts(struct slice a, const char *prefix);
bool slice_ends(struct slice a, const char *suffix);
struct slice slice_trim(struct slice a); /* blanks, tabs, CR, LF at both ends */
struct slice slice_skip(struct slice a, size_t n);

/* Offset of the first c, or -1. */
ptrdiff_t slice_find(struct slice a, char c);

/* First occurrence of needle, a slice from there to the end; .ptr NULL when there is none. */
struct slice slice_search(struct slice a, const char *needle);

/* Cuts the text before sep off *rest and returns it in *ret; false at the end. An empty piece
 * between two separators is returned as such; after a last separator there is none. */
bool slice_next(struct slice *rest, char sep, struct slice *ret);

/* The next line, without its LF or CR LF; false at the end. */
bool slice_next_line(struct slice *rest, struct slice *ret);
