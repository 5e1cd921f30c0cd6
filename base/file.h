/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/strbuf.h"

/* Files and folders below a directory descriptor (AT_FDCWD where a person named the path). */

/* Reads a whole regular file or /proc file of at most max bytes into ret (appended). -EFBIG:
 * longer (nothing appended). Follows links: for files that a person or the system named. */
int file_read(int dirfd, const char *path, size_t max, struct strbuf *ret, struct err *err);

/* As file_read from an open descriptor, from its start (pread). */
int file_read_fd(int fd, size_t max, struct strbuf *ret);

/* Up to size bytes from the start of fd into buf, without allocation: how many there were. */
ssize_t file_read_start(int fd, void *buf, size_t size);

/* Writes name.tmp beside it and renames: a reader sees the old text or the new, never half.
 * No fsync: this is for crashes of programs, not of the machine. */
int file_replace(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		 struct err *err);

/* write(2) until all is written; -errno. */
int file_write_all(int fd, const void *data, size_t len);

/* The size of the fd from its start is copied: reflink where the file system can, else
 * copy_file_range, else read and write. *ret_bytes is what was copied, also on an error
 * (the one exception to the rule of out-parameters: what was had is kept). */
int file_copy(int from, int to, uint64_t *ret_bytes);

/* Writes the range back and drops it from the page cache (len 0: to the end), so that a large
 * file passing by does not push out the service's own; best effort. */
void file_forget(int fd, off_t at, off_t len);

/* Opens a file that a hostile process may have left: O_NOFOLLOW|O_NONBLOCK|O_CLOEXEC, read-only;
 * a regular file of this uid ((uid_t)-1: any) with one link, else -EPERM with a sentence.
 * Returns the descriptor and fills *st. */
int file_open_source(int dirfd, const char *name, uid_t uid, struct stat *st, struct err *err);

/* The whole of such a file, appended; as file_read. */
int file_read_source(int dirfd, const char *name, uid_t uid, size_t max, struct strbuf *ret,
		     struct err *err);

/* Makes the folder and its missing parents (mode for each new one); an existing folder is fine.
 * Returns 1 when the last one was made now, else 0. */
int dir_make(int dirfd, const char *path, mode_t mode, struct err *err);

/* Opens a folder O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC; returns the descriptor. */
int dir_open(int dirfd, const char *name, struct err *err);

/* The path itself, or the nearest folder above it that exists (links followed); free(). */
char *dir_nearest(const char *path);

/* Of the file system that the path is on, or would be. */
struct dir_room {
	uint64_t free;	/* bytes that a user may still write; UINT64_MAX: not known */
	bool in_memory; /* gone with the machine */
};

struct dir_room dir_room(const char *path);
struct dir_room dir_room_fd(int fd);

/* Removes name and all below it without following links; -errno of the first failure, going on
 * with the rest. What is gone already is no error. */
int dir_remove(int dirfd, const char *name);

/* Sum of st_blocks*512 of all files below (no links followed). */
int dir_usage(int dirfd, const char *name, uint64_t *ret_bytes);
