/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading, replacing, copying and safely opening files below a directory descriptor.
 *
 * A file of /proc says it is 0 bytes long: what counts is what read returns, never st_size. And a
 * file that another process may have left is judged by its open descriptor (fstat), not by its
 * name, which can be another file a moment later.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

static int append_all(int fd, size_t max, struct strbuf *ret)
{
	size_t start = ret->len, step = 4096;

	for (;;) {
		ssize_t n;

		if (!strbuf_reserve(ret, step))
			return ret->err;
		n = pread(fd, ret->buf + ret->len, step, (off_t)(ret->len - start));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		ret->len += (size_t)n;
		if (ret->len - start > max)
			return -EFBIG;
		if (step < 65536)
			step *= 2;
	}
}

int file_read_fd(int fd, size_t max, struct strbuf *ret)
{
	size_t start = ret->len;
	int r = append_all(fd, max, ret);

	if (r)
		ret->len = start;
	if (ret->cap)
		ret->buf[ret->len] = '\0';
	return r;
}

ssize_t file_read_start(int fd, void *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = pread(fd, (char *)buf + len, size - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int file_read(int dirfd, const char *path, size_t max, struct strbuf *ret, struct err *err)
{
	/* Not blocking: a FIFO in the place of a file must not hold us. */
	_cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot read %s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(err, EISDIR, "cannot read %s: it is a folder", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "cannot read %s: it is not a regular file", path);
	r = file_read_fd(fd, max, ret);
	if (r == -EFBIG)
		return err_set(err, EFBIG, "cannot read %s: it is longer than %zu bytes", path,
			       max);
	if (r < 0)
		return err_errno(err, -r, "cannot read %s", path);
	return 0;
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_replace(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		 struct err *err)
{
	_cleanup_free_ char *tmp = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (asprintf(&tmp, "%s.tmp", name) < 0) {
		tmp = NULL;
		return err_errno(err, ENOMEM, "cannot write %s", name);
	}
	/* What a predecessor left goes; O_EXCL then never follows a link planted there. */
	unlinkat(dirfd, tmp, 0);
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_errno(err, errno, "cannot create %s", tmp);
	r = file_write_all(fd, data, len);
	if (!r && renameat(dirfd, tmp, dirfd, name) < 0)
		r = -errno;
	if (r) {
		unlinkat(dirfd, tmp, 0);
		return err_errno(err, -r, "cannot write %s", name);
	}
	return 0;
}

static int copy_by_hand(int from, int to, off_t at, off_t size, uint64_t *done)
{
	enum { STEP = 128 * 1024 };
	_cleanup_free_ char *buf = malloc(STEP);

	if (!buf)
		return -ENOMEM;
	while (at < size) {
		size_t want = size - at < STEP ? (size_t)(size - at) : STEP;
		ssize_t n = pread(from, buf, want, at);
		off_t written = 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0; /* it was truncated meanwhile */
		while (written < n) {
			ssize_t w = pwrite(to, buf + written, (size_t)(n - written), at + written);

			if (w < 0 && errno == EINTR)
				continue;
			if (w < 0)
				return -errno;
			written += w;
			*done += (uint64_t)w;
		}
		at += n;
	}
	return 0;
}

int file_copy(int from, int to, uint64_t *ret_bytes)
{
	off_t in = 0, out = 0;
	struct stat st;

	*ret_bytes = 0;
	if (fstat(from, &st) < 0)
		return -errno;
	if (st.st_size && !ioctl(to, FICLONE, from)) {
		*ret_bytes = (uint64_t)st.st_size;
		return 0;
	}
	while (in < st.st_size) {
		ssize_t n = copy_file_range(from, &in, to, &out, (size_t)(st.st_size - in), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
			return -errno;
		/* Any other refusal means "not between these two"; some file systems also answer
		 * 0 instead of refusing (Linux 5.3 to 5.18). */
		if (n <= 0)
			break;
		*ret_bytes += (uint64_t)n;
	}
	return copy_by_hand(from, to, in, st.st_size, ret_bytes);
}

void file_forget(int fd, off_t at, off_t len)
{
	/* Pages that are still dirty are not dropped, so they go to the disk first. */
	sync_file_range(fd, at, len,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				SYNC_FILE_RANGE_WAIT_AFTER);
	posix_fadvise(fd, at, len, POSIX_FADV_DONTNEED);
}

int file_open_source(int dirfd, const char *name, uid_t uid, struct stat *st, struct err *err)
{
	_cleanup_close_ int fd =
		openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat got;

	if (fd < 0 && errno == ELOOP)
		return err_set(err, EPERM, "%s is a symbolic link: not taken", name);
	if (fd < 0 && errno == ENXIO)
		return err_set(err, EPERM, "%s is not a regular file: not taken", name);
	if (fd < 0 || fstat(fd, &got) < 0)
		return err_errno(err, errno, "cannot open %s", name);
	if (!S_ISREG(got.st_mode))
		return err_set(err, EPERM, "%s is not a regular file: not taken", name);
	if (uid != (uid_t)-1 && got.st_uid != uid)
		return err_set(err, EPERM, "%s belongs to user %u, not to %u: not taken", name,
			       got.st_uid, uid);
	if (got.st_nlink != 1)
		return err_set(err, EPERM, "%s has %lu hard links: not taken", name,
			       (unsigned long)got.st_nlink);
	*st = got;
	return steal_fd(&fd);
}

int file_read_source(int dirfd, const char *name, uid_t uid, size_t max, struct strbuf *ret,
		     struct err *err)
{
	struct stat st;
	_cleanup_close_ int fd = file_open_source(dirfd, name, uid, &st, err);
	int r = fd < 0 ? fd : file_read_fd(fd, max, ret);

	if (fd >= 0 && r < 0)
		return err_errno(err, -r, "cannot read %s", name);
	return r;
}
