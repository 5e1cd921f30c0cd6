/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hsperfdata, version 2.0, in the byte order of this machine: a head of 32 bytes, then entries that
 * each say where in themselves their name and data are. The JVM writes while we read, and whoever
 * runs as its user can write anything, so no offset is followed before it was compared with what is
 * there.
 *
 * What one would get wrong: every collector counts in its own way. Serial, Parallel and CMS split
 * the heap into two generations with a maximum each; G1 and ZGC give the whole heap as the maximum
 * of both, Shenandoah has only one. And metaspace.maxCapacity is what is reserved, not
 * MaxMetaspaceSize, which is nowhere but in the flags. doc/OBSERVED.md has the observations.
 */
#include "jvm/perfdata.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/macro.h"
#include "base/parse.h"

struct prologue {
	uint8_t magic[4];
	uint8_t byte_order, major, minor, accessible;
	int32_t used, overflow;
	int64_t changed;
	int32_t entries_at, n_entries;
};

struct entry {
	int32_t length, name_at, vector_length;
	uint8_t type, flags, units, variability;
	int32_t data_at;
};

_Static_assert(sizeof(struct prologue) == 32 && sizeof(struct entry) == 20, "as in the file");

enum number {
	EDEN,
	SURVIVOR_0,
	SURVIVOR_1,
	OLD,
	MAX_0,
	MAX_1,
	COMMITTED_0,
	COMMITTED_1,
	METASPACE,
	CLASS_SPACE,
	CLASS_SPACE_MAX,
	FULL_1,
	FULL_2,
	VM_BEGIN,
	VM_END,
	NUMBER_COUNT
};

static const char *const number_names[NUMBER_COUNT] = {
	[EDEN] = "sun.gc.generation.0.space.0.used",
	[SURVIVOR_0] = "sun.gc.generation.0.space.1.used",
	[SURVIVOR_1] = "sun.gc.generation.0.space.2.used",
	[OLD] = "sun.gc.generation.1.space.0.used",
	[MAX_0] = "sun.gc.generation.0.maxCapacity",
	[MAX_1] = "sun.gc.generation.1.maxCapacity",
	[COMMITTED_0] = "sun.gc.generation.0.capacity",
	[COMMITTED_1] = "sun.gc.generation.1.capacity",
	[METASPACE] = "sun.gc.metaspace.capacity",
	[CLASS_SPACE] = "sun.gc.compressedclassspace.capacity",
	[CLASS_SPACE_MAX] = "sun.gc.compressedclassspace.maxCapacity",
	[FULL_1] = "sun.gc.collector.1.invocations",
	[FULL_2] = "sun.gc.collector.2.invocations",
	[VM_BEGIN] = "sun.rt.createVmBeginTime",
	[VM_END] = "sun.rt.createVmEndTime",
};

enum text { POLICY, COLLECTOR_1, VM_FLAGS, VM_ARGS, TEXT_COUNT };

static const char *const text_names[TEXT_COUNT] = {
	[POLICY] = "sun.gc.policy.name",
	[COLLECTOR_1] = "sun.gc.collector.1.name",
	[VM_FLAGS] = "java.rt.vmFlags",
	[VM_ARGS] = "java.rt.vmArgs",
};

struct counters {
	const char *start; /* of the file */
	uint64_t number[NUMBER_COUNT];
	bool has[NUMBER_COUNT];
	uint32_t at[NUMBER_COUNT]; /* from the start of the file */
	struct slice text[TEXT_COUNT];
};

static struct slice terminated(const char *at, size_t max)
{
	return (struct slice){ at, strnlen(at, max) };
}

static void take_number(struct counters *c, struct slice name, const char *data)
{
	for (int i = 0; i < NUMBER_COUNT; i++) {
		if (slice_eq(name, number_names[i])) {
			int64_t v;

			memcpy(&v, data, sizeof(v));
			c->number[i] = v > 0 ? (uint64_t)v : 0;
			c->has[i] = true;
			c->at[i] = (uint32_t)(data - c->start);
			return;
		}
	}
}

static void take_text(struct counters *c, struct slice name, struct slice value)
{
	for (int i = 0; i < TEXT_COUNT; i++) {
		if (slice_eq(name, text_names[i])) {
			c->text[i] = value;
			return;
		}
	}
}

/* One entry, of which s holds all bytes. */
static int take_entry(struct slice s, const struct entry *e, struct counters *c)
{
	size_t name_at = (size_t)e->name_at, data_at = (size_t)e->data_at;
	size_t size = e->type == 'J' && !e->vector_length ? 8 : (size_t)e->vector_length;
	struct slice name;

	if (e->name_at < (int)sizeof(*e) || name_at >= s.len || e->data_at < (int)sizeof(*e) ||
	    data_at > s.len || e->vector_length < 0 || size > s.len - data_at)
		return -EBADMSG;
	name = terminated(s.ptr + name_at, s.len - name_at);
	if (e->type == 'J' && !e->vector_length)
		take_number(c, name, s.ptr + data_at);
	else if (e->type == 'B')
		take_text(c, name, terminated(s.ptr + data_at, size));
	return 0;
}

