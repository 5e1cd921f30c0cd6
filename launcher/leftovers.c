/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quick look for a predecessor's remains, so that the collector is started for them only when
 * there are any. The lock says who is alive, never the pid: containers may share the store. A
 * shared lock that can be had means that no supervisor holds the exclusive one; it is let go at
 * once by the close.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/macro.h"
#include "base/slice.h"
#include "jvm/life.h"
#include "launcher/leftovers.h"

static bool unlocked(int fd)
{
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0;
}

static bool left_by_somebody(int run, const char *name)
{
	_cleanup_close_ int dir = -1, fd = -1;

	if (slice_ends(slice_of(name), ".facts")) {
		fd = openat(run, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		return unlocked(fd);
	}
	dir = openat(run, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return false;
	fd = openat(dir, LIFE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return unlocked(fd);
}

bool leftovers_any(int store)
{
	int fd = openat(store, ".run", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool found = false;
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return false;
	d = fdopendir(fd);
	if (!d) {
		close_fd(&fd);
		return false;
	}
	while (!found && (e = readdir(d)))
		found = e->d_name[0] != '.' && left_by_somebody(fd, e->d_name);
	(void)closedir(d);
	return found;
}
