/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder for the files of a JVM that may be another user.
 *
 * We may be root and the folder above his: so each new folder is opened by its descriptor below the
 * last one, no link followed, and given away only when it is the one that we have just made.
 */
#include "proc/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "proc/privs.h"

enum { PLACE_MODE = 0700 };

static int give(int fd, const struct privs *who)
{
	struct stat st;

	if (fchmod(fd, PLACE_MODE) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!who->change)
		return 0;
	if (st.st_uid != geteuid())
		return -EPERM;
	return fchown(fd, who->uid, who->gid) < 0 ? -errno : 0;
}

/* One folder below *dir, which is then it. */
static int descend(int *dir, const char *name, const struct privs *who)
{
	bool made = mkdirat(*dir, name, PLACE_MODE) == 0;
	_cleanup_close_ int fd = -1;
	int r = 0;

	if (!made && errno != EEXIST)
		return -errno;
	fd = openat(*dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (made)
		r = give(fd, who);
	close_fd(dir);
	*dir = steal_fd(&fd);
	return r;
}

/* `from` exists, and the path begins with it. */
static int make_below(const char *from, const char *path, const struct privs *who)
{
	_cleanup_close_ int dir = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *missing = strdup(path + strlen(from));
	char *rest = missing, *name;
	int r = dir < 0 ? -errno : missing ? 0 : -ENOMEM;

	while (!r && (name = strsep(&rest, "/")))
		if (*name)
			r = descend(&dir, name, who);
	return r;
}

static int may_write(const char *folder)
{
	return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0 ? errno : 0;
}

/* The answer comes by a pipe: where SIGCHLD is ignored a child has no status. */
static int may_write_as(const struct privs *who, const char *folder)
{
	_cleanup_close_ int ours = -1, theirs = -1;
	unsigned char answer = EIO;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	ours = ends[0];
	theirs = ends[1];
	pid = fork();
	if (pid < 0)
		return errno;
	if (!pid) {
		(void)privs_raise();
		r = privs_become(who);
		answer = (unsigned char)(r < 0 ? -r : may_write(folder));
		_exit(write(theirs, &answer, 1) == 1 ? 0 : 1);
	}
	close_fd(&theirs);
	while (read(ours, &answer, 1) < 0 && errno == EINTR)
		;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return answer;
}

int place_for(const char *user, const char *group, const char *folder, bool make, struct err *err)
{
	_cleanup_free_ char *nearest = dir_nearest(folder);
	_cleanup_lower_ struct privs_scope scope = { 0 };
	struct privs who = { 0 };
	const char *asked = folder;
	struct stat st;
	int r = user || group ? privs_find("", user, group, &who, err) : 0;

	if (r < 0)
		return r;
	if (!nearest)
		return err_set(err, ENOMEM, "no memory");
	if (make && strcmp(nearest, folder) != 0) {
		scope = privs_raise();
		r = make_below(nearest, folder, &who);
		if (r < 0)
			return err_errno(err, -r, "cannot make the folder %s", folder);
	} else {
		asked = nearest;
	}
	if (!stat(asked, &st) && !S_ISDIR(st.st_mode))
		return err_set(err, ENOTDIR, "%s is no folder", asked);
	r = who.change ? may_write_as(&who, asked) : may_write(asked);
	if (r)
		return err_set(err, r, "the JVM's user may not write into %s: %s", asked,
			       strerror(r));
	return 0;
}
