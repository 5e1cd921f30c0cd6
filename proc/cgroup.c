/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory cgroup we live in.
 *
 * /proc/self/cgroup names it from the root of the hierarchy, the mount may begin further down (a
 * container shares the host's name space but sees only its part) or the name be relative to a name
 * space of its own ("/"). So the mount's root is taken off the front where it is one, and where
 * what is left is not there, the mount itself is the cgroup. A limit may stand on any folder above:
 * the least one holds, and since limits are changed while we run, all of them stay open.
 */
#include "proc/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/macro.h"
#include "base/parse.h"
#include "base/slice.h"
#include "base/strbuf.h"

/* v1 says "unlimited" as the highest number of whole pages: 0x7ffffffffffff000 with 4 KiB pages,
 * less with larger ones. */
#define UNLIMITED_FROM (UINT64_C(1) << 62)

/* Lines of a file of any size over a fixed buffer; one that does not fit (an overlay's mount
 * options) is passed over. */
struct lines {
	int fd;
	size_t start, end;
	char buf[4096];
};

static bool next_line(struct lines *l, struct slice *ret)
{
	bool skipping = false;

	for (;;) {
		char *from = l->buf + l->start, *lf = memchr(from, '\n', l->end - l->start);
		ssize_t n;

		if (lf) {
			*ret = (struct slice){ from, (size_t)(lf - from) };
			l->start += ret->len + 1;
			if (!skipping)
				return true;
			skipping = false;
			continue;
		}
		memmove(l->buf, from, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
		if (l->end == sizeof(l->buf)) {
			skipping = true;
			l->end = 0;
		}
		n = read(l->fd, l->buf + l->end, sizeof(l->buf) - l->end);
		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		if (n > 0)
			l->end += (size_t)n;
	}
}

static int open_below(const char *root, const char *path)
{
	char full[1024];
	struct strbuf b = STRBUF_FIXED(full);

	strbuf_printf(&b, "%s%s", root, path);
	return strbuf_error(&b) ? -1 : open(full, O_RDONLY | O_CLOEXEC);
}

static bool has_word(struct slice list, const char *what)
{
	struct slice item;

	while (slice_next(&list, ',', &item))
		if (slice_eq(item, what))
			return true;
	return false;
}

/* Our cgroup's name as /proc/self/cgroup has it; the version where memory is accounted. */
static int find_name(const char *root, struct strbuf *name)
{
	struct lines l = { .fd = open_below(root, "/proc/self/cgroup") };
	struct slice line, id, controllers;
	int version = 0;

	if (l.fd < 0)
		return 0;
	while (version != 1 && next_line(&l, &line)) {
		if (!slice_next(&line, ':', &id) || !slice_next(&line, ':', &controllers))
			continue;
		if (has_word(controllers, "memory"))
			version = 1;
		else if (slice_eq(id, "0") && !controllers.len)
			version = 2;
		else
			continue;
		strbuf_reset(name);
		strbuf_slice(name, line);
	}
	close(l.fd);
	return version;
}

/* Blanks in names are octal there. */
static void add_unescaped(struct strbuf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && s.len - i > 3) {
			unsigned c = 0;

			if (parse_octal((struct slice){ s.ptr + i + 1, 3 }, &c) == 0) {
				strbuf_putc(out, (char)c);
				i += 3;
				continue;
			}
		}
		strbuf_putc(out, s.ptr[i]);
	}
}

/* id parent major:minor ROOT POINT options [optional...] - TYPE source SUPER-OPTIONS */
static bool is_mount(struct slice line, int version, struct strbuf *mount_root,
		     struct strbuf *point)
{
	struct slice field[5], type, source, options, tail = slice_search(line, " - ");

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		if (!slice_next(&line, ' ', &field[i]))
			return false;
	if (!tail.ptr)
		return false;
	tail = slice_skip(tail, 3);
	if (!slice_next(&tail, ' ', &type) || !slice_next(&tail, ' ', &source))
		return false;
	options = tail;
	if (version == 2 ? !slice_eq(type, "cgroup2")
			 : !slice_eq(type, "cgroup") || !has_word(options, "memory"))
		return false;
	strbuf_reset(mount_root);
	strbuf_reset(point);
	add_unescaped(mount_root, field[3]);
	add_unescaped(point, field[4]);
	return !strbuf_error(mount_root) && !strbuf_error(point);
}

static bool find_mount(const char *root, int version, struct strbuf *mount_root,
		       struct strbuf *point)
{
	struct lines l = { .fd = open_below(root, "/proc/self/mountinfo") };
	struct slice line;
	bool found = false;

	if (l.fd < 0)
		return false;
	while (!found && next_line(&l, &line))
		found = is_mount(line, version, mount_root, point);
	close(l.fd);
	return found;
}

/* Where it is on nearly every machine, so that the table of all mounts need not be made and read.
 * In a container that sees a part of the hierarchy the name is then not found below, and the mount
 * itself is taken, which is right. */
static bool usual_mount(const char *root, int version, struct strbuf *mount_root,
			struct strbuf *point)
{
	const char *path = version == 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
	struct statfs fs;

