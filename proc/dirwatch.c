/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New files in a folder, by inotify or dnotify.
 *
 * What one would get wrong: the name that inotify tells is a claim about the past, a full queue
 * tells no name at all, and dnotify never does. A dnotify signal is told from one that somebody
 * sent by its si_code, which kill(2) cannot set (POLL_MSG, fs/notify/dnotify/dnotify.c); where the
 * queue of real-time signals is full the kernel sends a SIGIO of its own instead (fs/fcntl.c).
 */
#include "proc/dirwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "base/macro.h"

#define READS_MAX 16 /* per call, so that a busy folder does not hold the loop */

void dirwatch_init(struct dirwatch *w)
{
	w->fd = -1;
	for (unsigned i = 0; i < DIRWATCH_MAX; i++)
		w->dirs[i] = (struct dirwatch_dir){ DIRWATCH_NONE, -1 };
}

static int add_inotify(struct dirwatch *w, struct dirwatch_dir *d, const char *path)
{
	int wd;

	if (w->fd < 0)
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0)
		return -errno;
	wd = inotify_add_watch(w->fd, path, IN_CREATE | IN_ONLYDIR);
	if (wd < 0)
		return -errno;
	*d = (struct dirwatch_dir){ DIRWATCH_INOTIFY, wd };
	return 0;
}

static int add_dnotify(struct dirwatch_dir *d, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, SIGRTMAX) < 0 ||
	    fcntl(fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT) < 0)
		return -errno;
	*d = (struct dirwatch_dir){ DIRWATCH_DNOTIFY, steal_fd(&fd) };
	return 0;
}

int dirwatch_add(struct dirwatch *w, const char *path, struct err *err)
{
	unsigned i = 0;
	int r, r2;

	while (i < DIRWATCH_MAX && w->dirs[i].way != DIRWATCH_NONE)
		i++;
	if (i == DIRWATCH_MAX)
		return err_set(err, ENOSPC, "too many folders");
	r = add_inotify(w, &w->dirs[i], path);
	if (r == 0)
		return (int)i;
	r2 = add_dnotify(&w->dirs[i], path);
	if (r2 == 0)
		return (int)i;
	return err_set(err, -r2, "inotify: %s; dnotify: %s", strerrordesc_np(-r),
		       strerrordesc_np(-r2));
}

void dirwatch_clear(struct dirwatch *w)
{
	for (unsigned i = 0; i < DIRWATCH_MAX; i++) {
		struct dirwatch_dir *d = &w->dirs[i];

		if (d->way == DIRWATCH_INOTIFY)
			(void)inotify_rm_watch(w->fd, d->id);
		if (d->way == DIRWATCH_DNOTIFY)
			close_fd(&d->id); /* and with it the notification */
		*d = (struct dirwatch_dir){ DIRWATCH_NONE, -1 };
	}
}

static void tell(struct dirwatch *w, const struct inotify_event *e,
		 void (*created)(void *arg, unsigned dir, const char *name), void *arg)
{
	for (unsigned i = 0; i < DIRWATCH_MAX; i++) {
		if (w->dirs[i].way != DIRWATCH_INOTIFY)
			continue;
		if (e->mask & IN_Q_OVERFLOW)
			created(arg, i, NULL);
		else if (e->wd == w->dirs[i].id && e->mask & IN_CREATE && e->len)
			created(arg, i, e->name);
	}
}

void dirwatch_read(struct dirwatch *w, void (*created)(void *arg, unsigned dir, const char *name),
		   void *arg)
{
	_Alignas(struct inotify_event) char buf[4096];

	_Static_assert(sizeof(buf) >= sizeof(struct inotify_event) + NAME_MAX + 1,
		       "any one event fits");
	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(w->fd, buf, sizeof(buf)), at = 0;

		if (n <= 0) {
			if (n < 0 && errno == EINTR)
				continue;
			return;
		}
		while (at < n) {
			const struct inotify_event *e = (const void *)(buf + at);

			at += (ssize_t)(sizeof(*e) + e->len);
			tell(w, e, created, arg);
		}
	}
}

bool dirwatch_signal(struct dirwatch *w, const struct signalfd_siginfo *si,
		     void (*created)(void *arg, unsigned dir, const char *name), void *arg)
{
	bool overflow = si->ssi_signo == SIGIO && si->ssi_code == SI_KERNEL, ours = false;

	if (!overflow && ((int)si->ssi_signo != SIGRTMAX || si->ssi_code != POLL_MSG))
		return false;
	for (unsigned i = 0; i < DIRWATCH_MAX; i++) {
		if (w->dirs[i].way != DIRWATCH_DNOTIFY ||
		    (!overflow && si->ssi_fd != w->dirs[i].id))
			continue;
		ours = true;
		created(arg, i, NULL);
	}
	return ours || !overflow;
}
