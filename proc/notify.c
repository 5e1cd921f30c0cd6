/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of sd_notify's protocol: what we tell the service manager, and what our child would
 * tell it. systemd knows the sender by the credentials that the kernel puts on the datagram, so
 * what is passed on comes from us, its main process, and NotifyAccess=main is enough.
 *
 * What one would get wrong: a message may carry descriptors that are closed by nobody if not by us;
 * and a sender that waits for BARRIER=1 waits until the descriptor it sent is closed everywhere.
 */
#include "proc/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/macro.h"

static int make_address(const char *text, struct sockaddr_un *ret, socklen_t *ret_len)
{
	size_t len = strlen(text);

	if (*text != '/' && *text != '@')
		return -EAFNOSUPPORT;
	if (len < 2 || len >= sizeof(ret->sun_path))
		return len < 2 ? -EINVAL : -E2BIG;
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path, text, len);
	if (*text == '@')
		ret->sun_path[0] = '\0'; /* there the length ends the name */
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (*text == '/'));
	return 0;
}

int notify_open(const char *address, struct notify *ret)
{
	struct notify n;
	int r = make_address(address, &n.to, &n.to_len);

	if (r < 0)
		return r;
	n.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n.fd < 0)
		return -errno;
	*ret = n;
	return 0;
}

int notify_send(const struct notify *n, struct slice text, const int *fds, unsigned n_fds)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * NOTIFY_FDS)];
	} control = { 0 };
	struct iovec part = { (char *)text.ptr, text.len };
	struct msghdr m = {
		.msg_name = (struct sockaddr *)&n->to,
		.msg_namelen = n->to_len,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	ssize_t done;

	if (n_fds) {
		control.head = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int) * n_fds),
		};
		memcpy(CMSG_DATA(&control.head), fds, sizeof(int) * n_fds);
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
	}
	do
		done = sendmsg(n->fd, &m, MSG_NOSIGNAL);
	while (done < 0 && errno == EINTR);
	return done < 0 ? -errno : 0;
}

/* The folder by its descriptor: a socket's own path must be short, a folder's need not be. */
static int bind_in(int fd, int folder, const char *name)
{
	char text[sizeof(((struct sockaddr_un *)0)->sun_path)] = "";
	struct strbuf path = STRBUF_FIXED(text);
	struct sockaddr_un at;
	socklen_t len;
	int r;

	strbuf_printf(&path, "/proc/self/fd/%d/%s", folder, name);
	if (strbuf_error(&path))
		return strbuf_error(&path);
	r = make_address(strbuf_str(&path), &at, &len);
	if (r < 0)
		return r;
	(void)unlinkat(folder, name, 0);
	if (bind(fd, (struct sockaddr *)&at, len) < 0)
		return -errno;
	return fchmodat(folder, name, 0666, 0) < 0 ? -errno : 0;
}

int notify_bind(int folder, const char *name)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int yes = 1;
	int r;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
		return -errno;
	r = bind_in(fd, folder, name);
	return r < 0 ? r : steal_fd(&fd);
}

static void take_fds(struct notify_message *m, struct cmsghdr *c)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		if (m->n_fds < NOTIFY_FDS)
			m->fds[m->n_fds++] = fd;
		else
			(void)close(fd);
	}
}

static void take_control(struct notify_message *m, struct msghdr *h)
{
	struct ucred who;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS) {
			take_fds(m, c);
		} else if (c->cmsg_type == SCM_CREDENTIALS &&
			   c->cmsg_len == CMSG_LEN(sizeof(who))) {
			memcpy(&who, CMSG_DATA(c), sizeof(who));
			m->pid = who.pid;
			m->uid = who.uid;
		}
	}
}

int notify_receive(int fd, struct notify_message *ret)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * NOTIFY_FDS)];
	} control;

	for (;;) {
		struct iovec part = { ret->text, sizeof(ret->text) };
		struct msghdr h = {
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t n = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		ret->n_fds = 0;
		ret->pid = 0;
		ret->len = (size_t)n;
		take_control(ret, &h);
		if (ret->pid > 0 && !(h.msg_flags & MSG_TRUNC))
			return 1;
		notify_message_done(ret);
	}
}

void notify_message_done(struct notify_message *m)
{
	while (m->n_fds)
		(void)close(m->fds[--m->n_fds]);
}

static const struct {
	const char *begin;
	enum notify_word word;
} words[] = {
	{ "READY=1", NOTIFY_READY },
	{ "RELOADING=1", NOTIFY_RELOADING },
	{ "STOPPING=1", NOTIFY_STOPPING },
	{ "STATUS=", NOTIFY_STATUS },
	{ "WATCHDOG=", NOTIFY_WATCHDOG },
	{ "WATCHDOG_USEC=", NOTIFY_DETAIL },
	{ "EXTEND_TIMEOUT_USEC=", NOTIFY_EXTEND },
	{ "FDSTORE=1", NOTIFY_FD_STORE },
	{ "FDSTOREREMOVE=1", NOTIFY_FD_STORE },
	{ "FDNAME=", NOTIFY_FD_STORE },
	{ "FDPOLL=", NOTIFY_FD_STORE },
	{ "ERRNO=", NOTIFY_DETAIL },
	{ "BUSERROR=", NOTIFY_DETAIL },
	{ "MONOTONIC_USEC=", NOTIFY_DETAIL },
	{ "BARRIER=1", NOTIFY_BARRIER },
};

static enum notify_word word_of(struct slice line)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i].begin);

		if (slice_starts(line, words[i].begin) &&
		    (line.len == len || words[i].begin[len - 1] == '='))
			return words[i].word;
	}
	return NOTIFY_OTHER;
}

unsigned notify_filter(struct slice text, unsigned allowed, struct strbuf *out)
{
	struct slice line;
	unsigned seen = 0;

	while (slice_next(&text, '\n', &line)) {
		enum notify_word word;

		if (!line.len)
			continue;
		word = word_of(line);
		seen |= NOTIFY_BIT(word);
		if (!(allowed & NOTIFY_BIT(word)))
			continue;
		strbuf_add(out, line.ptr, line.len);
		strbuf_putc(out, '\n');
	}
	return seen;
}
