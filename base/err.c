/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a struct err. Everything happens in its own array: an error can be told when memory is
 * what ran out, and by the supervisor, which does not allocate.
 *
 * The arguments of a call may point into the very message that is replaced (err_set(e, c, "%s",
 * e->msg)), so the new text is built beside the old one.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

static _printf_(4, 0) void fill(struct err *err, int code, const char *after, const char *fmt,
				va_list ap)
{
	char text[sizeof(err->msg)];
	size_t room = sizeof(text), len;
	int n = vsnprintf(text, room, fmt, ap);

	if (n < 0) {
		text[0] = '\0';
		n = 0;
	}
	if (after && (size_t)n < room)
		n += snprintf(text + n, room - (size_t)n, ": %s", after);
	len = (size_t)n;
	if (len >= room)
		len = utf8_whole((struct slice){ text, room - 1 });
	memcpy(err->msg, text, len);
	err->msg[len] = '\0';
	err->code = code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		fill(err, code, NULL, fmt, ap);
		va_end(ap);
	}
	return -code;
}

int err_errno(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		/* strerror() would look for a translation; this one is a constant table. */
		const char *text = strerrordesc_np(code);

		va_start(ap, fmt);
		fill(err, code, text ? text : "unknown error", fmt, ap);
		va_end(ap);
	}
	return -code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -EINVAL;
	va_start(ap, fmt);
	fill(err, err->code, err->msg, fmt, ap);
	va_end(ap);
	return -err->code;
}
