/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans against golden files: tests/golden/plan/NAME.in is a case (see plan_case.h), NAME.out what
 * is explained of it. With JVISOR_GOLDEN_UPDATE=1 the .out files are written instead; read the diff
 * before keeping it. What the supervisor takes from a plan as numbers is tested below.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/file.h"
#include "tests/unit/plan_case.h"
#include "policy/explain.h"

static char *golden_folder(void)
{
	const char *top = getenv("top_srcdir");
	char *path;

	if (asprintf(&path, "%s/tests/golden/plan", top ? top : ".") < 0)
		return NULL;
	return path;
}

static int is_case(const struct dirent *e)
{
	return slice_ends(slice_of(e->d_name), ".in");
}

static void run_case(int fd, const char *in, unsigned *failed)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, got = STRBUF_INIT, want = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct plan_case c;
	struct err err = { 0 };
	int r;

	assert_int_equal(file_read(fd, in, 1 << 20, &text, NULL), 0);
	r = plan_case_make(strbuf_str(&text), &c, &err);
	if (r)
		fail_msg("%s: %d %s", in, r, err.msg);
	assert_int_equal(explain_text(&c.d, false, &got), 0);
	plan_case_done(&c);
	strbuf_printf(&out, "%.*s.out", (int)strlen(in) - 3, in);
	if (getenv("JVISOR_GOLDEN_UPDATE")) {
		assert_int_equal(file_replace(fd, out.buf, got.buf, got.len, 0644, NULL), 0);
		return;
	}
	(void)file_read(fd, out.buf, 1 << 20, &want, NULL);
	if (strcmp(strbuf_str(&want), strbuf_str(&got)) != 0) {
		print_error("%s: wanted:\n%s\n%s: got:\n%s\n", out.buf, strbuf_str(&want), in,
			    strbuf_str(&got));
		++*failed;
	}
}

static void every_case_is_planned_as_its_golden_file_says(void **state)
{
	_cleanup_free_ char *folder = golden_folder();
	struct dirent **names;
	unsigned failed = 0;
	int n = scandir(folder, &names, is_case, alphasort), fd;

	assert_true(n >= 15);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fchdir(fd), 0); /* argument files are read from there */
	for (int i = 0; i < n; i++) {
		run_case(fd, names[i]->d_name, &failed);
		free(names[i]);
	}
	free(names);
	close(fd);
	assert_int_equal(failed, 0);
}

static const struct {
	const char *text;
	enum fact_num fact;
	uint64_t want;
} numbers[] = {
	{ "arg Main\n", FACT_EXIT_ON_OOM, 1 },
	{ "arg Main\n", FACT_CRASH_ON_OOM, 0 },
	{ "arg Main\n", FACT_DUMP_ON_OOM, 0 },
	{ "arg Main\n", FACT_CORE_ON_CRASH, 1 },
	{ "arg Main\n", FACT_CORE_OFF_OURS, 0 },
	{ "arg Main\n", FACT_PERF_DATA, 1 },
	{ "arg Main\n", FACT_HS_ERR_OURS, 1 },
	{ "arg Main\n", FACT_HEAP_DUMP_OURS, 0 },
	{ "piped yes\narg Main\n", FACT_CORE_ON_CRASH, 0 },
	{ "piped yes\narg Main\n", FACT_CORE_OFF_OURS, 1 },
	{ "piped yes\narg -XX:-CreateCoredumpOnCrash\narg Main\n", FACT_CORE_OFF_OURS, 0 },
	{ "piped yes\narg -XX:+CreateCoredumpOnCrash\narg Main\n", FACT_CORE_ON_CRASH, 1 },
	{ "jdk 1.8.0_504\npiped yes\narg Main\n", FACT_CORE_OFF_OURS, 0 },
	{ "arg -XX:-ExitOnOutOfMemoryError\narg Main\n", FACT_EXIT_ON_OOM, 0 },
	{ "env _JAVA_OPTIONS=-XX:-ExitOnOutOfMemoryError\narg Main\n", FACT_EXIT_ON_OOM, 0 },
	{ "arg -XX:+CrashOnOutOfMemoryError\narg Main\n", FACT_CRASH_ON_OOM, 1 },
	{ "arg -XX:+CrashOnOutOfMemoryError\narg Main\n", FACT_EXIT_ON_OOM, 0 },
	{ "arg -XX:-UsePerfData\narg Main\n", FACT_PERF_DATA, 0 },
	{ "arg -XX:+PerfDisableSharedMem\narg Main\n", FACT_PERF_DATA, 0 },
	{ "arg -XX:ErrorFile=/x\narg Main\n", FACT_HS_ERR_OURS, 0 },
	{ "arg -XX:+HeapDumpOnOutOfMemoryError\narg Main\n", FACT_HEAP_DUMP_OURS, 1 },
	{ "store none\narg -XX:+HeapDumpOnOutOfMemoryError\narg Main\n", FACT_HEAP_DUMP_OURS, 0 },
	{ "arg Main\npolicy:\n[flags force]\nCrashOnOutOfMemoryError = yes\n", FACT_CRASH_ON_OOM,
	  1 },
	{ "arg Main\npolicy:\n[policy]\nprofile = development\n", FACT_CRASH_ON_OOM, 1 },
	{ "arg Main\npolicy:\n[policy]\nprofile = development\n", FACT_HEAP_DUMP_OURS, 1 },
};