static int take_entries(struct slice rest, int32_t n, struct counters *c)
{
	while (n-- > 0) {
		struct entry e;
		int r;

		if (rest.len < sizeof(e))
			return -EBADMSG;
		memcpy(&e, rest.ptr, sizeof(e));
		if (e.length < (int)sizeof(e) || (size_t)e.length > rest.len)
			return -EBADMSG;
		r = take_entry((struct slice){ rest.ptr, (size_t)e.length }, &e, c);
		if (r)
			return r;
		rest = slice_skip(rest, (size_t)e.length);
	}
	return 0;
}

/* The JVM cuts its texts here (PerfMaxStringConstLength), in the middle of a number if need be. */
#define TEXT_CUT 1023

/* The last of several counts, as for the JVM. */
static uint64_t size_flag(struct slice args, const char *flag)
{
	bool cut = args.len >= TEXT_CUT;
	uint64_t size = 0;

	while ((args = slice_search(args, flag)).ptr) {
		struct slice value;

		args = slice_skip(args, strlen(flag));
		value = args;
		slice_next(&args, ' ', &value);
		if (args.len || !cut)
			parse_size(value, &size);
	}
	return size;
}

static _steady_ uint64_t sum(uint64_t a, uint64_t b)
{
	return __builtin_add_overflow(a, b, &a) ? 0 : a;
}

/* G1 of 17 pads its maxima by some times 8 bytes; no heap is less than whole pages. */
static _steady_ uint64_t whole_pages(uint64_t bytes)
{
	return bytes & ~4095ULL;
}

/* "Copy:MSC", "ParScav:MSC", "ParNew:CMS"; G1: "GarbageFirst"; ZGC, Shenandoah: none */
static bool is_split(const struct counters *c)
{
	return slice_find(c->text[POLICY], ':') >= 0;
}

static uint64_t heap_max(const struct counters *c)
{
	const uint64_t *v = c->number;

	return whole_pages(is_split(c) ? sum(v[MAX_0], v[MAX_1]) : v[MAX_1]);
}

static void read_counters(const struct counters *c, struct perf_reading *r)
{
	const uint64_t *v = c->number;

	r->old_used = v[OLD];
	r->old_max = whole_pages(v[MAX_1]);
	r->heap_used = sum(sum(v[EDEN], v[OLD]), sum(v[SURVIVOR_0], v[SURVIVOR_1]));
	r->heap_committed = whole_pages(sum(v[COMMITTED_0], v[COMMITTED_1]));
	r->heap_max = heap_max(c);
	r->metaspace_used = v[METASPACE];
	r->metaspace_max = size_flag(c->text[VM_ARGS], "-XX:MaxMetaspaceSize=");
	if (!r->metaspace_max)
		r->metaspace_max = size_flag(c->text[VM_FLAGS], "-XX:MaxMetaspaceSize=");
	r->class_space_used = v[CLASS_SPACE];
	r->class_space_max = v[CLASS_SPACE_MAX];
	/* Shenandoah's "full" counter counts all of its pauses */
	if (!slice_starts(c->text[COLLECTOR_1], "Shenandoah"))
		r->full_collections = c->has[FULL_1] ? v[FULL_1] : v[FULL_2];
	r->vm_begin_ms = v[VM_BEGIN];
	r->vm_end_ms = v[VM_END];
}

static int scan(struct slice data, struct counters *ret)
{
	static const uint8_t magic[4] = { 0xca, 0xfe, 0xc0, 0xc0 };
	const uint8_t native = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	struct prologue p;

	if (data.len < sizeof(p))
		return -EBADMSG;
	memcpy(&p, data.ptr, sizeof(p));
	if (memcmp(p.magic, magic, sizeof(magic)) != 0 || p.byte_order != native || p.major != 2)
		return -EINVAL;
	if (!p.accessible)
		return -EAGAIN;
	if (p.entries_at < (int)sizeof(p) || p.used < p.entries_at || (size_t)p.used > data.len)
		return -EBADMSG;
	*ret = (struct counters){ .start = data.ptr };
	data = (struct slice){ data.ptr + p.entries_at, (size_t)(p.used - p.entries_at) };
	return take_entries(data, p.n_entries, ret);
}

int perfdata_parse(struct slice data, struct perf_reading *ret)
{
	struct perf_reading reading = { 0 };
	struct counters c;
	int r = scan(data, &c);

	if (r)
		return r;
	read_counters(&c, &reading);
	*ret = reading;
	return 0;
}

/* What adds up to the heap's use, then to what is committed of it. */
static const enum number heap_parts[] = { EDEN, SURVIVOR_0,  SURVIVOR_1,
					  OLD,	COMMITTED_0, COMMITTED_1 };

