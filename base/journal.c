/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal's native protocol. Values here never hold a line end, so the form with a length in
 * front is not needed; and a message fits a datagram, so neither is the one with a memfd.
 */
#include "base/journal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/mask.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = 3, [LOG_LEVEL_WARNING] = 4, [LOG_LEVEL_NOTICE] = 5,
	[LOG_LEVEL_INFO] = 6,  [LOG_LEVEL_DEBUG] = 7,
};

_Static_assert(ARRAY_SIZE(priorities) == LOG_LEVEL_DEBUG + 1, "a priority for each level");

#define VALUE_MAX 2048

int journal_open(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(to.sun_path))
		return -E2BIG;
	memcpy(to.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return steal_fd(&fd);
}

static void put(struct strbuf *out, const char *name, struct slice value,
		const struct strv *secrets)
{
	char room[VALUE_MAX];
	struct strbuf shown = STRBUF_FIXED(room);

	mask_text(secrets, value, &shown);
	strbuf_printf(out, "%s=", name);
	strbuf_clean(out, (struct slice){ room, utf8_whole((struct slice){ room, shown.len }) },
		     false);
	strbuf_putc(out, '\n');
}

int journal_send(int fd, const char *identifier, enum log_level level, struct slice message,
		 const struct log_field *fields, size_t n_fields, const struct strv *secrets)
{
	char room[16 * 1024];
	struct strbuf text = STRBUF_FIXED(room);
	ssize_t done;

	put(&text, "MESSAGE", message, secrets);
	strbuf_printf(&text, "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\n", priorities[level], identifier);
	for (size_t i = 0; i < n_fields; i++) {
		size_t whole = text.len;

		if (!fields[i].value)
			continue;
		put(&text, fields[i].name, slice_of(fields[i].value), secrets);
		if (strbuf_error(&text)) { /* half a field would be a wrong one */
			text.len = whole;
			break;
		}
	}
	do
		done = send(fd, room, text.len, MSG_NOSIGNAL);
	while (done < 0 && errno == EINTR);
	return done < 0 ? -errno : 0;
}
