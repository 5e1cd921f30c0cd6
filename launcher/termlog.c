/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's termination log: one sentence that an orchestrator shows for the end of the
 * container. It holds what is known so far, from the verdict on, since we may be killed before the
 * incident has a name; so it is written anew each time.
 *
 * What one would get wrong: after a restart in place the last death is not the container's end. One
 * that ends well leaves no sentence behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "launcher/sup.h"
#include "launcher/termlog.h"
#include "proc/container.h"

#define TERMLOG_MAX 4096 /* bytes that a kubelet reads */

static const char usual[] = "/dev/termination-log";

/* With a shared PID namespace we are not its first process. */
const char *termlog_path(const char *setting)
{
	struct stat st;

	if (!strcmp(setting, "no"))
		return NULL;
	if (strcmp(setting, "auto") != 0)
		return setting;
	if (lstat(usual, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	return container_ends_with_us() || container_told() ? usual : NULL;
}

static int replace(const char *path, const struct strbuf *text)
{
	_cleanup_close_ int fd = open(
		path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		0644);

	return fd < 0 ? -errno : file_write_all(fd, text->buf, text->len);
}

static void put(struct sup *s, const struct strbuf *text)
{
	const char *path = block_str(s->block, s->block->termination_log);
	_cleanup_lower_ struct privs_scope raised = privs_raise();
	int r = replace(path, text);

	s->termlog_written = text->len > 0;
	if (r < 0)
		log_warning("[notify] termination_log: cannot write %s: %s", path, strerror(-r));
}

void termlog_write(struct sup *s, const char *sentence)
{
	char buf[TERMLOG_MAX];
	struct strbuf text = STRBUF_FIXED(buf);

	if (!s->block->termination_log)
		return;
	strbuf_printf(&text, "%s\n", sentence);
	if (*s->told.incident)
		strbuf_printf(&text, "incident %s in %s\n", s->told.incident,
			      block_str(s->block, s->block->store));
	put(s, &text);
}

void termlog_clear(struct sup *s)
{
	const struct strbuf none = { .buf = (char *)"" };

	if (s->termlog_written)
		put(s, &none);
}
