/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include "base/slice.h"
#include "base/strbuf.h"

/* The protocol of sd_notify(3) without its library: datagrams of lines to the socket that
 * NOTIFY_SOCKET names, and the other side of it, a socket of ours at which a child's messages
 * arrive before they are passed on. Nothing here blocks or allocates. */

#define NOTIFY_MAX 4096 /* bytes of a message, as for systemd (NOTIFY_BUFFER_MAX) */
#define NOTIFY_FDS 64	/* descriptors that come with one; more are closed */

struct notify {
	int fd; /* -1: nobody is listening */
	struct sockaddr_un to;
	socklen_t to_len;
};

/* A path, or "@NAME" in the abstract namespace. -EAFNOSUPPORT: something else (vsock), -E2BIG. */
int notify_open(const char *address, struct notify *ret);

/* One datagram. fds go with it and stay the caller's. -EAGAIN: the queue is full, say it later. */
int notify_send(const struct notify *n, struct slice text, const int *fds, unsigned n_fds);

/* Binds a socket that tells who sent what. name in the folder, which everybody may write to who can
 * reach it; a stale one is removed. */
int notify_bind(int folder, const char *name);

struct notify_message {
	char text[NOTIFY_MAX];
	size_t len;
	pid_t pid; /* as the kernel tells it, in our PID namespace */
	uid_t uid;
	int fds[NOTIFY_FDS];
	unsigned n_fds;
};

/* The next message: 1, 0: none is there, -errno. Its descriptors are the caller's. A message
 * without a sender's pid is passed over. */
int notify_receive(int fd, struct notify_message *ret);
void notify_message_done(struct notify_message *m); /* closes its descriptors */

/* What the lines of a message say, one bit each; NOTIFY_OTHER: a line that nobody may send through
 * us (MAINPID and all that is not known). */
enum notify_word {
	NOTIFY_READY,
	NOTIFY_RELOADING,
	NOTIFY_STOPPING,
	NOTIFY_STATUS,
	NOTIFY_WATCHDOG,
	NOTIFY_EXTEND,
	NOTIFY_FD_STORE, /* and what belongs to it */
	NOTIFY_DETAIL,	 /* ERRNO, BUSERROR, MONOTONIC_USEC, WATCHDOG_USEC */
	NOTIFY_BARRIER,
	NOTIFY_OTHER,
	NOTIFY_WORD_COUNT,
};

#define NOTIFY_BIT(word) (1u << (word))

/* Copies the lines whose bit is in `allowed`; returns the bits of all lines. Pure. */
unsigned notify_filter(struct slice text, unsigned allowed, struct strbuf *out);
