/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The string builder. After the first error every append is nothing, so a report is a list of
 * appends and one check.
 *
 * cap counts the room of the terminating NUL. A fixed buffer keeps what fitted: a cut message is
 * better than none, and the supervisor has nothing else.
 */
#include "base/strbuf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/utf8.h"

void strbuf_done(struct strbuf *b)
{
	if (b->fixed) {
		strbuf_reset(b);
		return;
	}
	freep(&b->buf);
	*b = STRBUF_INIT;
}

void strbuf_reset(struct strbuf *b)
{
	b->len = 0;
	b->err = 0;
	if (b->cap)
		b->buf[0] = '\0';
}

bool strbuf_reserve(struct strbuf *b, size_t more)
{
	size_t need, cap;
	char *buf;

	if (b->err)
		return false;
	if (more < b->cap - b->len) /* never below zero: len < cap, or both are 0 */
		return true;
	if (b->fixed || more > SIZE_MAX / 4 - b->len) {
		b->err = b->fixed ? -E2BIG : -ENOMEM;
		return false;
	}
	need = b->len + more + 1;
	cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	buf = realloc(b->buf, cap);
	if (!buf) {
		b->err = -ENOMEM;
		return false;
	}
	b->buf = buf;
	b->cap = cap;
	b->buf[b->len] = '\0';
	return true;
}

void strbuf_add(struct strbuf *b, const void *data, size_t len)
{
	if (b->err || !len)
		return;
	if (!strbuf_reserve(b, len)) {
		if (!b->fixed || !b->cap)
			return;
		len = b->cap - b->len - 1;
	}
	memcpy(b->buf + b->len, data, len);
	b->len += len;
	b->buf[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_putc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_slice(struct strbuf *b, struct slice s)
{
	strbuf_add(b, s.ptr, s.len);
}

void strbuf_cut(struct strbuf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->buf[len] = '\0';
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(b, fmt, ap);
	va_end(ap);
}

void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
	size_t room = b->cap - b->len;
	va_list again;
	int n;

	if (b->err)
		return;
	va_copy(again, ap);
	n = vsnprintf(room ? b->buf + b->len : NULL, room, fmt, ap);
	if (n < 0) {
		b->err = -errno;
		if (room)
			b->buf[b->len] = '\0';
	} else if ((size_t)n < room) {
		b->len += (size_t)n;
	} else if (strbuf_reserve(b, (size_t)n)) {
		vsnprintf(b->buf + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else if (room) {
		if (b->fixed)
			b->len = b->cap - 1;
		else
			b->buf[b->len] = '\0';
	}
	va_end(again);
}

void strbuf_clean(struct strbuf *b, struct slice s, bool lines)
{
	while (s.len) {
		size_t n = utf8_printable(s);
		char c = *s.ptr;

		if (n)
			strbuf_add(b, s.ptr, n);
		else if (c == '\n' || c == '\t')
			strbuf_putc(b, lines ? c : ' ');
		else
			strbuf_putc(b, '?');
		s = slice_skip(s, n ? n : 1);
	}
}

void strbuf_wrap(struct strbuf *b, const char *text, size_t at, const char *prefix, size_t width)
{
	struct slice rest = slice_of(text), word;
	bool first = true;

	while (slice_next(&rest, ' ', &word)) {
		size_t columns = utf8_columns(word);

		if (!word.len)
			continue;
		if (!first && at + 1 + columns > width) {
			strbuf_putc(b, '\n');
			strbuf_puts(b, prefix);
			at = strlen(prefix);
		} else if (!first) {
			strbuf_putc(b, ' ');
			at++;
		}
		strbuf_slice(b, word);
		at += columns;
		first = false;
	}
	strbuf_putc(b, '\n');
}

static bool is_harmless(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-./=:,+@%", c));
}

void strbuf_shell(struct strbuf *b, const char *s)
{
	struct slice rest = slice_of(s);
	enum { NONE, SINGLE, DOLLAR } quote = NONE;
	size_t harmless = 0;

	while (is_harmless(s[harmless]))
		harmless++;
	if (rest.len && harmless == rest.len) {
		strbuf_puts(b, s);
		return;
	}
	/* Escapes get quotes of their own: ksh would read on after \x01 when a digit follows. */
	while (rest.len) {
		size_t n = utf8_printable(rest);

		if (n && quote != SINGLE)
			strbuf_puts(b, quote == NONE ? "'" : "''");
		else if (!n && quote != DOLLAR)
			strbuf_puts(b, quote == NONE ? "$'" : "'$'");
		quote = n ? SINGLE : DOLLAR;
		if (!n)
			strbuf_printf(b, "\\x%02x", (unsigned char)rest.ptr[0]);
		else if (*rest.ptr == '\'')
			strbuf_puts(b, "'\\''");
		else
			strbuf_add(b, rest.ptr, n);
		rest = slice_skip(rest, n ? n : 1);
	}
	strbuf_puts(b, quote == NONE ? "''" : "'");
}

void strbuf_size(struct strbuf *b, unsigned long long bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned long long unit = 1, whole, tenths;
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && bytes / unit >= 1024) {
		unit *= 1024;
		i++;
	}
	whole = bytes / unit;
	tenths = bytes % unit * 10 / unit; /* no overflow: the rest is below 2^60 */
	if (tenths)
		strbuf_printf(b, "%llu.%llu %s", whole, tenths, units[i]);
	else
		strbuf_printf(b, "%llu %s", whole, units[i]);
}

void strbuf_duration(struct strbuf *b, unsigned long long ns)
{
	static const struct {
		const char *name, *small;
		unsigned long long unit, part;
	} big[] = {
		{ .name = "d", .unit = 86400, .small = "h", .part = 3600 },
		{ .name = "h", .unit = 3600, .small = "min", .part = 60 },
		{ .name = "min", .unit = 60, .small = "s", .part = 1 },
	};
	unsigned long long us = ns / 1000, s = ns / 1000000000;

	for (size_t i = 0; i < ARRAY_SIZE(big); i++) {
		if (s < big[i].unit)
			continue;
		strbuf_printf(b, "%llu %s", s / big[i].unit, big[i].name);
		s = s % big[i].unit / big[i].part;
		if (s)
			strbuf_printf(b, " %llu %s", s, big[i].small);
		return;
	}
	if (s && us / 100000 % 10)
		strbuf_printf(b, "%llu.%llu s", s, us / 100000 % 10);
	else if (s)
		strbuf_printf(b, "%llu s", s);
	else if (us >= 1000 || !us)
		strbuf_printf(b, "%llu ms", us / 1000);
	else
		strbuf_printf(b, "%llu us", us);
}

char *strbuf_steal(struct strbuf *b)
{
	char *text = NULL;

	if (!b->fixed && strbuf_reserve(b, 0))
		text = steal_ptr(b->buf);
	strbuf_done(b);
	return text;
}
