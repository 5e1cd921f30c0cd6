/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hsperfdata of real JVMs, the same bytes broken in every field that is followed, and the folder in
 * /tmp with what others may have put there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/macro.h"
#include "jvm/perfdata.h"

#define MIB (1024 * 1024)

// clang-format off
static const struct {
	const char *name;
	struct perf_reading want;
} goldens[] = {
	{ "17-G1-oom", {
		.heap_used = 30783880, .heap_max = 32 * MIB, .old_used = 30783880,
		.old_max = 32 * MIB, .metaspace_used = 327680, .class_space_used = 131072,
		.class_space_max = 1024 * MIB, .full_collections = 3,
		.vm_begin_ms = 1795326335230, .vm_end_ms = 1795326335253 } },
	{ "17-Serial-oom", {
		.heap_used = 8901424 + 1100176 + 22405688, .heap_max = 32 * MIB,
		.old_used = 22405688, .old_max = 22413312, .metaspace_used = 327680,
		.class_space_used = 131072, .class_space_max = 1024 * MIB, .full_collections = 4,
		.vm_begin_ms = 1795326335619, .vm_end_ms = 1795326335654 } },
	{ "17-class", {
		.heap_used = 9241680, .heap_max = 64 * MIB, .old_used = 9241680,
		.old_max = 64 * MIB, .metaspace_used = 50003968, .class_space_used = 16580608,
		.class_space_max = 16 * MIB, .full_collections = 2,
		.vm_begin_ms = 1795326404827, .vm_end_ms = 1795326404850 } },
	{ "25-Parallel", {
		.heap_used = 11287016, .heap_max = 32 * MIB, .old_used = 11287016,
		.old_max = 22544384, .metaspace_used = 327680, .class_space_used = 131072,
		.class_space_max = 1024 * MIB, .full_collections = 3,
		.vm_begin_ms = 1795326337491, .vm_end_ms = 1795326337510 } },
	{ "25-Z", {
		.heap_used = 14 * MIB, .heap_max = 32 * MIB, .old_used = 12 * MIB,
		.old_max = 32 * MIB, .metaspace_used = 393216, .class_space_used = 131072,
		.class_space_max = 1024 * MIB, .full_collections = 39,
		.vm_begin_ms = 1795326337872, .vm_end_ms = 1795326337946 } },
	{ "25-meta", {
		.heap_used = 3971080, .heap_max = 64 * MIB, .old_used = 3971080,
		.old_max = 64 * MIB, .metaspace_used = 16 * MIB, .metaspace_max = 16 * MIB,
		.class_space_used = 5570560, .class_space_max = 16 * MIB, .full_collections = 2,
		.vm_begin_ms = 1795326405505, .vm_end_ms = 1795326405559 } },
	{ "25-shen", {
		.heap_used = 48894480, .heap_max = 64 * MIB, .old_used = 48894480,
		.old_max = 64 * MIB, .metaspace_used = 327680, .class_space_used = 131072,
		.class_space_max = 1024 * MIB, .full_collections = 0,
		.vm_begin_ms = 1795326406770, .vm_end_ms = 1795326406810 } },
};
// clang-format on

static void load(const char *name, struct strbuf *data)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	const char *top = getenv("top_srcdir");
	struct err err = { 0 };

	strbuf_printf(&path, "%s/tests/golden/perfdata/%s", top ? top : ".", name);
	if (file_read(AT_FDCWD, strbuf_str(&path), PERFDATA_MAX, data, &err))
		fail_msg("%s", err.msg);
}

static void every_collector_s_counters_are_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		const struct perf_reading *want = &goldens[i].want;
		_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
		struct perf_reading r;

		load(goldens[i].name, &data);
		assert_int_equal(perfdata_parse((struct slice){ data.buf, data.len }, &r), 0);
		assert_int_equal(r.heap_used, want->heap_used);
		assert_int_equal(r.heap_max, want->heap_max);
		assert_int_equal(r.old_used, want->old_used);
		assert_int_equal(r.old_max, want->old_max);
		assert_int_equal(r.metaspace_used, want->metaspace_used);
		assert_int_equal(r.metaspace_max, want->metaspace_max);
		assert_int_equal(r.class_space_used, want->class_space_used);
		assert_int_equal(r.class_space_max, want->class_space_max);
		assert_int_equal(r.full_collections, want->full_collections);
		assert_int_equal(r.vm_begin_ms, want->vm_begin_ms);
		assert_int_equal(r.vm_end_ms, want->vm_end_ms);
	}
}

