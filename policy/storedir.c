/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where incidents go. A folder that somebody else owns is never used: he could swap what is in it
 * under our hands. Root's is: there is nobody to guard against, and the volumes that containers are
 * given belong to root.
 *
 * DIR and DIR/.run are passable by others (0711), so that a JVM of another user gets to its own
 * folder; an existing DIR is left as it is.
 */
#include "policy/storedir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

enum { STORE_MODE = 0711 };

void store_dir_done(struct store_dir *d)
{
	free(d->path);
	close_fd(&d->fd);
	*d = (struct store_dir){ .fd = -1 };
}

/* The nearest existing folder above (or at) the path lets us make what is missing. */
static bool could_be_made(const char *path)
{
	_cleanup_free_ char *nearest = dir_nearest(path);

	return nearest && !faccessat(AT_FDCWD, nearest, W_OK | X_OK, AT_EACCESS);
}

static int check_owner(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot look at %s", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(
			err, EPERM,
			"%s belongs to another user (uid %u); name another folder in [collect] dir",
			path, (unsigned)st.st_uid);
	return 0;
}

/* A link is not followed: whoever may change it would choose where we write. */
static int tell_link(int dirfd, const char *path, int r, struct err *err)
{
	struct stat st;

	if (r == -ENOTDIR && !fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
		err_set(err, ENOTDIR, "%s is a link, which is not followed; name the folder itself",
			path);
	return r;
}

/* Opens the folder, makes it where it is missing, and sees whose it is; the descriptor. */
static int open_ours(int dirfd, const char *path, bool make, struct err *err)
{
	_cleanup_close_ int fd = dir_open(dirfd, path, err);
	int r;

	if (fd == -ENOENT && make) {
		r = dir_make(dirfd, path, STORE_MODE, err);
		fd = r < 0 ? r : dir_open(dirfd, path, err);
	}
	if (fd < 0)
		return tell_link(dirfd, path, fd, err);
	r = check_owner(fd, path, err);
	return r < 0 ? r : steal_fd(&fd);
}

/* 0: *ret_fd is the folder, or -1 where it is missing and make is false. */
static int open_dir(const char *path, bool make, int *ret_fd, struct err *err)
{
	_cleanup_close_ int fd = open_ours(AT_FDCWD, path, make, err), run = -1;

	if (fd == -ENOENT && !make && could_be_made(path)) {
		*ret_fd = -1;
		return 0;
	}
	if (fd < 0)
		return fd;
	if (make) {
		run = open_ours(fd, ".run", true, err);
		if (run < 0)
			return err_wrap(err, "%s", path);
	}
	*ret_fd = steal_fd(&fd);
	return 0;
}

static int try_dir(const char *path, bool named, bool make, struct store_dir *ret, struct err *err)
{
	struct store_dir d = { .fd = -1, .named = named };
	int r = open_dir(path, make, &d.fd, err);

	if (r < 0)
		return r;
	d.path = strdup(path);
	if (!d.path) {
		close_fd(&d.fd);
		return err_set(err, ENOMEM, "no memory");
	}
	d.volatile_ = dir_room_fd(d.fd).in_memory;
	*ret = d;
	return 0;
}

/* The service manager may hand out a link (DynamicUser=): it is root's, so it is followed. */
static void state_directory(const char *list, struct strbuf *out)
{
	_cleanup_free_ char *first = strndup(list, strcspn(list, ":"));
	_cleanup_free_ char *real = first && *first == '/' ? realpath(first, NULL) : NULL;

	if (real)
		strbuf_puts(out, real);
}

/* The n-th default place; empty: not to be had here. */
static void default_dir(unsigned n, const struct strv *env, struct strbuf *out)
{
	const char *state = strv_env_get(env, "STATE_DIRECTORY");
	const char *xdg = strv_env_get(env, "XDG_STATE_HOME"), *home = strv_env_get(env, "HOME");
	const char *tmp = strv_env_get(env, "TMPDIR");

	strbuf_reset(out);
	switch (n) {
	case 0:
		if (state)
			state_directory(state, out);
		break;
	case 1:
		strbuf_printf(out, "/var/lib/jvisor/%u", (unsigned)geteuid());
		break;
	case 2:
		if (xdg && *xdg == '/')
			strbuf_printf(out, "%s/jvisor", xdg);
		else if (home && *home == '/' && home[1])
			strbuf_printf(out, "%s/.local/state/jvisor", home);
		break;
	default:
		strbuf_printf(out, "%s/jvisor-%u", tmp && *tmp == '/' ? tmp : "/tmp",
			      (unsigned)geteuid());
		break;
	}
}

enum { DEFAULTS = 4 };

int store_dir_find(const struct policy *p, const struct strv *env, bool make, struct store_dir *ret,
		   struct err *err)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct err first = { 0 }, other;
	int r;

	if (p->dir) {
		strbuf_puts(&path, p->dir);
		while (path.len > 1 &&
		       path.buf[path.len - 1] == '/') /* behind a link it would follow */
			strbuf_cut(&path, path.len - 1);
		r = strbuf_error(&path);
		return r < 0 ? r : try_dir(path.buf, true, make, ret, err);
	}
	for (unsigned n = 0; n < DEFAULTS; n++) {
		default_dir(n, env, &path);
		if (strbuf_error(&path))
			return err_set(err, ENOMEM, "no memory");
		if (!path.len)
			continue;
		other = (struct err){ 0 };
		if (!try_dir(path.buf, false, make, ret, &other))
			return 0;
		if (!first.code)
			first = other;
	}
	return err_set(err, first.code ? first.code : ENOENT,
		       "no folder for incidents: %s; name one in [collect] dir",
		       first.code ? first.msg : "none can be made");
}
