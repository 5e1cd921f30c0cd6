/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, opening, measuring and removing folders.
 *
 * Whoever owns a folder can swap any name in it for a link between two of our calls, so a tree is
 * walked by descriptors, each opened O_NOFOLLOW below the last. The depth is bounded: every level
 * costs a descriptor and a piece of the stack.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

enum { DEPTH_MAX = 64 };

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* The umask is for what a user's program makes; these modes are a promise (0711 lets a JVM of
 * another user pass to its own folder), so they are set as they are named. */
static int make_one(int dirfd, const char *path, mode_t mode)
{
	_cleanup_close_ int fd = -1;

	if (mkdirat(dirfd, path, mode) < 0)
		return -errno;
	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	return 0;
}

int dir_make(int dirfd, const char *path, mode_t mode, struct err *err)
{
	_cleanup_free_ char *part = strdup(path);
	struct stat st;
	size_t len;
	int failed = 0, r = -EEXIST; /* of the last part; "/" and "" have none */

	if (!part)
		return err_errno(err, ENOMEM, "cannot make the folder %s", path);
	len = strlen(part);
	while (len > 1 && part[len - 1] == '/')
		part[--len] = '\0';
	for (size_t i = 1; i <= len; i++) {
		char c = part[i];

		if ((c && c != '/') || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		r = make_one(dirfd, part, mode);
		part[i] = c;
		/* "No such file" about a part is the consequence of the refusal before it. */
		if (r == 0 || r == -EEXIST)
			failed = 0;
		else if (!failed)
			failed = r;
	}
	if (failed)
		return err_errno(err, -failed, "cannot make the folder %s", path);
	if (!r)
		return 1;
	if (fstatat(dirfd, path, &st, 0) < 0)
		return err_errno(err, errno, "cannot make the folder %s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ENOTDIR, "cannot make the folder %s: there is a file", path);
	return 0;
}

char *dir_nearest(const char *path)
{
	char *up = strdup(path), *slash;

	while (up && access(up, F_OK) < 0 && errno == ENOENT && (slash = strrchr(up, '/'))) {
		if (slash == up && !slash[1])
			break;
		slash[slash == up] = '\0';
	}
	return up;
}

struct dir_room dir_room_fd(int fd)
{
	struct dir_room room = { .free = UINT64_MAX };
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return room;
	room.free = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	room.in_memory = fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC;
	return room;
}

struct dir_room dir_room(const char *path)
{
	_cleanup_free_ char *nearest = dir_nearest(path);
	_cleanup_close_ int fd = nearest ? open(nearest, O_PATH | O_CLOEXEC) : -1;

	return dir_room_fd(fd);
}

int dir_open(int dirfd, const char *name, struct err *err)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, errno, "cannot open the folder %s", name);
	return fd;
}

/* Opens a folder of a walk for reading its names; NULL and *ret_err when it cannot be. */
static DIR *open_level(int dirfd, const char *name, unsigned depth, int *ret_err)
{
	_cleanup_close_ int fd = -1;
	DIR *dir = NULL;

	*ret_err = depth < DEPTH_MAX ? 0 : -ELOOP;
	if (*ret_err)
		return NULL;
	fd = dir_open(dirfd, name, NULL);
	if (fd < 0 || !(dir = fdopendir(fd)))
		*ret_err = fd < 0 ? fd : -errno;
	else
		steal_fd(&fd);
	return dir;
}

/* The next name but "." and ".."; NULL at the end, or with *ret_err set when it broke off. */
static const char *next_name(DIR *dir, int *ret_err)
{
	const struct dirent *e;

	do {
		errno = 0;
		e = readdir(dir);
	} while (e && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")));
	*ret_err = e ? 0 : -errno;
	return e ? e->d_name : NULL;
}

static int remove_level(int parent, const char *name, unsigned depth)
{
	_cleanup_(closedirp) DIR *dir = NULL;
	const char *below;
	int first = 0, r;

	if (!unlinkat(parent, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -errno;
	dir = open_level(parent, name, depth, &r);
	if (!dir)
		return r == -ENOENT ? 0 : r;
	while ((below = next_name(dir, &r))) {
		r = remove_level(dirfd(dir), below, depth + 1);
		if (r && !first)
			first = r;
	}
	if (r && !first)
		first = r;
	if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT && !first)
		first = -errno;
	return first;
}

int dir_remove(int dirfd, const char *name)
{
	return remove_level(dirfd, name, 0);
}

static int usage_level(int parent, const char *name, unsigned depth, uint64_t *sum)
{
	_cleanup_(closedirp) DIR *dir = NULL;
	const char *below;
	struct stat st;
	int r;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && depth ? 0 : -errno;
	*sum += (uint64_t)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode))
		return 0;
	dir = open_level(parent, name, depth, &r);
	if (!dir)
		return r == -ENOENT ? 0 : r;
	while ((below = next_name(dir, &r))) {
		r = usage_level(dirfd(dir), below, depth + 1, sum);
		if (r)
			return r;
	}
	return r;
}

int dir_usage(int dirfd, const char *name, uint64_t *ret_bytes)
{
	uint64_t sum = 0;
	int r = usage_level(dirfd, name, 0, &sum);

	if (!r)
		*ret_bytes = sum;
	return r;
}
