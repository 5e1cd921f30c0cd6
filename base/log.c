/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only writer of messages: one line, one write(2), from a buffer on the stack. Lines of
 * several processes on one stderr stay whole because a pipe takes up to PIPE_BUF at once.
 *
 * A message that cannot be written is lost: a full pipe must not hold the supervisor up.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include "base/mask.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static struct {
	const char *name;
	enum log_level max;
	int fd;
	const struct strv *secrets;
} out = { .name = "jvisor", .max = LOG_LEVEL_NOTICE, .fd = STDERR_FILENO };

static const char *const level_words[] = {
	[LOG_LEVEL_ERROR] = "error: ", [LOG_LEVEL_WARNING] = "warning: ", [LOG_LEVEL_NOTICE] = "",
	[LOG_LEVEL_INFO] = "",	       [LOG_LEVEL_DEBUG] = "debug: ",
};

_Static_assert(ARRAY_SIZE(level_words) == LOG_LEVEL_DEBUG + 1, "a word for each level");

void log_open(const char *name, enum log_level max, int fd)
{
	out.name = name;
	out.max = max;
	out.fd = fd < 0 ? STDERR_FILENO : fd;
}

void log_hide(const struct strv *names)
{
	out.secrets = names;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char text[1024], masked[1024 + 64], line[sizeof(masked) + 128];
	struct strbuf raw = STRBUF_FIXED(text), shown = STRBUF_FIXED(masked),
		      b = STRBUF_FIXED(line);
	int saved = errno;
	ssize_t n;
	va_list ap;

	if (level > out.max)
		return;
	va_start(ap, fmt);
	strbuf_vprintf(&raw, fmt, ap);
	va_end(ap);
	mask_text(out.secrets, (struct slice){ text, raw.len }, &shown);
	shown.len = utf8_whole((struct slice){ masked, shown.len });

	strbuf_printf(&b, "%.64s: %s", out.name, level_words[level]);
	strbuf_clean(&b, (struct slice){ masked, shown.len }, false);
	if (strbuf_error(&raw) || strbuf_error(&shown))
		strbuf_puts(&b, "...");
	strbuf_putc(&b, '\n');
	do
		n = write(out.fd, line, b.len);
	while (n < 0 && errno == EINTR);
	errno = saved;
}
