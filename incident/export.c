/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An incident as one tar archive: ustar, with a pax header in front of what ustar cannot say (a
 * size from 8 GiB on, a name over 100 bytes).
 *
 * The size stands in front of the data, so a file that shrinks meanwhile is filled up with zeros
 * and one that grows is cut: the archive stays whole.
 */
#include "incident/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/strbuf.h"

enum { BLOCK = 512, NAME_MAX_USTAR = 100, RECORD = 10240 };

static const uint64_t size_max = 077777777777;

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8];
	char prefix[155], pad[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

struct tar {
	int fd;
	uint64_t written;
	struct err *err;
};

static int put(struct tar *t, const void *data, size_t len)
{
	int r = file_write_all(t->fd, data, len);

	if (r < 0)
		return err_errno(t->err, -r, "cannot write the archive");
	t->written += len;
	return 0;
}

static int pad(struct tar *t, unsigned to)
{
	static const char zeros[BLOCK];
	int r = 0;

	while (!r && t->written % to) {
		uint64_t n = to - t->written % to;

		r = put(t, zeros, n < sizeof(zeros) ? (size_t)n : sizeof(zeros));
	}
	return r;
}

static void set_octal(char *field, size_t size, uint64_t v)
{
	field[--size] = '\0';
	while (size) {
		field[--size] = (char)('0' + (v & 7));
		v >>= 3;
	}
}

static int put_header(struct tar *t, const char *name, char type, const struct stat *st,
		      uint64_t size)
{
	struct header h = { .type = type, .magic = "ustar", .version = { '0', '0' } };
	size_t len = strlen(name);
	unsigned sum = 0;

	memcpy(h.name, name, len < NAME_MAX_USTAR ? len : NAME_MAX_USTAR);
	set_octal(h.mode, sizeof(h.mode), type == '5' ? 0700 : 0600);
	set_octal(h.uid, sizeof(h.uid), 0); /* of the machine it came from: nobody's business */
	set_octal(h.gid, sizeof(h.gid), 0);
	set_octal(h.size, sizeof(h.size), size);
	set_octal(h.mtime, sizeof(h.mtime),
		  st->st_mtim.tv_sec < 0 ? 0 : (uint64_t)st->st_mtim.tv_sec);
	memset(h.checksum, ' ', sizeof(h.checksum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	set_octal(h.checksum, sizeof(h.checksum) - 1, sum);
	return put(t, &h, sizeof(h));
}

/* "LENGTH key=value\n", where the length counts itself. */
static void put_pax_record(struct strbuf *b, const char *key, const char *value)
{
	size_t rest = strlen(key) + strlen(value) + 3, len = rest + 1;

	for (;;) {
		size_t digits = (size_t)snprintf(NULL, 0, "%zu", len);

		if (rest + digits == len)
			break;
		len = rest + digits;
	}
	strbuf_printf(b, "%zu %s=%s\n", len, key, value);
}

static int put_entry(struct tar *t, const char *name, char type, const struct stat *st)
{
	uint64_t size = type == '0' ? (uint64_t)st->st_size : 0;
	_cleanup_strbuf_ struct strbuf pax = STRBUF_INIT;
	char number[24];
	int r = 0;

	if (strlen(name) > NAME_MAX_USTAR)
		put_pax_record(&pax, "path", name);
	if (size > size_max) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)size);
		put_pax_record(&pax, "size", number);
	}
	if (strbuf_error(&pax))
		return err_errno(t->err, ENOMEM, "cannot write the archive");
	if (pax.len) {
		r = put_header(t, "pax_header", 'x', st, pax.len);
		if (!r)
			r = put(t, pax.buf, pax.len);
		if (!r)
			r = pad(t, BLOCK);
	}
	return r ? r : put_header(t, name, type, st, size > size_max ? size_max : size);
}

static int put_content(struct tar *t, int fd, uint64_t size)
{
	enum { STEP = 128 * 1024 };
	_cleanup_free_ char *buf = malloc(STEP);
	int r = 0;

	if (!buf)
		return err_errno(t->err, ENOMEM, "cannot write the archive");
	while (!r && size) {
		size_t want = size < STEP ? (size_t)size : STEP;
		ssize_t n = read(fd, buf, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(t->err, errno, "cannot read");
		if (!n) {
			memset(buf, 0, want);
			n = (ssize_t)want;
		}
		r = put(t, buf, (size_t)n);
		size -= (uint64_t)n;
	}
	return r ? r : pad(t, BLOCK);
}

static int put_file(struct tar *t, int dir, const char *name, const char *as)
{
	/* A linked heap dump has two names, so this is not file_open_source. */
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(t->err, errno, "cannot open %s", as);
	if (!S_ISREG(st.st_mode))
		return 0;
	r = put_entry(t, as, '0', &st);
	return r ? r : put_content(t, fd, (uint64_t)st.st_size);
}

static int put_folder(struct tar *t, int parent, const char *name, const char *as, unsigned depth);

static int put_below(struct tar *t, int dir, const char *name, const char *as, unsigned depth)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_errno(t->err, errno, "cannot read %s", name);
	strbuf_printf(&path, "%s/%s", as, name);
	if (strbuf_error(&path))
		return err_errno(t->err, ENOMEM, "cannot write the archive");
	if (S_ISDIR(st.st_mode))
		return depth ? put_folder(t, dir, name, path.buf, depth - 1) : 0;
	return S_ISREG(st.st_mode) ? put_file(t, dir, name, path.buf) : 0;
}

static int put_folder(struct tar *t, int parent, const char *name, const char *as, unsigned depth)
{
	_cleanup_close_ int dir = dir_open(parent, name, t->err);
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct dirent **names;
	struct stat st;
	int n, r;

	if (dir < 0 || fstat(dir, &st) < 0)
		return dir < 0 ? dir : err_errno(t->err, errno, "cannot read %s", as);
	strbuf_printf(&path, "%s/", as);
	r = strbuf_error(&path) ? strbuf_error(&path) : put_entry(t, path.buf, '5', &st);
	if (r)
		return r;
	n = scandirat(dir, ".", &names, NULL, alphasort);
	if (n < 0)
		return err_errno(t->err, errno, "cannot read %s", as);
	for (int i = 0; i < n; i++) {
		if (!r)
			r = put_below(t, dir, names[i]->d_name, as, depth);
		free(names[i]);
	}
	free(names);
	return r;
}

int store_export(int store, const char *id, int fd, struct err *err)
{
	static const char zeros[2 * BLOCK];
	struct tar t = { .fd = fd, .err = err };
	int r;

	if (!store_id_valid(id))
		return err_set(err, EINVAL, "\"%s\" is not an incident's id", id);
	r = put_folder(&t, store, id, id, 2);
	if (!r)
		r = put(&t, zeros, sizeof(zeros)); /* the end of an archive */
	return r ? r : pad(&t, RECORD);
}
