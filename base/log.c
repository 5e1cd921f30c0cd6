/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only writer of messages: one line, one write(2), from a buffer on the stack. Lines of
 * several processes on one stderr stay whole because a pipe takes up to PIPE_BUF at once.
 *
 * A message that cannot be written is lost: a full pipe must not hold the supervisor up. What the
 * journal does not take goes the ordinary way.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include "base/journal.h"
#include "base/mask.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static struct {
	const char *name;
	enum log_level max;
	int fd;
	int journal; /* -1: none */
	const struct strv *secrets;
} out = { .name = "jvisor", .max = LOG_LEVEL_NOTICE, .fd = STDERR_FILENO, .journal = -1 };

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

int log_open_journal(const char *socket)
{
	int fd = journal_open(socket);

	if (fd < 0)
		return fd;
	close_fd(&out.journal);
	out.journal = fd;
	return 0;
}

static void write_line(enum log_level level, struct slice text, bool cut)
{
	char masked[1024 + 64], line[sizeof(masked) + 128];
	struct strbuf shown = STRBUF_FIXED(masked), b = STRBUF_FIXED(line);
	ssize_t n;

	mask_text(out.secrets, text, &shown);
	shown.len = utf8_whole((struct slice){ masked, shown.len });
	strbuf_printf(&b, "%.64s: %s", out.name, level_words[level]);
	strbuf_clean(&b, (struct slice){ masked, shown.len }, false);
	if (cut || strbuf_error(&shown))
		strbuf_puts(&b, "...");
	strbuf_putc(&b, '\n');
	do
		n = write(out.fd, line, b.len);
	while (n < 0 && errno == EINTR);
}

_printf_(4, 0) static void say(enum log_level level, const struct log_field *fields,
			       size_t n_fields, const char *fmt, va_list ap)
{
	char text[1024];
	struct strbuf raw = STRBUF_FIXED(text);
	struct slice message;

	strbuf_vprintf(&raw, fmt, ap);
	message = (struct slice){ text, raw.len };
	if (out.journal < 0 ||
	    journal_send(out.journal, out.name, level, message, fields, n_fields, out.secrets) < 0)
		write_line(level, message, strbuf_error(&raw));
}

void log_at(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (level > out.max)
		return;
	va_start(ap, fmt);
	say(level, NULL, 0, fmt, ap);
	va_end(ap);
	errno = saved;
}

void log_event(enum log_level level, const struct log_field *fields, size_t n_fields,
	       const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (level > out.max)
		return;
	va_start(ap, fmt);
	say(level, fields, n_fields, fmt, ap);
	va_end(ap);
	errno = saved;
}
