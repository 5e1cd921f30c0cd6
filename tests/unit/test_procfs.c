/* SPDX-License-Identifier: Apache-2.0 */
/* Reading /proc: our own, and one of our own making with what processes may do to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include "proc/procfs.h"
#include "tree.h"

static struct tree root;

static void ignore(int sig)
{
}

static void our_own_process_is_read(void **state)
{
	_cleanup_close_ int proc = procfs_open();
	struct proc_status s;
	uint64_t start;
	char id[37];

	assert_true(proc >= 0);
	signal(SIGUSR2, ignore);
	assert_int_equal(procfs_status(proc, getpid(), &s), 0);
	assert_true(s.rss > 4096 && s.peak >= s.rss && s.rss_anon < s.rss);
	assert_int_equal(s.threads, 1);
	assert_true(s.caught & 1ULL << (SIGUSR2 - 1));
	assert_int_equal(s.uid, geteuid());
	assert_int_equal(s.ppid, getppid());
	assert_int_equal(s.state, 'R');
	assert_int_equal(procfs_start_time(proc, getpid(), &start), 0);
	assert_true(start > 0);
	assert_int_equal(procfs_boot_id(proc, id), 0);
	assert_int_equal(strlen(id), 36);
	assert_int_equal(id[8], '-');
}

static void a_file_that_a_process_has_open_is_found(void **state)
{
	_cleanup_close_ int proc = procfs_open(), fd = -1;
	struct stat open_file, other;

	tree_file(&root, "open", "");
	tree_file(&root, "other", "");
	fd = openat(root.fd, "open", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &open_file), 0);
	assert_int_equal(fstatat(root.fd, "other", &other, 0), 0);
	assert_int_equal(procfs_has_open(proc, getpid(), &open_file), 1);
	assert_int_equal(procfs_has_open(proc, getpid(), &other), 0);
	assert_int_equal(procfs_has_open(root.fd, 1, &other), -ENOENT);
}

static void a_process_that_is_gone_is_no_process(void **state)
{
	struct proc_status s = { .threads = 7 };
	uint64_t start = 7;

	assert_int_equal(procfs_status(root.fd, 1, &s), -ENOENT);
	assert_int_equal(procfs_start_time(root.fd, 1, &start), -ENOENT);
	tree_file(&root, "1/status", "");
	tree_file(&root, "1/stat", "");
	assert_int_equal(procfs_status(root.fd, 1, &s), -EBADMSG);
	assert_int_equal(procfs_start_time(root.fd, 1, &start), -EBADMSG);
	assert_int_equal(s.threads, 7);
	assert_int_equal(start, 7);
}

static void the_fields_of_status(void **state)
{
	struct proc_status s;

	tree_file(&root, "2/status",
		  "Name:\tjava\nState:\tT (stopped)\nPPid:\t41\nUid:\t1\t2\t3\t4\n"
		  "VmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\nRssAnon:\t     800 kB\n"
		  "VmSwap:\t       4 kB\nThreads:\t37\nSigCgt:\t2000000181005ccf\n");
	assert_int_equal(procfs_status(root.fd, 2, &s), 0);
	assert_int_equal(s.state, 'T');
	assert_int_equal(s.ppid, 41);
	assert_int_equal(s.uid, 2);
	assert_int_equal(s.peak, 2000 * 1024);
	assert_int_equal(s.rss, 1000 * 1024);
	assert_int_equal(s.rss_anon, 800 * 1024);
	assert_int_equal(s.swap, 4 * 1024);
	assert_int_equal(s.threads, 37);
	assert_true(s.caught == 0x2000000181005ccfULL);

	tree_file(&root, "2/status", "Name:\tz\nState:\tZ (zombie)\nThreads:\t1\n");
	assert_int_equal(procfs_status(root.fd, 2, &s), 0);
	assert_int_equal(s.rss, 0);
}

static void a_name_cannot_move_the_start_time(void **state)
{
	static const struct {
		const char *stat;
		int r;
		uint64_t start;
	} cases[] = {
		{ "3 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n", 0, 4711 },
		{ "3 (a) b (c) 1 2 3) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", 0,
		  4711 },
		{ "3 (java) S 1 2 3", -EBADMSG, 0 },
		{ "3 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 20", -EBADMSG, 0 },
		{ "no name", -EBADMSG, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t start = 0;

		tree_file(&root, "3/stat", cases[i].stat);
		assert_int_equal(procfs_start_time(root.fd, 3, &start), cases[i].r);
		assert_int_equal(start, cases[i].start);
	}
}

static void the_core_pattern_is_one_line(void **state)
{
	char text[8];

	assert_int_equal(procfs_core_pattern(root.fd, text, sizeof(text)), -ENOENT);
	tree_file(&root, "sys/kernel/core_pattern", "core\n");
	assert_int_equal(procfs_core_pattern(root.fd, text, sizeof(text)), 0);
	assert_string_equal(text, "core");
	tree_file(&root, "sys/kernel/core_pattern", "|/usr/lib/handler %p\n");
	assert_int_equal(procfs_core_pattern(root.fd, text, sizeof(text)), 0);
	assert_string_equal(text, "|/usr/l");
	tree_file(&root, "sys/kernel/core_pattern", "\n");
	assert_int_equal(procfs_core_pattern(root.fd, text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

static void the_machine_s_oom_kills_are_found(void **state)
{
	uint64_t kills = 0;

	assert_int_equal(procfs_oom_kills(root.fd, &kills), -ENOENT);
	tree_file(&root, "vmstat", "pgfault 9\nnot_oom_kill 5\noom_kill 3\npgscan 1\n");
	assert_int_equal(procfs_oom_kills(root.fd, &kills), 0);
	assert_int_equal(kills, 3);
	tree_file(&root, "vmstat", "pgfault 9\noom_kill\n");
	assert_int_equal(procfs_oom_kills(root.fd, &kills), -ENOENT);
	tree_file(&root, "vmstat", "pgfault 9\noom_kill many\n");
	assert_int_equal(procfs_oom_kills(root.fd, &kills), -EBADMSG);
	assert_int_equal(kills, 3);
}

static void files_are_appended_with_their_names(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	tree_file(&root, "loadavg", "0.1 0.2");
	tree_file(&root, "meminfo", "MemTotal: 1 kB\nMemFree: 1 kB\n");
	assert_int_equal(procfs_append(root.fd, "loadavg", 100, &b), 0);
	assert_int_equal(procfs_append(root.fd, "meminfo", 8, &b), 0);
	assert_int_equal(procfs_append(root.fd, "pressure/memory", 100, &b), -ENOENT);
	assert_string_equal(strbuf_str(&b),
			    "==> loadavg <==\n0.1 0.2\n"
			    "==> meminfo <==\nMemTotal\n(cut after 8 bytes)\n"
			    "==> pressure/memory <==\n(not read: No such file or directory)\n");
}

static int set_up(void **state)
{
	tree_make(&root);
	return 0;
}

static int tear_down(void **state)
{
	tree_remove(&root);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_process_is_read),
		cmocka_unit_test(a_file_that_a_process_has_open_is_found),
		cmocka_unit_test(a_process_that_is_gone_is_no_process),
		cmocka_unit_test(the_fields_of_status),
		cmocka_unit_test(a_name_cannot_move_the_start_time),
		cmocka_unit_test(the_core_pattern_is_one_line),
		cmocka_unit_test(the_machine_s_oom_kills_are_found),
		cmocka_unit_test(files_are_appended_with_their_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