/* Written to a file, read back by its places. */
static int heap_file(struct slice data)
{
	char path[] = "/tmp/test-perfdata-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(file_write_all(fd, data.ptr, data.len), 0);
	return fd;
}

static void the_heap_is_read_by_its_places_alone(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		const struct perf_reading *want = &goldens[i].want;
		_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
		_cleanup_close_ int fd = -1;
		struct perf_reading whole;
		struct perf_heap heap;
		uint64_t used, committed;

		load(goldens[i].name, &data);
		assert_int_equal(perfdata_parse((struct slice){ data.buf, data.len }, &whole), 0);
		assert_int_equal(perfdata_find_heap((struct slice){ data.buf, data.len }, &heap),
				 0);
		assert_int_equal(heap.max, want->heap_max);
		fd = heap_file((struct slice){ data.buf, data.len });
		assert_int_equal(perfdata_read_heap(fd, &heap, &used, &committed), 0);
		assert_int_equal(used, want->heap_used);
		assert_int_equal(committed, whole.heap_committed);
		assert_true(committed >= used && committed <= heap.max);
	}
}

/* Its owner is hostile: he truncates it, and writes what he likes. */
static void a_heap_that_is_not_there_any_more_is_no_reading(void **state)
{
	_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	uint64_t used = 7, committed = 7;
	struct perf_heap heap;
	int64_t wrong = -5;

	load("17-Serial-oom", &data);
	assert_int_equal(perfdata_find_heap((struct slice){ data.buf, data.len }, &heap), 0);
	fd = heap_file((struct slice){ data.buf, data.len });
	assert_int_equal(pwrite(fd, &wrong, sizeof(wrong), heap.at[3]), sizeof(wrong));
	assert_int_equal(perfdata_read_heap(fd, &heap, &used, &committed), 0);
	assert_int_equal(used, 8901424 + 1100176);
	assert_int_equal(ftruncate(fd, heap.from + 8), 0);
	used = 7;
	assert_int_equal(perfdata_read_heap(fd, &heap, &used, &committed), -EBADMSG);
	assert_int_equal(used, 7);
	assert_int_equal(perfdata_find_heap((struct slice){ data.buf, 100 }, &heap), -EBADMSG);
}

static void a_file_of_an_earlier_process_is_known_by_its_age(void **state)
{
	struct perf_reading r = { .vm_begin_ms = 10000 };

	assert_false(perfdata_is_older(&r, 10500 * NSEC_PER_MSEC));
	assert_true(perfdata_is_older(&r, 11500 * NSEC_PER_MSEC));
	r.vm_begin_ms = 0;
	assert_false(perfdata_is_older(&r, 11500 * NSEC_PER_MSEC));
}

