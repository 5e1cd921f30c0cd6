/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping what a hook says.
 *
 * A hook that has said too much is read on, or it would block in its write until its deadline; what
 * cannot be kept (a full disk) costs the log and not the hook.
 */
#include "hooks/output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "hooks/hooks.h"

enum { NAME_LEN = 200, TRIES = 100, READS = 16, CHUNK = 16384 };

void output_begin(struct output *o, int dir, const char *event, const char *name)
{
	*o = (struct output){ .dir = dir, .event = event, .name = name, .fd = -1 };
}

/* NAME.log; where another event has that, EVENT.NAME.log; then with a number. */
static void file_name(struct output *o, unsigned attempt)
{
	struct strbuf b = STRBUF_FIXED(o->file);

	if (attempt)
		strbuf_printf(&b, "%s.", o->event);
	strbuf_printf(&b, "%.*s", NAME_LEN, o->name);
	if (attempt > 1)
		strbuf_printf(&b, ".%u", attempt);
	strbuf_puts(&b, ".log");
}

static int make_file(struct output *o)
{
	for (unsigned attempt = 0; attempt < TRIES; attempt++) {
		file_name(o, attempt);
		o->fd = openat(o->dir, o->file,
			       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (o->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	o->file[0] = '\0';
	return -errno;
}

static void add(struct output *o, const void *data, size_t len)
{
	size_t room = HOOKS_OUTPUT_MAX - (size_t)o->kept;
	size_t n = len < room ? len : room;

	if (o->fd < 0 && n && !o->err)
		o->err = make_file(o);
	if (n && !o->err)
		o->err = file_write_all(o->fd, data, n);
	if (o->err)
		n = 0;
	o->kept += n;
	o->dropped += len - n;
}

int output_drain(struct output *o, int pipe)
{
	char chunk[CHUNK];

	for (int i = 0; i < READS; i++) {
		ssize_t n = read(pipe, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 1;
		if (n <= 0)
			return 0;
		add(o, chunk, (size_t)n);
	}
	return 1;
}

void output_end(struct output *o)
{
	char text[96];
	struct strbuf b = STRBUF_FIXED(text);

	if (o->dropped && o->fd >= 0) {
		strbuf_printf(&b, "\n[jvisor: %llu bytes more were not kept]\n",
			      (unsigned long long)o->dropped);
		(void)file_write_all(o->fd, text, b.len);
	}
	close_fd(&o->fd);
}
