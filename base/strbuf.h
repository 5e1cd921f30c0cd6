/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include "base/macro.h"
#include "base/slice.h"

/* A string builder that remembers its first error: append at will, check once with
 * strbuf_error() at the end. A fixed one works in the caller's array and never allocates
 * (what does not fit is the error -E2BIG; the text is then cut). Always terminated. */
struct strbuf {
	char *buf;
	size_t len, cap;
	int err; /* negative errno, sticky */
	bool fixed;
};

#define STRBUF_INIT	    ((struct strbuf){ 0 })
#define STRBUF_FIXED(array) ((struct strbuf){ .buf = (array), .cap = sizeof(array), .fixed = true })

void strbuf_done(struct strbuf *b); /* frees the content, ready for reuse */
#define _cleanup_strbuf_ _cleanup_(strbuf_done)

void strbuf_reset(struct strbuf *b); /* length 0 and no error, memory kept */
void strbuf_add(struct strbuf *b, const void *data, size_t len);

/* Makes room for more bytes (and the NUL) behind the text, for those who read(2) into it and add
 * to len themselves; false on an error. */
bool strbuf_reserve(struct strbuf *b, size_t more);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_slice(struct strbuf *b, struct slice s);
void strbuf_cut(struct strbuf *b, size_t len); /* shortens it to len */
void strbuf_printf(struct strbuf *b, const char *fmt, ...) _printf_(2, 3);
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap) _printf_(2, 0);

/* Text of others without what could drive a terminal: each bad byte becomes a '?'. LF and TAB stay
 * where lines is set, else they become blanks. */
void strbuf_clean(struct strbuf *b, struct slice s, bool lines);

/* The words of text, broken before `width` columns, with a LF at the end. The first line goes on
 * where `at` columns are taken already, each later one begins with prefix. A word that is too long
 * stays whole, so that a path can be copied. */
void strbuf_wrap(struct strbuf *b, const char *text, size_t at, const char *prefix, size_t width);

/* s as a POSIX shell word: as it is when harmless, else in single quotes; control characters
 * and bytes that are not UTF-8 as $'\xNN'. What explain and reports print can be pasted. */
void strbuf_shell(struct strbuf *b, const char *s);

/* "1.5 GiB", "12 KiB", "7 B". */
void strbuf_size(struct strbuf *b, unsigned long long bytes);

/* "1 h 12 min", "3.2 s", "15 ms": at most two units. */
void strbuf_duration(struct strbuf *b, unsigned long long ns);

static inline int strbuf_error(const struct strbuf *b)
{
	return b->err;
}

/* The text; "" when empty. Valid until the next append. */
static inline const char *strbuf_str(const struct strbuf *b)
{
	return b->len ? b->buf : "";
}

/* Hands the text over to the caller (free()); NULL on a sticky error or when fixed. */
char *strbuf_steal(struct strbuf *b);