#define USED_PARTS 4

_Static_assert(ARRAY_SIZE(heap_parts) == PERF_HEAP_PARTS, "a place for each");

int perfdata_find_heap(struct slice data, struct perf_heap *ret)
{
	struct perf_heap heap = { .from = UINT32_MAX };
	struct counters c;
	uint32_t end = 0;
	int r = scan(data, &c);

	if (r)
		return r;
	if (!c.has[OLD])
		return -EAGAIN; /* the collector makes its counters later than the file */
	for (size_t i = 0; i < ARRAY_SIZE(heap_parts); i++) {
		uint32_t at = c.at[heap_parts[i]];

		heap.has[i] = c.has[heap_parts[i]];
		if (!heap.has[i])
			continue;
		heap.at[i] = at;
		heap.from = at < heap.from ? at : heap.from;
		end = at + sizeof(uint64_t) > end ? at + (uint32_t)sizeof(uint64_t) : end;
	}
	heap.len = end - heap.from;
	if (heap.len > PERF_HEAP_WINDOW)
		return -ERANGE;
	heap.max = heap_max(&c);
	*ret = heap;
	return 0;
}

_steady_ int perfdata_read_heap(int fd, const struct perf_heap *heap, uint64_t *ret_used,
				uint64_t *ret_committed)
{
	char window[PERF_HEAP_WINDOW];
	ssize_t n = pread(fd, window, heap->len, heap->from);
	uint64_t used = 0, committed = 0;

	if (n != (ssize_t)heap->len)
		return n < 0 ? -errno : -EBADMSG;
	for (size_t i = 0; i < PERF_HEAP_PARTS; i++) {
		uint64_t *to = i < USED_PARTS ? &used : &committed;
		int64_t v = 0;

		if (heap->has[i])
			memcpy(&v, window + (heap->at[i] - heap->from), sizeof(v));
		*to = sum(*to, v > 0 ? (uint64_t)v : 0);
	}
	*ret_used = used;
	*ret_committed = whole_pages(committed);
	return 0;
}

static int open_folder(int tmp_dir, const char *user)
{
	char name[sizeof("hsperfdata_") + LOGIN_NAME_MAX];
	struct strbuf b = STRBUF_FIXED(name);
	int fd;

	if (strchr(user, '/'))
		return -EINVAL;
	strbuf_printf(&b, "hsperfdata_%s", user);
	if (strbuf_error(&b))
		return -ENAMETOOLONG;
	fd = openat(tmp_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int perfdata_open(int tmp_dir, const char *user, pid_t pid, uid_t uid, struct stat *ret)
{
	_cleanup_close_ int folder = open_folder(tmp_dir, user);
	char name[16];
	int fd;

	if (folder < 0)
		return folder;
	snprintf(name, sizeof(name), "%d", (int)pid);
	fd = file_open_source(folder, name, uid, ret, NULL);
	if (fd >= 0 && ret->st_size > PERFDATA_MAX) {
		close(fd);
		return -EFBIG;
	}
	return fd;
}

int perfdata_read(int tmp_dir, const char *user, pid_t pid, uid_t uid, void *buf, size_t buf_size,
		  struct perf_reading *ret, uint64_t *ret_changed_ns)
{
	struct stat st;
	_cleanup_close_ int fd = perfdata_open(tmp_dir, user, pid, uid, &st);
	ssize_t n;
	int r;

	if (fd < 0)
		return fd;
	if ((size_t)st.st_size > buf_size)
		return -EFBIG;
	n = file_read_start(fd, buf, (size_t)st.st_size);
	if (n < 0)
		return (int)n;
	r = perfdata_parse((struct slice){ buf, (size_t)n }, ret);
	if (!r)
		*ret_changed_ns = clock_ns(st.st_mtim);
	return r;
}

bool perfdata_is_older(const struct perf_reading *r, uint64_t started_real_ns)
{
	return r->vm_begin_ms && (r->vm_begin_ms + 1000) * NSEC_PER_MSEC < started_real_ns;
}

/* File times are those of the last timer tick (10 ms at HZ=100), so they may lie before real_ns. */
#define TICK (10 * NSEC_PER_MSEC)

int perfdata_touched_since(int tmp_dir, const char *user, uint64_t real_ns)
{
	_cleanup_close_ int folder = open_folder(tmp_dir, user);
	struct stat st;

	/* On a read-only /tmp, or in one that is not ours, a JVM leaves no trace. */
	if (folder == -ENOENT)
		return faccessat(tmp_dir, ".", W_OK, AT_EACCESS) < 0 ? -errno : 0;
	if (folder < 0)
		return folder;
	if (fstat(folder, &st) < 0 || faccessat(folder, ".", W_OK, AT_EACCESS) < 0)
		return -errno;
	/* The JVM does not use a folder that others may write to (HotSpot 8 to 28). */
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	return clock_ns(st.st_mtim) + TICK >= real_ns;
}
