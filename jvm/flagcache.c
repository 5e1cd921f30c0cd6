/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found in a libjvm.so, kept for the next start. A text of a few lines:
 *
 *   jvisor flags 1
 *   library DEVICE INODE SIZE MTIME CTIME
 *   2 ExitOnOutOfMemoryError
 *   end
 *
 * Two starts may write it at the same time, so a reader may meet the begin of a text: one without
 * its end says nothing. Nor does anything else that is not as it should be; then it is written
 * anew.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include "jvm/flagsearch.h"

static const char magic[] = "jvisor flags 1";

enum { CACHE_MAX = 64 * 1024, LIBRARIES_MAX = 16 };

static void identity(const struct stat *st, struct strbuf *out)
{
	strbuf_printf(out, "library %llu %llu %lld %lld.%09ld %lld.%09ld",
		      (unsigned long long)st->st_dev, (unsigned long long)st->st_ino,
		      (long long)st->st_size, (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		      (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

static bool is_whole(struct slice text)
{
	return slice_starts(text, magic) && slice_ends(text, "\nend\n");
}

static bool load(int dirfd, const char *name, struct strbuf *text)
{
	struct stat st;
	int fd = file_open_source(dirfd, name, geteuid(), &st, NULL);
	bool ours = fd >= 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
		    file_read_fd(fd, CACHE_MAX, text) >= 0;

	close_fd(&fd);
	return ours && is_whole((struct slice){ strbuf_str(text), text->len });
}

/* The lines of this library; .len 0: none. */
static struct slice find_library(struct slice all, const char *library)
{
	struct slice line, rest = all;

	while (slice_next_line(&rest, &line))
		if (slice_eq(line, library))
			return rest;
	return (struct slice){ "", 0 };
}

/* "2 Name"; false at the end of a library's lines. */
static bool next_answer(struct slice *rest, struct slice *ret_name, enum flag_found *ret)
{
	struct slice line;

	if (!slice_next_line(rest, &line) || line.len < 3 || line.ptr[1] != ' ' ||
	    line.ptr[0] < '0' || line.ptr[0] > '0' + FLAG_WHOLE)
		return false;
	*ret = (enum flag_found)(line.ptr[0] - '0');
	*ret_name = slice_skip(line, 2);
	return true;
}

static bool answer(struct slice lines, const char *name, enum flag_found *ret)
{
	struct slice known;

	while (next_answer(&lines, &known, ret))
		if (slice_eq(known, name))
			return true;
	return false;
}

bool flagcache_parse(struct slice text, const char *library, const char *const *names, size_t n,
		     enum flag_found *ret)
{
	struct slice lines = find_library(text, library);

	if (!is_whole(text))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!answer(lines, names[i], &ret[i]))
			return false;
	return true;
}

bool flagcache_read(int dirfd, const char *name, const struct stat *library,
		    const char *const *names, size_t n, enum flag_found *ret)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, id = STRBUF_INIT;

	identity(library, &id);
	return !strbuf_error(&id) && load(dirfd, name, &text) &&
	       flagcache_parse((struct slice){ text.buf, text.len }, id.buf, names, n, ret);
}

/* What the text knows of other libraries, up to so many of them. */
static void keep_others(struct slice text, const char *library, struct strbuf *out)
{
	struct slice line;
	bool keep = false;
	size_t n = 1;

	while (slice_next_line(&text, &line)) {
		if (slice_starts(line, "library "))
			keep = !slice_eq(line, library) && n++ < LIBRARIES_MAX;
		if (keep && !slice_eq(line, "end")) {
			strbuf_slice(out, line);
			strbuf_putc(out, '\n');
		}
	}
}

void flagcache_write(int dirfd, const char *name, const struct stat *library,
		     const char *const *names, size_t n, const enum flag_found *found)
{
	_cleanup_strbuf_ struct strbuf old = STRBUF_INIT, out = STRBUF_INIT, id = STRBUF_INIT;

	identity(library, &id);
	strbuf_printf(&out, "%s\n%s\n", magic, strbuf_str(&id));
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&out, "%d %s\n", (int)found[i], names[i]);
	if (load(dirfd, name, &old))
		keep_others((struct slice){ old.buf, old.len }, strbuf_str(&id), &out);
	strbuf_puts(&out, "end\n");
	if (!strbuf_error(&out) && !strbuf_error(&id) && out.len <= CACHE_MAX)
		(void)file_replace(dirfd, name, out.buf, out.len, 0600, NULL);
}