/* One field of the golden file overwritten. */
static const struct {
	const char *what;
	size_t at, size;
	int64_t value;
	int result;
} broken[] = {
	{ "magic", 0, 1, 0xcb, -EINVAL },
	{ "foreign byte order", 4, 1, 0, -EINVAL },
	{ "version 1", 5, 1, 1, -EINVAL },
	{ "not accessible yet", 7, 1, 0, -EAGAIN },
	{ "used is negative", 8, 4, -1, -EBADMSG },
	{ "used is more than there is", 8, 4, 32769, -EBADMSG },
	{ "used ends within an entry", 8, 4, 40, -EBADMSG },
	{ "used is before the entries", 8, 4, 31, -EBADMSG },
	{ "entries begin in the head", 24, 4, 31, -EBADMSG },
	{ "entries begin behind the end", 24, 4, 40000, -EBADMSG },
	{ "entries begin at a negative offset", 24, 4, INT32_MIN, -EBADMSG },
	{ "more entries than there are", 28, 4, 188, -EBADMSG },
	{ "entry of length 0", 32, 4, 0, -EBADMSG },
	{ "entry of length 19", 32, 4, 19, -EBADMSG },
	{ "entry of a negative length", 32, 4, -8, -EBADMSG },
	{ "entry longer than the file", 32, 4, INT32_MAX, -EBADMSG },
	{ "name in the entry's head", 36, 4, 4, -EBADMSG },
	{ "name behind the entry", 36, 4, 4096, -EBADMSG },
	{ "name at a negative offset", 36, 4, -1, -EBADMSG },
	{ "vector of a negative length", 40, 4, -1, -EBADMSG },
	{ "vector longer than the entry", 40, 4, INT32_MAX, -EBADMSG },
	{ "data in the entry's head", 48, 4, 0, -EBADMSG },
	{ "data behind the entry", 48, 4, 1 << 20, -EBADMSG },
	{ "data at a negative offset", 48, 4, -8, -EBADMSG },
	{ "no entries", 28, 4, 0, 0 },
	{ "fewer than no entries", 28, 4, -1, 0 },
	{ "a type nobody knows", 44, 1, 'Q', 0 },
};

static void no_offset_is_believed(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
		struct perf_reading r = { .heap_used = 7 };
		int got;

		load("17-G1-oom", &data);
		memcpy(data.buf + broken[i].at, &broken[i].value, broken[i].size);
		got = perfdata_parse((struct slice){ data.buf, data.len }, &r);
		if (got != broken[i].result)
			fail_msg("%s: %d", broken[i].what, got);
		if (got && r.heap_used != 7)
			fail_msg("%s: written in spite of the error", broken[i].what);
	}
}

static void a_cut_file_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
	struct perf_reading r;

	load("25-Z", &data);
	for (size_t len = 0; len < 9288; len += len < 64 ? 1 : 97) {
		char *copy = malloc(len + !len); /* so that a read behind it is seen */

		assert_non_null(copy);
		memcpy(copy, data.buf, len);
		assert_int_equal(perfdata_parse((struct slice){ copy, len }, &r), -EBADMSG);
		free(copy);
	}
}

/* A file with these two texts and one number. */
static size_t make(char *buf, size_t size, const char *args, const char *flags)
{
	const struct {
		const char *name, *text;
	} texts[] = { { "java.rt.vmArgs", args }, { "java.rt.vmFlags", flags } };
	uint8_t magic[8] = { 0xca, 0xfe, 0xc0, 0xc0, 1, 2, 0, 1 };
	int32_t used = 32, first = 32, n = ARRAY_SIZE(texts);

	memset(buf, 0, size);
	for (int i = 0; i < n; i++) {
		int32_t len = (int32_t)strlen(texts[i].text) + 1;
		int32_t head[3] = { 52 + len, 20, len }, data_at = 52;

		memcpy(buf + used, head, sizeof(head));
		buf[used + 12] = 'B';
		memcpy(buf + used + 16, &data_at, 4);
		memcpy(buf + used + 20, texts[i].name, strlen(texts[i].name));
		memcpy(buf + used + 52, texts[i].text, (size_t)len);
		used += head[0];
	}
	memcpy(buf, magic, sizeof(magic));
	memcpy(buf + 8, &used, 4);
	memcpy(buf + 24, &first, 4);
	memcpy(buf + 28, &n, 4);
	return (size_t)used;
}

