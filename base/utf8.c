/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is a character and what is not. Text reaches us from other processes (file names, thread
 * names, Java's messages), so no byte of it is believed to be UTF-8.
 *
 * utf8_whole looks only at the end: bad bytes elsewhere stay where they are.
 */
#include "base/utf8.h"

size_t utf8_char(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */
	size_t n;

	if (!s.len)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.len < n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0; /* below: overlong */
	else if (p[0] == 0xed)
		high = 0x9f; /* above: surrogates */
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f; /* above: past U+10FFFF */
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

size_t utf8_printable(struct slice s)
{
	size_t n = utf8_char(s);
	unsigned char c = n ? (unsigned char)s.ptr[0] : 0;

	if (n == 1 && (c < 0x20 || c == 0x7f))
		return 0;
	if (n == 2 && c == 0xc2 && (unsigned char)s.ptr[1] < 0xa0)
		return 0;
	return n;
}

size_t utf8_whole(struct slice s)
{
	/* A lead byte in the last three places decides: what it begins is whole or goes. */
	for (size_t back = 1; back <= 3 && back <= s.len; back++) {
		unsigned char c = (unsigned char)s.ptr[s.len - back];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

		if ((c & 0xc0) == 0x80)
			continue;
		return need > back ? s.len - back : s.len;
	}
	return s.len;
}

size_t utf8_columns(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}
