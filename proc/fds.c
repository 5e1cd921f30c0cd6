/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closing what a child must not have.
 *
 * close_range(2) came with Linux 5.9, its CLOEXEC with 5.11, later than the pidfds we cannot do
 * without (5.4), and a container's seccomp filter may refuse it (EPERM): hence the second way.
 */
#include "proc/fds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

static _in_child_ int by_name(unsigned from, int (*act)(int fd))
{
	char buf[1024] __attribute__((aligned(8)));
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n;

	if (dir < 0)
		return -errno;
	while ((n = getdents64(dir, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const void *)(buf + at);
			unsigned fd = 0;

			at += e->d_reclen;
			if (e->d_name[0] == '.')
				continue;
			for (const char *p = e->d_name; *p; p++)
				fd = fd * 10 + (unsigned)(*p - '0');
			if (fd >= from && (int)fd != dir)
				act((int)fd);
		}
	}
	close(dir);
	return n < 0 ? -EIO : 0;
}

static _in_child_ int mark_cloexec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

_in_child_ int fds_close(unsigned from)
{
	if (!syscall(SYS_close_range, from, ~0U, 0))
		return 0;
	return by_name(from, close);
}

_in_child_ int fds_cloexec(unsigned from)
{
	if (!syscall(SYS_close_range, from, ~0U, CLOSE_RANGE_CLOEXEC))
		return 0;
	return by_name(from, mark_cloexec);
}