static void the_limit_of_the_metaspace_is_in_the_flags(void **state)
{
	static const struct {
		const char *args, *flags;
		uint64_t max;
	} cases[] = {
		{ "", "", 0 },
		{ "-XX:MaxMetaspaceSize=64m", "", 64 * MIB },
		{ "-Xmx1g -XX:MaxMetaspaceSize=64m -Dx=y", "", 64 * MIB },
		{ "-XX:MaxMetaspaceSize=64m -XX:MaxMetaspaceSize=1g", "", 1024 * MIB },
		{ "", "-XX:MaxMetaspaceSize=65536", 65536 },
		{ "-XX:MaxMetaspaceSize=1m", "-XX:MaxMetaspaceSize=2m", MIB },
		{ "-XX:MaxMetaspaceSize=", "", 0 },
		{ "-XX:MaxMetaspaceSize=many", "", 0 },
		{ "-XX:MaxMetaspaceSize=99999999999999999999g", "", 0 },
	};
	char buf[4096];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len = make(buf, sizeof(buf), cases[i].args, cases[i].flags);
		struct perf_reading r;

		assert_int_equal(perfdata_parse((struct slice){ buf, len }, &r), 0);
		if (r.metaspace_max != cases[i].max)
			fail_msg("%s | %s: %llu", cases[i].args, cases[i].flags,
				 (unsigned long long)r.metaspace_max);
	}
}

static void a_limit_that_the_jvm_cut_is_not_believed(void **state)
{
	char buf[4096], args[1024];
	const char flag[] = " -XX:MaxMetaspaceSize=25";
	struct perf_reading r;
	size_t len;

	memset(args, 'x', sizeof(args));
	memcpy(args + sizeof(args) - sizeof(flag), flag, sizeof(flag));
	len = make(buf, sizeof(buf), args, "");
	assert_int_equal(perfdata_parse((struct slice){ buf, len }, &r), 0);
	assert_int_equal(r.metaspace_max, 0);
}

/* A /tmp of our own. */
struct place {
	char path[sizeof("/tmp/test-perfdata-XXXXXX")];
	int dir;
	int folder;
};

static void place_make(struct place *p)
{
	memcpy(p->path, "/tmp/test-perfdata-XXXXXX", sizeof(p->path));
	assert_non_null(mkdtemp(p->path));
	p->dir = open(p->path, O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(p->dir, "hsperfdata_demo", 0755), 0);
	p->folder = openat(p->dir, "hsperfdata_demo", O_DIRECTORY | O_CLOEXEC);
	assert_true(p->dir >= 0 && p->folder >= 0);
}

static void place_remove(struct place *p)
{
	close(p->folder);
	assert_int_equal(dir_remove(p->dir, "hsperfdata_demo"), 0);
	unlinkat(p->dir, "elsewhere", 0);
	close(p->dir);
	assert_int_equal(rmdir(p->path), 0);
}

static void put(int dir, const char *name, const struct strbuf *data)
{
	struct err err;

	assert_int_equal(file_replace(dir, name, data->buf, data->len, 0600, &err), 0);
}

static void the_file_of_a_pid_is_found_and_read(void **state)
{
	_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
	static char buf[PERFDATA_MAX];
	struct perf_reading r;
	uint64_t changed, now = clock_real();
	struct place p;

	place_make(&p);
	load("25-Z", &data);
	put(p.folder, "42", &data);
	assert_int_equal(
		perfdata_read(p.dir, "demo", 42, geteuid(), buf, sizeof(buf), &r, &changed), 0);
	assert_int_equal(r.heap_used, 14 * MIB);
	assert_true(changed + NSEC_PER_SEC > now && changed < now + 60 * NSEC_PER_SEC);

	assert_int_equal(
		perfdata_read(p.dir, "demo", 43, geteuid(), buf, sizeof(buf), &r, &changed),
		-ENOENT);
	assert_int_equal(
		perfdata_read(p.dir, "other", 42, geteuid(), buf, sizeof(buf), &r, &changed),
		-ENOENT);
	assert_int_equal(perfdata_read(p.dir, "demo", 42, geteuid(), buf, 1000, &r, &changed),
			 -EFBIG);
	place_remove(&p);
}

