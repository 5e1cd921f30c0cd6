/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of /proc.
 *
 * A process chooses its own name: "stat" has it between parentheses and it may hold blanks and
 * parentheses itself, so fields are counted from the last one; "status" escapes it.
 */
#include "proc/procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/file.h"
#include "base/parse.h"

int procfs_open(void)
{
	_cleanup_close_ int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == PROC_SUPER_MAGIC ? steal_fd(&fd) : -ENOENT;
}

/* At most size bytes from the start; how many there were. */
static ssize_t read_start(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : file_read_start(fd, buf, size);
}

static ssize_t read_of(int proc, pid_t pid, const char *file, char *buf, size_t size)
{
	char name[40];

	snprintf(name, sizeof(name), "%d/%s", (int)pid, file);
	return read_start(proc, name, buf, size);
}

/* The n-th word from 0, or an empty slice. */
static struct slice word(struct slice s, unsigned n)
{
	for (;;) {
		size_t len = 0;

		while (s.len && isblank((unsigned char)*s.ptr))
			s = slice_skip(s, 1);
		while (len < s.len && !isblank((unsigned char)s.ptr[len]))
			len++;
		if (!n--)
			return (struct slice){ s.ptr, len };
		s = slice_skip(s, len);
		if (!s.len)
			return s;
	}
}

static uint64_t number(struct slice s)
{
	uint64_t v = 0;

	return parse_u64(s, &v) < 0 ? 0 : v;
}

static uint64_t hex(struct slice s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len && isxdigit((unsigned char)s.ptr[i]); i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		v = v << 4 | (unsigned)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	return v;
}

static void take_field(struct slice key, struct slice value, struct proc_status *s)
{
	const struct {
		const char *name;
		uint64_t *kib;
	} sizes[] = {
		{ "VmRSS", &s->rss },
		{ "RssAnon", &s->rss_anon },
		{ "VmSwap", &s->swap },
		{ "VmHWM", &s->peak },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (slice_eq(key, sizes[i].name))
			*sizes[i].kib = number(word(value, 0)) * 1024;
	if (slice_eq(key, "Threads"))
		s->threads = (unsigned)number(word(value, 0));
	else if (slice_eq(key, "SigCgt"))
		s->caught = hex(word(value, 0));
	else if (slice_eq(key, "Uid"))
		s->uid = (uid_t)number(word(value, 1));
	else if (slice_eq(key, "PPid"))
		s->ppid = (pid_t)number(word(value, 0));
	else if (slice_eq(key, "CoreDumping"))
		s->core_dumping = number(word(value, 0));
	else if (slice_eq(key, "State") && word(value, 0).len)
		s->state = *word(value, 0).ptr;
}

int procfs_status(int proc, pid_t pid, struct proc_status *ret)
{
	char buf[8192]; /* room for a user of a thousand groups, listed before the sizes */
	ssize_t n = read_of(proc, pid, "status", buf, sizeof(buf));
	struct slice text = { buf, n > 0 ? (size_t)n : 0 }, line, key;
	struct proc_status s = { 0 };

	if (n < 0)
		return (int)n;
	while (slice_next_line(&text, &line))
		if (slice_next(&line, ':', &key))
			take_field(key, line, &s);
	if (!s.state)
		return -EBADMSG;
	*ret = s;
	return 0;
}

int procfs_start_time(int proc, pid_t pid, uint64_t *ret)
{
	enum { AFTER_NAME = 3, START_TIME = 22 };
	char buf[1024];
	ssize_t n = read_of(proc, pid, "stat", buf, sizeof(buf));
	const char *end;

	if (n < 0)
		return (int)n;
	end = memrchr(buf, ')', (size_t)n);
	if (!end)
		return -EBADMSG;
	end++;
	return parse_u64(word((struct slice){ end, (size_t)(buf + n - end) },
			      START_TIME - AFTER_NAME),
			 ret) < 0
		       ? -EBADMSG
		       : 0;
}

int procfs_has_open(int proc, pid_t pid, const struct stat *file)
{
	char buf[2048] __attribute__((aligned(8))), name[32];
	_cleanup_close_ int dir = -1;
	struct stat st;
	ssize_t n;

	snprintf(name, sizeof(name), "%d/fd", (int)pid);
	dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	while ((n = getdents64(dir, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const void *)(buf + at);

			at += e->d_reclen;
			if (fstatat(dir, e->d_name, &st, 0) == 0 && st.st_ino == file->st_ino &&
			    st.st_dev == file->st_dev)
				return 1;
		}
	}
	return n < 0 ? -errno : 0;
}

int procfs_boot_id(int proc, char ret[static 37])
{
	char buf[36];
	ssize_t n = read_start(proc, "sys/kernel/random/boot_id", buf, sizeof(buf));

	if (n < 0)
		return (int)n;
	if (n != sizeof(buf))
		return -EBADMSG;
	memcpy(ret, buf, sizeof(buf));
	ret[sizeof(buf)] = '\0';
	return 0;
}

int procfs_oom_kills(int proc, uint64_t *ret)
{
	static const char key[] = "\noom_kill ";
	char buf[16384];
	ssize_t n = read_start(proc, "vmstat", buf, sizeof(buf));
	struct slice at, line;

	if (n < 0)
		return (int)n;
	at = slice_search((struct slice){ buf, (size_t)n }, key);
	if (!at.ptr)
		return -ENOENT;
	at = slice_skip(at, sizeof(key) - 1);
	return slice_next_line(&at, &line) && parse_u64(line, ret) == 0 ? 0 : -EBADMSG;
}

int procfs_core_pattern(int proc, char *ret, size_t size)
{
	char buf[256]; /* the kernel keeps 128 */
	ssize_t n = read_start(proc, "sys/kernel/core_pattern", buf, sizeof(buf));
	size_t len;

	if (n < 0)
		return (int)n;
	len = strnlen(buf, (size_t)n);
	if (len && buf[len - 1] == '\n')
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(ret, buf, len);
	ret[len] = '\0';
	return 0;
}

int procfs_append(int proc, const char *name, size_t max, struct strbuf *out)
{
	ssize_t n;

	strbuf_printf(out, "==> %s <==\n", name);
	if (!strbuf_reserve(out, max))
		return out->err;
	n = read_start(proc, name, out->buf + out->len, max);
	if (n < 0) {
		strbuf_printf(out, "(not read: %s)\n", strerrordesc_np((int)-n));
		return (int)n;
	}
	out->len += (size_t)n;
	out->buf[out->len] = '\0';
	if (n && out->buf[out->len - 1] != '\n')
		strbuf_putc(out, '\n');
	if ((size_t)n == max)
		strbuf_printf(out, "(cut after %zu bytes)\n", max);
	return strbuf_error(out);
}