/* Whether there will be a heap dump, and what is said. */
static const struct {
	const char *text;
	bool dumps;
	const char *says; /* a part of the warnings; NULL: there is none */
} rooms[] = {
	{ "room 2g\narg -Xmx1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", true, NULL },
	{ "room 1g\narg -Xmx1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", false,
	  "no heap dump will be written: that of a full heap (1 GiB) does not fit: /store has 1 "
	  "GiB to spare above [collect] min_free" },
	{ "room 1g\narg -Xmx4g\narg -Xmx512m\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", true,
	  NULL },
	{ "room 1g\narg -Xmx512m\nenv _JAVA_OPTIONS=-XX:MaxHeapSize=4g\narg Main\npolicy:\n[oom]\n"
	  "heap_dump = yes\n",
	  false, "full heap (4 GiB)" },
	{ "room 1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n[java]\noptions = -Xmx4g\n", false,
	  "full heap (4 GiB)" },
	{ "knows MaxHeapSize\nroom 1g\narg -Xmx4g\narg Main\npolicy:\n[oom]\nheap_dump = "
	  "yes\n[flags force]\n"
	  "MaxHeapSize = 256m\n",
	  true, NULL },
	{ "room 1g\nmemory 16g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", false,
	  "full heap (4 GiB)" },
	{ "room 1g\nmemory 16g\narg -XX:MaxRAMPercentage=5\narg Main\npolicy:\n[oom]\n"
	  "heap_dump = yes\n",
	  true, NULL },
	{ "room 1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", true, NULL }, /* memory unknown */
	/* packed by the JVM, half is enough; 11 cannot */
	{ "room 600m\narg -Xmx1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\ndump_gzip = 1\n", true,
	  NULL },
	{ "jdk 11.0.33\nroom 600m\narg -Xmx1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n"
	  "dump_gzip = 1\n",
	  false, "no heap dump" },
	/* the user's own wish is followed, and he is told */
	{ "room 1g\narg -Xmx4g\narg -XX:+HeapDumpOnOutOfMemoryError\narg Main\n", true,
	  "may fill the disk and be cut: that of a full heap (4 GiB) does not fit" },
	{ "room 1g\narg -Xmx4g\narg -XX:-HeapDumpOnOutOfMemoryError\narg Main\npolicy:\n[oom]\n"
	  "heap_dump = yes\n",
	  false, NULL },
	/* the place that counts is where it will land */
	{ "room 1m\nelsewhere 9g\narg -Xmx4g\narg -XX:HeapDumpPath=/dumps/x.hprof\narg "
	  "Main\npolicy:\n[oom]\nheap_dump = yes\n",
	  true, NULL },
	{ "elsewhere 1g\narg -Xmx4g\narg -XX:HeapDumpPath=x.hprof\narg Main\npolicy:\n[oom]\n"
	  "heap_dump = yes\n",
	  false, "/srv/app/x.hprof has 1 GiB to spare" },
	{ "store none\nelsewhere 1g\narg -Xmx4g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n",
	  false, "/srv/app has" },
	{ "arg -Xmx4g\narg -XX:HeapDumpPath=/nowhere\narg Main\npolicy:\n[oom]\nheap_dump = yes\n",
	  true, NULL },
	/* a store in memory */
	{ "volatile yes\narg -Xmx1g\narg Main\npolicy:\n[oom]\nheap_dump = yes\n", false,
	  "/store is in memory" },
	{ "volatile yes\narg -XX:+HeapDumpOnOutOfMemoryError\narg Main\n", true, NULL },
};