	if (*root || statfs(path, &fs) < 0 ||
	    fs.f_type != (version == 2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
		return false;
	strbuf_puts(mount_root, "/");
	strbuf_puts(point, path);
	return true;
}

/* What the mount shows of the name: the part behind its root; "" when it is the root itself or the
 * name lies elsewhere ("/.." of another name space). */
static const char *below_mount(const char *name, const char *mount_root)
{
	size_t len = strlen(mount_root);

	if (!strcmp(mount_root, "/"))
		return !strcmp(name, "/") || !strncmp(name, "/..", 3) ? "" : name;
	if (!strncmp(name, mount_root, len) && (name[len] == '/' || !name[len]))
		return name + len;
	return "";
}

struct file_names {
	const char *limit, *usage, *peak, *events;
};

static const struct file_names names_of[] = {
	[1] = { "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.max_usage_in_bytes",
		"memory.oom_control" },
	[2] = { "memory.max", "memory.current", "memory.peak", "memory.events" },
};

static int open_file(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_CLOEXEC);
}

/* A file of our folder and of each one above it up to the mount point, which is at most as long as
 * the path was; how many there are. */
static unsigned open_upwards(const struct cgroup *c, const char *root, const char *name,
			     int fds[static CGROUP_LIMITS])
{
	size_t len = strlen(c->path);
	unsigned n = 0;

	while (n < CGROUP_LIMITS) {
		char text[sizeof(c->path) + 32];
		struct strbuf path = STRBUF_FIXED(text);
		int fd;

		strbuf_printf(&path, "%.*s/%s", (int)len, c->path, name);
		fd = strbuf_error(&path) ? -1 : open_below(root, text);
		if (fd >= 0)
			fds[n++] = fd;
		while (len > c->mount_len && c->path[len - 1] != '/')
			len--;
		if (len <= c->mount_len)
			break;
		len--;
	}
	return n;
}

void cgroup_open(const char *root, struct cgroup *ret)
{
	char name_text[512], mount_text[512];
	struct strbuf name = STRBUF_FIXED(name_text), mount_root = STRBUF_FIXED(mount_text);
	struct cgroup c = { .usage_fd = -1, .peak_fd = -1, .events_fd = -1 };
	struct strbuf path = STRBUF_FIXED(c.path);
	_cleanup_close_ int dir = -1;

	c.version = find_name(root, &name);
	if (!c.version || strbuf_error(&name) ||
	    (!usual_mount(root, c.version, &mount_root, &path) &&
	     !find_mount(root, c.version, &mount_root, &path))) {
		c.version = 0;
		c.path[0] = '\0';
		*ret = c;
		return;
	}
	c.mount_len = path.len;
	strbuf_puts(&path, below_mount(strbuf_str(&name), strbuf_str(&mount_root)));
	dir = strbuf_error(&path) ? -1 : open_below(root, c.path);
	if (dir < 0) {
		c.path[c.mount_len] = '\0';
		dir = open_below(root, c.path);
	}
	if (dir >= 0) {
		const struct file_names *f = &names_of[c.version];
		struct stat st;

		if (!fstat(dir, &st))
			c.id = st.st_ino;
		c.usage_fd = open_file(dir, f->usage);
		c.peak_fd = open_file(dir, f->peak);
		c.events_fd = open_file(dir, f->events);
		c.n_limits = open_upwards(&c, root, f->limit, c.limit_fds);
	}
	*ret = c;
}

void cgroup_close(struct cgroup *c)
{
	while (c->n_limits)
		close_fd(&c->limit_fds[--c->n_limits]);
	close_fd(&c->usage_fd);
	close_fd(&c->peak_fd);
	close_fd(&c->events_fd);
}

/* The file's text without its last newline; empty when it cannot be read. */
static _steady_ struct slice text_of(int fd, char *buf, size_t size)
{
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, size, 0);

	return slice_trim((struct slice){ buf, n < 0 ? 0 : (size_t)n });
}

static _steady_ bool read_number(int fd, uint64_t *ret)
{
	char buf[64];

	return parse_u64(text_of(fd, buf, sizeof(buf)), ret) == 0;
}

/* "oom_kill N" among the lines: since 4.13 in either version. */
static _steady_ bool read_oom_kills(int fd, uint64_t *ret)
{
	char buf[512];
	struct slice text = text_of(fd, buf, sizeof(buf)), line, key;

	while (slice_next_line(&text, &line))
		if (slice_next(&line, ' ', &key) && slice_eq(key, "oom_kill"))
			return parse_u64(line, ret) == 0;
	return false;
}

_steady_ bool cgroup_usage(const struct cgroup *c, uint64_t *ret)
{
	return read_number(c->usage_fd, ret);
}

_steady_ bool cgroup_oom_kills(const struct cgroup *c, uint64_t *ret)
{
	return read_oom_kills(c->events_fd, ret);
}

bool cgroup_kills_all(const char *root, const struct cgroup *c)
{
	int fds[CGROUP_LIMITS];
	bool all = false;
	unsigned n;

	if (c->version != 2)
		return false;
	n = open_upwards(c, root, "memory.oom.group", fds);
	while (n) {
		uint64_t v = 0;

		all |= read_number(fds[--n], &v) && v == 1;
		close(fds[n]);
	}
	return all;
}

void cgroup_read(const struct cgroup *c, struct cgroup_reading *ret)
{
	struct cgroup_reading r = { 0 };
	uint64_t v;

	for (unsigned i = 0; i < c->n_limits; i++) {
		if (!read_number(c->limit_fds[i], &v) || v >= UNLIMITED_FROM)
			continue; /* "max" is no number */
		if (!r.has_limit || v < r.limit)
			r.limit = v;
		r.has_limit = true;
	}
	r.has_usage = cgroup_usage(c, &r.usage);
	r.has_peak = read_number(c->peak_fd, &r.peak);
	r.has_oom_kills = cgroup_oom_kills(c, &r.oom_kills);
	*ret = r;
}

uint64_t cgroup_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	uint64_t all = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
	struct cgroup_reading r;
	struct cgroup c;

	cgroup_open("", &c);
	cgroup_read(&c, &r);
	cgroup_close(&c);
	return r.has_limit && (!all || r.limit < all) ? r.limit : all;
}
