/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"

/* A folder of made-up files in the place of a real root. Include after cmocka.h. */
struct tree {
	char path[32];
	int fd;
};

static inline void tree_make(struct tree *t)
{
	memcpy(t->path, "/tmp/jvisor-test-XXXXXX", sizeof("/tmp/jvisor-test-XXXXXX"));
	assert_non_null(mkdtemp(t->path));
	t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->fd >= 0);
}

static inline void tree_remove(struct tree *t)
{
	close_fd(&t->fd);
	assert_int_equal(dir_remove(AT_FDCWD, t->path), 0);
}

/* Writes a file, making its folders; the mode is exactly this. */
static inline void tree_bytes(const struct tree *t, const char *name, const void *data, size_t len,
			      mode_t mode)
{
	char folder[512];
	char *slash;
	int fd;

	snprintf(folder, sizeof(folder), "%s", name);
	slash = strrchr(folder, '/');
	if (slash) {
		*slash = '\0';
		assert_true(dir_make(t->fd, folder, 0755, NULL) >= 0);
	}
	fd = openat(t->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, data, len), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static inline void tree_file(const struct tree *t, const char *name, const char *text)
{
	tree_bytes(t, name, text, strlen(text), 0644);
}