static void a_dump_that_does_not_fit_is_not_begun(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		_cleanup_strbuf_ struct strbuf warnings = STRBUF_INIT;
		struct plan_case c;
		struct err err = { 0 };

		assert_int_equal(plan_case_make(rooms[i].text, &c, &err), 0);
		for (size_t k = 0; k < c.d.plan.warnings.n; k++)
			strbuf_printf(&warnings, "%s\n", c.d.plan.warnings.v[k]);
		if (fact_get(&c.d.plan.nums, FACT_DUMP_ON_OOM, 99) != rooms[i].dumps ||
		    (rooms[i].says ? !strstr(strbuf_str(&warnings), rooms[i].says)
				   : warnings.len > 0))
			fail_msg("%s: %s", rooms[i].text, strbuf_str(&warnings));
		plan_case_done(&c);
	}
}

static void the_numbers_say_what_holds_in_the_end(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct plan_case c;
		struct err err = { 0 };

		assert_int_equal(plan_case_make(numbers[i].text, &c, &err), 0);
		if (fact_get(&c.d.plan.nums, numbers[i].fact, 99) != numbers[i].want)
			fail_msg("case %zu: %s", i, numbers[i].text);
		plan_case_done(&c);
	}
}

/* Where the collector will look: pid templates. */
static const struct {
	const char *text, *hs_err, *dump; /* NULL: none */
} places[] = {
	{ "arg Main\n", "/store/.run/20261122T031502Z-42-a1b2.%n/hs_err_pid%p.log", NULL },
	{ "store none\narg Main\n", "/srv/app/hs_err_pid%p.log", NULL },
	{ "arg -XX:ErrorFile=e%p.log\narg Main\n", "/srv/app/e%p.log", NULL },
	{ "arg -XX:+SuppressFatalErrorMessage\narg Main\n", NULL, NULL },
	{ "arg -XX:+ErrorFileToStdout\narg Main\n", NULL, NULL },
	{ "arg -XX:ErrorFile=/var/log\ndir /var/log\narg Main\n", "/srv/app/hs_err_pid%p.log",
	  NULL },
	{ "arg -XX:+HeapDumpOnOutOfMemoryError\narg -XX:ErrorFile=/e\narg Main\n", "/e",
	  "/store/.run/20261122T031502Z-42-a1b2.%n/heap.hprof" },
	{ "arg -XX:+HeapDumpOnOutOfMemoryError\narg -XX:HeapDumpGzipLevel=1\narg "
	  "-XX:ErrorFile=/e\narg Main\n",
	  "/e", "/store/.run/20261122T031502Z-42-a1b2.%n/heap.hprof.gz" },
	{ "arg -XX:+HeapDumpOnOutOfMemoryError\narg -XX:HeapDumpPath=/d\ndir /d\narg "
	  "-XX:ErrorFile=/e\narg Main\n",
	  "/e", "/d/java_pid%p.hprof" },
	{ "arg -XX:HeapDumpPath=/d/x.hprof\narg -XX:ErrorFile=/e\narg Main\n", "/e", NULL },
	{ "kind unknown\narg Main\n", NULL, NULL },
};

static void the_places_of_the_files_are_known_beforehand(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct plan_case c;
		struct err err = { 0 };

		assert_int_equal(plan_case_make(places[i].text, &c, &err), 0);
		assert_string_equal(c.d.plan.hs_err_path ? c.d.plan.hs_err_path : "",
				    places[i].hs_err ? places[i].hs_err : "");
		assert_string_equal(c.d.plan.heap_dump_path ? c.d.plan.heap_dump_path : "",
				    places[i].dump ? places[i].dump : "");
		plan_case_done(&c);
	}
}

static void no_edit_and_no_flag_is_without_a_reason(void **state)
{
	struct plan_case c;

	assert_int_equal(
		plan_case_make("piped yes\nrestarts yes\narg -XX:ErrorFile=/e\narg Main\n"
			       "policy:\n[policy]\nprofile = development\n[flags]\nX = 1\n",
			       &c, NULL),
		0);
	for (size_t i = 0; i < c.d.plan.n_edits; i++)
		assert_non_null(c.d.plan.edits[i].reason);
	for (size_t i = 0; i < c.d.plan.n_flags; i++)
		assert_non_null(c.d.plan.flags[i].where);
	plan_case_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_planned_as_its_golden_file_says),
		cmocka_unit_test(a_dump_that_does_not_fit_is_not_begun),
		cmocka_unit_test(the_numbers_say_what_holds_in_the_end),
		cmocka_unit_test(the_places_of_the_files_are_known_beforehand),
		cmocka_unit_test(no_edit_and_no_flag_is_without_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
