/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed pieces of text. A slice of length 0 may have a NULL pointer, which memcmp and memchr
 * must not be given, so the length is looked at first everywhere.
 */
#include "base/slice.h"

#include <strings.h>
#include "base/macro.h"

bool slice_ieq(struct slice a, const char *b)
{
	return a.len == strlen(b) && (!a.len || !strncasecmp(a.ptr, b, a.len));
}

bool slice_starts(struct slice a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && (!n || !memcmp(a.ptr, prefix, n));
}

_steady_ bool slice_ends(struct slice a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n && (!n || !memcmp(a.ptr + a.len - n, suffix, n));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

_steady_ struct slice slice_trim(struct slice a)
{
	while (a.len && is_blank(a.ptr[a.len - 1]))
		a.len--;
	while (a.len && is_blank(a.ptr[0]))
		a = slice_skip(a, 1);
	return a;
}

_steady_ struct slice slice_skip(struct slice a, size_t n)
{
	if (n > a.len)
		n = a.len;
	return n ? (struct slice){ a.ptr + n, a.len - n } : a;
}

_steady_ ptrdiff_t slice_find(struct slice a, char c)
{
	const char *at = a.len ? memchr(a.ptr, c, a.len) : NULL;

	return at ? at - a.ptr : -1;
}

struct slice slice_search(struct slice a, const char *needle)
{
	const char *at = a.len ? memmem(a.ptr, a.len, needle, strlen(needle)) : NULL;

	return at ? (struct slice){ at, a.len - (size_t)(at - a.ptr) } : (struct slice){ NULL, 0 };
}

_steady_ bool slice_next(struct slice *rest, char sep, struct slice *ret)
{
	ptrdiff_t at = slice_find(*rest, sep);
	size_t len = at < 0 ? rest->len : (size_t)at;

	if (!rest->len)
		return false;
	*ret = (struct slice){ rest->ptr, len };
	*rest = slice_skip(*rest, at < 0 ? len : len + 1);
	return true;
}

_steady_ bool slice_next_line(struct slice *rest, struct slice *ret)
{
	if (!slice_next(rest, '\n', ret))
		return false;
	if (slice_ends(*ret, "\r"))
		ret->len--;
	return true;
}
