/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and reading our memory cgroup, in trees as hosts and containers show them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "proc/cgroup.h"
#include "tree.h"

#define V1_UNLIMITED "9223372036854771712\n"
#define V2_MOUNT     "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"

struct file {
	const char *name, *text;
};

struct layout {
	const char *what;
	struct file files[10];
	int version;
	const char *path;
	struct cgroup_reading want;
};

static const struct layout layouts[] = {
	{ .what = "nothing at all" },
	{ .what = "a container on v2 with a name space of its own",
	  .files = { { "proc/self/cgroup", "0::/\n" },
		     { "proc/self/mountinfo", V2_MOUNT },
		     { "sys/fs/cgroup/memory.max", "536870912\n" },
		     { "sys/fs/cgroup/memory.current", "4096\n" },
		     { "sys/fs/cgroup/memory.peak", "8192\n" },
		     { "sys/fs/cgroup/memory.events",
		       "low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 0\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup",
	  .want = { true, true, true, true, 536870912, 4096, 8192, 3 } },
	{ .what = "a service on v2: the slice above it has the lesser limit, no peak before 5.19",
	  .files = { { "proc/self/cgroup", "0::/system.slice/app.slice/a.service\n" },
		     { "proc/self/mountinfo", V2_MOUNT },
		     { "sys/fs/cgroup/system.slice/memory.max", "max\n" },
		     { "sys/fs/cgroup/system.slice/app.slice/memory.max", "1000\n" },
		     { "sys/fs/cgroup/system.slice/app.slice/a.service/memory.max", "2000\n" },
		     { "sys/fs/cgroup/system.slice/app.slice/a.service/memory.current", "10\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup/system.slice/app.slice/a.service",
	  .want = { .has_limit = true, .limit = 1000, .has_usage = true, .usage = 10 } },
	{ .what = "no limit anywhere on v2",
	  .files = { { "proc/self/cgroup", "0::/a\n" },
		     { "proc/self/mountinfo", V2_MOUNT },
		     { "sys/fs/cgroup/a/memory.max", "max\n" },
		     { "sys/fs/cgroup/a/memory.current", "10\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup/a",
	  .want = { .has_usage = true, .usage = 10 } },
	{ .what = "a container on v2 without a name space: the mount begins at our cgroup",
	  .files = { { "proc/self/cgroup", "0::/docker/abc\n" },
		     { "proc/self/mountinfo",
		       "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n" },
		     { "sys/fs/cgroup/memory.max", "7\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup",
	  .want = { .has_limit = true, .limit = 7 } },
	{ .what = "below the mount's root, and not where a name only begins like it",
	  .files = { { "proc/self/cgroup", "0::/docker/abc/x\n" },
		     { "proc/self/mountinfo",
		       "29 23 0:26 /docker/ab /sys/fs/no ro - tmpfs cgroup2 rw\n"
		       "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n" },
		     { "sys/fs/cgroup/x/memory.max", "8\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup/x",
	  .want = { .has_limit = true, .limit = 8 } },
	{ .what = "moved out of its name space's root",
	  .files = { { "proc/self/cgroup", "0::/../other\n" },
		     { "proc/self/mountinfo", V2_MOUNT },
		     { "sys/fs/cgroup/memory.max", "9\n" } },
	  .version = 2,
	  .path = "/sys/fs/cgroup",
	  .want = { .has_limit = true, .limit = 9 } },
	{ .what = "v1 with its own limit, unlimited above",
	  .files = { { "proc/self/cgroup",
		       "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n1:name=systemd:/y\n0::/\n" },
		     { "proc/self/mountinfo",
		       "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
		       "34 31 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
		       "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" },
		     { "sys/fs/cgroup/memory/memory.limit_in_bytes", V1_UNLIMITED },
		     { "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "209715200\n" },
		     { "sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "11\n" },
		     { "sys/fs/cgroup/memory/docker/abc/memory.max_usage_in_bytes", "12\n" },
		     { "sys/fs/cgroup/memory/docker/abc/memory.oom_control",
		       "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n" } },
	  .version = 1,
	  .path = "/sys/fs/cgroup/memory/docker/abc",
	  .want = { true, true, true, true, 209715200, 11, 12, 1 } },
	{ .what = "a container on v1: the name is the host's, the folder is not there; before 4.13",
	  .files = { { "proc/self/cgroup", "4:memory:/docker/abc\n" },
		     { "proc/self/mountinfo",
		       "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" },
		     { "sys/fs/cgroup/memory/memory.limit_in_bytes", V1_UNLIMITED },
		     { "sys/fs/cgroup/memory/memory.usage_in_bytes", "13\n" },
		     { "sys/fs/cgroup/memory/memory.oom_control", "under_oom 0\n" } },
	  .version = 1,
	  .path = "/sys/fs/cgroup/memory",
	  .want = { .has_usage = true, .usage = 13 } },
	{ .what = "hybrid without memory on v1, a blank in the mount's name",
	  .files = { { "proc/self/cgroup", "1:name=systemd:/y\n0::/a\n" },
		     { "proc/self/mountinfo",
		       "41 31 0:38 / /my\\040groups rw - cgroup2 cgroup2 rw\n" },
		     { "my groups/a/memory.max", "14\n" },
		     { "my groups/a/memory.current", "nonsense\n" } },
	  .version = 2,
	  .path = "/my groups/a",
	  .want = { .has_limit = true, .limit = 14 } },
	{ .what = "named but not mounted",
	  .files = { { "proc/self/cgroup", "0::/a\n" },
		     { "proc/self/mountinfo", "35 31 0:32 / / rw - ext4 /dev/sda rw\n" } },
	  .version = 0,
	  .path = "" },
	{ .what = "cut and broken lines",
	  .files = { { "proc/self/cgroup", "\n0\n0:\n::\n0::/a" },
		     { "proc/self/mountinfo", "30 23\n - cgroup2\n1 2 3 4 5 - cgroup2\n" } },
	  .version = 0,
	  .path = "" },
};

static void check(const struct layout *l, const char *root)
{
	struct cgroup_reading r;
	struct cgroup c;

	cgroup_open(root, &c);
	cgroup_read(&c, &r);
	if (c.version != l->version || strcmp(c.path, l->path ? l->path : "") != 0)
		fail_msg("%s: version %d in %s", l->what, c.version, c.path);
	if (r.has_limit != l->want.has_limit || r.limit != l->want.limit)
		fail_msg("%s: limit %d %llu", l->what, r.has_limit, (unsigned long long)r.limit);
	assert_int_equal(r.has_usage, l->want.has_usage);
	assert_int_equal(r.usage, l->want.usage);
	assert_int_equal(r.has_peak, l->want.has_peak);
	assert_int_equal(r.peak, l->want.peak);
	assert_int_equal(r.has_oom_kills, l->want.has_oom_kills);
	assert_int_equal(r.oom_kills, l->want.oom_kills);
	cgroup_close(&c);
}

static void every_layout_is_understood(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		struct tree t;

		tree_make(&t);
		for (const struct file *f = layouts[i].files; f->name; f++)
			tree_file(&t, f->name, f->text);
		check(&layouts[i], t.path);
		tree_remove(&t);
	}
}

static void a_reading_follows_the_files(void **state)
{
	struct cgroup_reading r;
	struct cgroup c;
	struct tree t;

	tree_make(&t);
	tree_file(&t, "proc/self/cgroup", "0::/a/b\n");
	tree_file(&t, "proc/self/mountinfo", V2_MOUNT);
	tree_file(&t, "sys/fs/cgroup/a/memory.max", "max\n");
	tree_file(&t, "sys/fs/cgroup/a/b/memory.max", "1000000\n");
	cgroup_open(t.path, &c);
	cgroup_read(&c, &r);
	assert_int_equal(r.limit, 1000000);
	tree_file(&t, "sys/fs/cgroup/a/memory.max", "500\n");
	cgroup_read(&c, &r);
	assert_int_equal(r.limit, 500);
	tree_file(&t, "sys/fs/cgroup/a/memory.max", "max\n");
	tree_file(&t, "sys/fs/cgroup/a/b/memory.max", "max\n");
	cgroup_read(&c, &r);
	assert_false(r.has_limit);
	cgroup_close(&c);
	tree_remove(&t);
}

static void a_tick_reads_what_changes(void **state)
{
	uint64_t v;
	struct cgroup c;
	struct tree t;

	tree_make(&t);
	tree_file(&t, "proc/self/cgroup", "0::/a\n");
	tree_file(&t, "proc/self/mountinfo", V2_MOUNT);
	tree_file(&t, "sys/fs/cgroup/a/memory.max", "1000\n");
	tree_file(&t, "sys/fs/cgroup/a/memory.current", "10\n");
	tree_file(&t, "sys/fs/cgroup/a/memory.events", "oom 1\noom_kill 2\noom_group_kill 1\n");
	cgroup_open(t.path, &c);
	assert_true(c.id != 0);
	assert_true(cgroup_usage(&c, &v) && v == 10);
	assert_true(cgroup_oom_kills(&c, &v) && v == 2);
	tree_file(&t, "sys/fs/cgroup/a/memory.current", "20\n");
	assert_true(cgroup_usage(&c, &v) && v == 20);
	cgroup_close(&c);
	assert_false(cgroup_usage(&c, &v) || cgroup_oom_kills(&c, &v));
	tree_remove(&t);
}

static void a_group_that_is_killed_as_a_whole_is_known(void **state)
{
	static const struct {
		const char *ours, *above;
		bool all;
	} cases[] = {
		{ NULL, NULL, false },	{ "0\n", "0\n", false }, { "1\n", "0\n", true },
		{ "0\n", "1\n", true }, { "1\n", NULL, true },	 { "yes\n", NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup c;
		struct tree t;

		tree_make(&t);
		tree_file(&t, "proc/self/cgroup", "0::/a/b\n");
		tree_file(&t, "proc/self/mountinfo", V2_MOUNT);
		tree_file(&t, "sys/fs/cgroup/a/b/memory.max", "max\n");
		if (cases[i].ours)
			tree_file(&t, "sys/fs/cgroup/a/b/memory.oom.group", cases[i].ours);
		if (cases[i].above)
			tree_file(&t, "sys/fs/cgroup/a/memory.oom.group", cases[i].above);
		cgroup_open(t.path, &c);
		assert_int_equal(cgroup_kills_all(t.path, &c), cases[i].all);
		cgroup_close(&c);
		tree_remove(&t);
	}
}

static void long_lines_and_long_files_are_passed_over(void **state)
{
	_cleanup_strbuf_ struct strbuf mounts = STRBUF_INIT;
	struct layout l = { .what = "long", .version = 2, .path = "/sys/fs/cgroup" };
	struct tree t;

	for (int i = 0; i < 300; i++)
		strbuf_printf(&mounts, "%d 1 0:5 / /pod/%d rw - overlay overlay rw,lowerdir=%0*d\n",
			      i, i, i * 30, 0);
	strbuf_puts(&mounts, V2_MOUNT);
	tree_make(&t);
	tree_file(&t, "proc/self/cgroup", "0::/\n");
	tree_file(&t, "proc/self/mountinfo", strbuf_str(&mounts));
	tree_file(&t, "sys/fs/cgroup/memory.max", "5\n");
	l.want = (struct cgroup_reading){ .has_limit = true, .limit = 5 };
	check(&l, t.path);
	tree_remove(&t);
}

static void ours_can_be_opened_and_closed_twice(void **state)
{
	struct cgroup_reading r;
	struct cgroup c;

	cgroup_open("", &c);
	cgroup_read(&c, &r);
	assert_true(!c.version || c.path[0] == '/');
	cgroup_close(&c);
	cgroup_close(&c);
	cgroup_read(&c, &r);
	assert_false(r.has_usage || r.has_limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_is_understood),
		cmocka_unit_test(a_reading_follows_the_files),
		cmocka_unit_test(a_tick_reads_what_changes),
		cmocka_unit_test(a_group_that_is_killed_as_a_whole_is_known),
		cmocka_unit_test(long_lines_and_long_files_are_passed_over),
		cmocka_unit_test(ours_can_be_opened_and_closed_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