static void what_somebody_else_put_there_is_not_read(void **state)
{
	_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
	static char buf[2 * PERFDATA_MAX];
	struct perf_reading r;
	uint64_t changed;
	struct place p;

	place_make(&p);
	load("25-Z", &data);
	put(p.dir, "elsewhere", &data);
	assert_int_equal(symlinkat("../elsewhere", p.folder, "1"), 0);
	assert_int_equal(linkat(p.dir, "elsewhere", p.folder, "2", 0), 0);
	assert_int_equal(mkfifoat(p.folder, "3", 0600), 0);
	put(p.folder, "4", &data);
	for (pid_t pid = 1; pid <= 3; pid++)
		assert_int_equal(perfdata_read(p.dir, "demo", pid, geteuid(), buf, sizeof(buf), &r,
					       &changed),
				 -EPERM);
	assert_int_equal(
		perfdata_read(p.dir, "demo", 4, geteuid() + 1, buf, sizeof(buf), &r, &changed),
		-EPERM);
	while (data.len <= PERFDATA_MAX)
		strbuf_putc(&data, 0);
	put(p.folder, "5", &data);
	assert_int_equal(perfdata_read(p.dir, "demo", 5, geteuid(), buf, sizeof(buf), &r, &changed),
			 -EFBIG);
	assert_int_equal(
		perfdata_read(p.dir, "../demo", 4, geteuid(), buf, sizeof(buf), &r, &changed),
		-EINVAL);

	/* nor a folder behind a link */
	assert_int_equal(symlinkat("hsperfdata_demo", p.dir, "hsperfdata_link"), 0);
	assert_true(perfdata_read(p.dir, "link", 4, geteuid(), buf, sizeof(buf), &r, &changed) < 0);
	assert_int_equal(unlinkat(p.dir, "hsperfdata_link", 0), 0);
	place_remove(&p);
}

static void set_time(int dir, uint64_t ns)
{
	struct timespec t = { (time_t)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC) };
	struct timespec both[2] = { t, t };

	assert_int_equal(futimens(dir, both), 0);
}

static void the_folder_tells_whether_a_jvm_came_so_far(void **state)
{
	uint64_t start = clock_real() - 5 * NSEC_PER_SEC;
	struct place p;

	place_make(&p);
	set_time(p.folder, start - NSEC_PER_SEC);
	assert_int_equal(perfdata_touched_since(p.dir, "demo", start), 0);
	set_time(p.folder, start + 30 * NSEC_PER_MSEC);
	assert_int_equal(perfdata_touched_since(p.dir, "demo", start), 1);
	/* within the tick that file times are cut to */
	set_time(p.folder, start - 4 * NSEC_PER_MSEC);
	assert_int_equal(perfdata_touched_since(p.dir, "demo", start), 1);
	/* no folder: no JVM of this user ever made one */
	assert_int_equal(perfdata_touched_since(p.dir, "other", start), 0);
	/* a folder that the JVM would not use proves nothing */
	set_time(p.folder, start - NSEC_PER_SEC);
	assert_int_equal(fchmod(p.folder, 0777), 0);
	assert_int_equal(perfdata_touched_since(p.dir, "demo", start), -EPERM);
	place_remove(&p);
}

static void a_place_that_takes_no_file_proves_nothing(void **state)
{
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(null >= 0);
	assert_int_equal(perfdata_touched_since(null, "demo", 1), -ENOTDIR);
	assert_int_equal(perfdata_touched_since(-1, "demo", 1), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_collector_s_counters_are_read),
		cmocka_unit_test(the_heap_is_read_by_its_places_alone),
		cmocka_unit_test(a_heap_that_is_not_there_any_more_is_no_reading),
		cmocka_unit_test(a_file_of_an_earlier_process_is_known_by_its_age),
		cmocka_unit_test(no_offset_is_believed),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(the_limit_of_the_metaspace_is_in_the_flags),
		cmocka_unit_test(a_limit_that_the_jvm_cut_is_not_believed),
		cmocka_unit_test(the_file_of_a_pid_is_found_and_read),
		cmocka_unit_test(what_somebody_else_put_there_is_not_read),
		cmocka_unit_test(the_folder_tells_whether_a_jvm_came_so_far),
		cmocka_unit_test(a_place_that_takes_no_file_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
