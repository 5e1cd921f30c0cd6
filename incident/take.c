/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a file comes into the incident: renamed, linked or copied.
 *
 * A rename keeps the open file of whoever still writes to it. So what another user left is renamed
 * only where the kernel says that nobody can write to it any more; else it is copied, whatever it
 * costs, and only then removed. A copy is made under a temporary name: a collector that is killed
 * must not leave half a dump that looks like a whole one.
 */
#include "incident/take.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include "base/clock.h"
#include "base/file.h"

bool take_is_fresh(const struct stat *st, uint64_t since)
{
	/* The kernel stamps files with the time of its last tick (10 ms at HZ=100); whole seconds
	 * are from a file system that knows no better. */
	uint64_t slack = st->st_mtim.tv_nsec ? 20 * NSEC_PER_MSEC : NSEC_PER_SEC;

	return clock_ns(st->st_mtim) + slack >= since;
}

uint64_t room_left(int fd, uint64_t min_free)
{
	struct statvfs vfs;
	uint64_t left;

	if (fstatvfs(fd, &vfs) < 0)
		return UINT64_MAX;
	left = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	return left > min_free ? left - min_free : 0;
}

static int no_room(const struct room *room, int dir, uint64_t bytes, struct err *err)
{
	if (room->max_incident && bytes > room->max_incident - room->used)
		return err_set(err, EFBIG, "it is larger than max_incident leaves room for");
	if (bytes > room_left(dir, room->min_free))
		return err_set(err, ENOSPC, "a copy would take the file system below min_free");
	return 0;
}

static bool is_same(int dir, const char *name, const struct stat *st)
{
	struct stat now;

	return !fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) && now.st_dev == st->st_dev &&
	       now.st_ino == st->st_ino;
}

static int copy_in(int from, const struct stat *st, int dir, const char *as)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	_cleanup_free_ char *tmp = NULL;
	_cleanup_close_ int to = -1;
	uint64_t bytes;
	int r;

	if (asprintf(&tmp, "%s.tmp", as) < 0) {
		tmp = NULL;
		return -ENOMEM;
	}
	unlinkat(dir, tmp, 0);
	to = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	r = file_copy(from, to, &bytes);
	if (!r) {
		futimens(to, times);
		r = renameat(dir, tmp, dir, as) < 0 ? -errno : 0;
	}
	if (r)
		unlinkat(dir, tmp, 0);
	return r;
}

/* Makes another user's file ours. A read lease is granted only while nobody has the file open or
 * mapped for writing, and is marked as broken by whoever opens it so afterwards (fcntl(2); where
 * the file system has none the answer is no). The signal of that shall be one that is ignored. */
static bool adopt(const struct take *t, int fd)
{
	bool ours;

	(void)privs_files_as(t->who); /* a lease is for the owner */
	ours = !fcntl(fd, F_SETSIG, SIGURG) && !fcntl(fd, F_SETLEASE, F_RDLCK);
	(void)privs_files_as(NULL);
	if (!ours)
		return false;
	ours = !fchown(fd, geteuid(), getegid()) && !fchmod(fd, 0600) &&
	       fcntl(fd, F_GETLEASE) == F_RDLCK;
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	return ours;
}

/* 0: done; 1: this way is closed (another file system, another owner who may still write), a copy
 * is left. */
static int try_rename(const struct take *t, int fd, const struct stat *st, int dir)
{
	struct stat there, here;

	if (t->mode != TAKE_MOVE)
		return 1;
	if (st->st_uid != geteuid() &&
	    (fstatat(t->dirfd, "", &there, AT_EMPTY_PATH) || fstat(dir, &here) ||
	     there.st_dev != here.st_dev || !adopt(t, fd)))
		return 1;
	if (renameat(t->dirfd, t->name, dir, t->as) < 0)
		return errno == EXDEV ? 1 : -errno;
	if (!is_same(dir, t->as, st)) {
		unlinkat(dir, t->as, 0);
		return -ESTALE;
	}
	fchmod(fd, 0600);
	return 0;
}

static int try_link(const struct take *t, int fd, const struct stat *st, int dir)
{
	char self[32];

	if (t->mode != TAKE_LINK || st->st_uid != geteuid())
		return 1;
	/* By the descriptor, so that it is the file that was looked at. */
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, dir, t->as, AT_SYMLINK_FOLLOW) < 0)
		return 1;
	return 0;
}

static int bring(struct room *room, int dir, const struct take *t, int fd, const struct stat *st,
		 struct err *err)
{
	int r = try_rename(t, fd, st, dir);

	if (r > 0)
		r = try_link(t, fd, st, dir);
	if (r < 0)
		return err_errno(err, -r, "cannot take %s", t->path);
	if (!r)
		return 0;
	if (no_room(room, dir, (uint64_t)st->st_size, err) < 0)
		return X_TAKE_REFERENCED;
	r = copy_in(fd, st, dir, t->as);
	if (r < 0)
		return err_errno(err, -r, "cannot copy %s", t->path);
	room->used += (uint64_t)st->st_size;
	(void)privs_files_as(t->who);
	if (t->mode == TAKE_MOVE && is_same(t->dirfd, t->name, st))
		unlinkat(t->dirfd, t->name, 0);
	(void)privs_files_as(NULL);
	return 0;
}

int take_plain(struct room *room, int dir, const struct take *t, struct stat *ret, struct err *err)
{
	_cleanup_close_ int fd = -1;

	(void)privs_files_as(t->who);
	fd = file_open_source(t->dirfd, t->name, t->uid, ret, err);
	(void)privs_files_as(NULL);
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? X_TAKE_NOTHING : fd;
	if (t->since && !take_is_fresh(ret, t->since))
		return X_TAKE_NOTHING;
	return bring(room, dir, t, fd, ret, err);
}

int take_file(struct incident *inc, struct room *room, int dir, const struct take *t,
	      struct err *err)
{
	struct artifact *a;
	struct stat st = { 0 };
	int r = take_plain(room, dir, t, &st, err);

	if (r < 0 || r == X_TAKE_NOTHING)
		return r;
	a = incident_add_artifact(inc, t->type, t->as, t->path);
	if (!a)
		return -ENOMEM;
	a->state = r == X_TAKE_REFERENCED ? ARTIFACT_REFERENCED : ARTIFACT_TAKEN;
	a->bytes = (uint64_t)st.st_size;
	return r;
}

int take_path(struct incident *inc, struct room *room, int dir, struct take t, struct err *err)
{
	const char *slash = strrchr(t.path, '/');
	_cleanup_free_ char *parent = NULL;
	_cleanup_close_ int fd = -1;
	int code;

	if (!slash)
		return err_set(err, EINVAL, "%s is not an absolute path", t.path);
	parent = strndup(t.path, (size_t)(slash - t.path) + 1);
	if (!parent)
		return -ENOMEM;
	(void)privs_files_as(t.who);
	fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	code = fd < 0 ? errno : 0;
	(void)privs_files_as(NULL);
	if (code == ENOENT || code == ENOTDIR || (code == EACCES && t.who))
		return X_TAKE_NOTHING; /* where he may not go he has written nothing */
	if (code)
		return err_errno(err, code, "cannot open %s", parent);
	t.dirfd = fd;
	t.name = slash + 1;
	return take_file(inc, room, dir, &t, err);
}
