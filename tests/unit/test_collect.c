/* SPDX-License-Identifier: Apache-2.0 */
/* The collect role as the supervisor starts it: what a death leaves is in one folder afterwards. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <sys/xattr.h>
#include "incident/corefile.h"
#include "proc/procfs.h"
#include "tests/unit/collecting.h"

enum { STRANGER = 12345 };

static void make_crash(struct life *l)
{
	l->facts.num.has[FACT_EXIT_CODE] = false;
	fact_set(&l->facts.num, FACT_SIGNAL, 6);
	fact_set(&l->facts.num, FACT_HS_ERR_BYTES, 100);
	fact_set(&l->facts.num, FACT_CORE_LIMIT, 0);
}

static void a_death_of_memory_is_one_folder(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;
	const struct js *dump;

	life_file(l, "heap.hprof", "JAVA PROFILE other");
	life_file(l, "life", "");
	fact_set(&l->facts.num, FACT_HEAP_DUMP_BYTES, 18);
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_int_equal(l->incidents, 1);
	assert_true(store_id_valid(l->id));
	assert_non_null(strstr(l->id, "-oom-42-"));
	assert_true(has(l, "report.txt"));
	assert_true(has(l, "system.txt"));
	assert_true(has(l, "heap.hprof.gz"));
	assert_false(has(l, "heap.hprof"));
	assert_int_equal(run_entries(l), 0);
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "status"), "complete");
	assert_string_equal(js_get_str(json, "confidence"), "confirmed");
	dump = row_of(json, "artifacts", "name", "heap.hprof.gz");
	assert_string_equal(js_get_str(dump, "status"), "compressed");
	assert_int_equal(js_get_int(dump, "original_bytes", 0), 18);
	assert_int_equal(strlen(js_get_str(dump, "sha256")), 64);
}

static void a_crash_gets_its_frame_into_the_verdict(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;

	make_crash(l);
	life_file(l, "hs_err_pid42.log", crash_report);
	life_file(l, "replay_pid42.log", "replay");
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_non_null(strstr(l->said.buf, "\nV "));
	assert_true(has(l, "hs_err.log"));
	assert_true(has(l, "files/replay_pid42.log"));
	json = incident_json(l);
	assert_non_null(strstr(js_get_str(json, "verdict"), "libfoo.so"));
	assert_string_equal(js_text(js_path(json, "crash.library")), "libfoo.so");
	assert_non_null(
		strstr(js_get_str(row_of(json, "steps", "name", "core"), "note"), "RLIMIT_CORE"));
}

static void names_made_for_this_start_are_as_the_jvm_had_them(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;
	const struct js *argv;

	facts_set_str(&l->facts, FACT_INSTANCE, "20261122T031500Z-41-beef");
	fact_set(&l->facts.num, FACT_RUN, 7);
	strv_push(&l->facts.list[FACT_ARGV],
		  "-XX:ErrorFile=/s/.run/20261122T031500Z-41-beef.%n/hs_err_pid%%p.log");
	strv_push(&l->facts.list[FACT_ARGV], "100%%n");
	assert_int_equal(life_run(l, "claim", NULL), 0);
	json = incident_json(l);
	argv = js_path(json, "instance.argv");
	assert_string_equal(js_text(js_at(argv, 0)),
			    "-XX:ErrorFile=/s/.run/20261122T031500Z-41-beef.0007/hs_err_pid%p.log");
	assert_string_equal(js_text(js_at(argv, 1)), "100%n");
}

static void two_deaths_of_one_pid_are_two_incidents(void **state)
{
	struct life *l = *state;
	char first[64];

	assert_int_equal(life_run(l, "claim", NULL), 0);
	memcpy(first, l->id, sizeof(first));
	/* The run folder is gone, as a user's rm would have it. */
	assert_int_equal(life_run(l, "claim", NULL), 1);
	assert_string_not_equal(first, l->id);
}

static void the_users_own_places_keep_what_lies_there(void **state)
{
	struct life *l = *state;
	char dump[128], log[128], files[128];

	snprintf(dump, sizeof(dump), "%s/mine/%%p.hprof", l->t.path);
	snprintf(log, sizeof(log), "%s/mine/fatal.log", l->t.path);
	snprintf(files, sizeof(files), "%s/mine/gc*.log", l->t.path);
	fact_set(&l->facts.num, FACT_HS_ERR_OURS, 0);
	fact_set(&l->facts.num, FACT_HEAP_DUMP_OURS, 0);
	facts_set_str(&l->facts, FACT_HEAP_DUMP_PATH, dump);
	facts_set_str(&l->facts, FACT_HS_ERR_PATH, log);
	strv_push(&l->facts.list[FACT_FILES], files);
	tree_file(&l->t, "mine/42.hprof", "JAVA PROFILE other");
	tree_file(&l->t, "mine/fatal.log", crash_report);
	tree_file(&l->t, "mine/gc.log", "[gc] pause");
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_true(has(l, "heap.hprof.gz"));
	assert_true(has(l, "hs_err.log"));
	assert_true(has(l, "files/gc.log"));
	assert_int_equal(faccessat(l->t.fd, "mine/42.hprof", F_OK, 0), 0);
	assert_int_equal(faccessat(l->t.fd, "mine/fatal.log", F_OK, 0), 0);
	assert_int_equal(faccessat(l->t.fd, "mine/gc.log", F_OK, 0), 0);
}

static void an_old_file_in_the_users_place_is_not_taken(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000, .tv_nsec = 1 },
					 { .tv_sec = 1000, .tv_nsec = 1 } };
	struct life *l = *state;
	char log[128];

	snprintf(log, sizeof(log), "%s/mine/fatal.log", l->t.path);
	fact_set(&l->facts.num, FACT_HS_ERR_OURS, 0);
	facts_set_str(&l->facts, FACT_HS_ERR_PATH, log);
	strv_push(&l->facts.list[FACT_FILES], log);
	tree_file(&l->t, "mine/fatal.log", crash_report);
	assert_int_equal(utimensat(l->t.fd, "mine/fatal.log", old, 0), 0);
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_false(has(l, "hs_err.log"));
	assert_false(has(l, "files"));
}

static void where_the_jvm_fell_back_to_is_looked_at_too(void **state)
{
	struct life *l = *state;

	make_crash(l);
	tree_file(&l->t, "cwd/hs_err_pid42.log", crash_report);
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_true(has(l, "hs_err.log"));
	/* Ours could not be written; nobody asked for this one. */
	assert_int_equal(faccessat(l->t.fd, "cwd/hs_err_pid42.log", F_OK, 0), -1);
}

static void what_was_seen_and_is_gone_is_said(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;

	fact_set(&l->facts.num, FACT_HEAP_DUMP_BYTES, 18);
	assert_int_equal(life_run(l, "claim", NULL), 1);
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "status"), "failed");
	assert_non_null(
		strstr(js_get_str(row_of(json, "steps", "name", "heap-dump"), "error"), "is gone"));
}

static void a_link_in_place_of_a_report_is_not_followed(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;

	make_crash(l);
	l->facts.num.has[FACT_HS_ERR_BYTES] = false;
	tree_file(&l->t, "secret", "secret");
	life_file(l, "heap.hprof", "JAVA PROFILE other");
	assert_int_equal(
		symlinkat("../../../secret", l->store, ".run/" RUN_NAME "/hs_err_pid42.log"), 0);
	assert_int_equal(life_run(l, "claim", NULL), 1);
	assert_false(has(l, "hs_err.log"));
	assert_true(has(l, "heap.hprof.gz"));
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "status"), "partial");
	assert_non_null(
		strstr(js_get_str(row_of(json, "steps", "name", "hs_err_pid42.log"), "error"),
		       "symbolic link"));
}

static void a_report_of_nonsense_costs_its_step(void **state)
{
	struct life *l = *state;

	make_crash(l);
	life_file(l, "hs_err_pid42.log", "\0\xff nonsense");
	assert_int_equal(life_run(l, "claim", NULL), 1);
	assert_true(has(l, "hs_err.log"));
}

static void the_collected_hook_is_told_of_the_final_folder(void **state)
{
	struct life *l = *state;
	_cleanup_strbuf_ struct strbuf log = STRBUF_INIT, want = STRBUF_INIT;
	_cleanup_js_ struct js *json = NULL;
	const struct js *hook;
	char path[256];

	life_file(l, "hooks/results", "oom\t10-deregister\tok\t0\t5\nnonsense\n");
	life_file(l, "hooks/10-deregister.log", "done\n");
	life_file(l, "heap.hprof", "JAVA PROFILE other");
	assert_int_equal(life_run(l, "claim", "the set"), 0);
	assert_non_null(strstr(l->said.buf, "W the hook 10-upload failed"));
	json = incident_json(l);
	assert_int_equal(js_len(js_get(json, "hooks")), 2);
	hook = row_of(json, "hooks", "event", "collected");
	assert_int_equal(js_get_int(hook, "exit_code", 0), 7);
	assert_true(has(l, "hooks/10-deregister.log"));
	assert_int_equal(
		file_read(l->store, in_incident(l, "hooks/10-upload.log", path), 65536, &log, NULL),
		0);
	strbuf_printf(&want, "JVISOR_INCIDENT_DIR=%s/store/%s\n", l->t.path, l->id);
	assert_non_null(strstr(log.buf, want.buf));
	assert_non_null(strstr(log.buf, "JVISOR_EVENT=collected\n"));
	assert_non_null(strstr(log.buf, "/heap.hprof.gz\n"));
	assert_int_equal(run_entries(l), 0);
}

static void another_users_files_are_copied_and_he_may_read_them(void **state)
{
	struct life *l = *state;
	static const char *const shared[] = { "heap.hprof.gz", "report.txt", "incident.json",
					      "hooks/10-upload.log", "." };
	char path[256], acl[64];
	struct stat st;

	if (geteuid() != 0)
		return; /* only root supervises another user's JVM */
	life_file(l, "heap.hprof", "JAVA PROFILE other");
	assert_int_equal(fchownat(l->store, ".run/" RUN_NAME, STRANGER, STRANGER, 0), 0);
	assert_int_equal(fchownat(l->store, ".run/" RUN_NAME "/heap.hprof", STRANGER, STRANGER, 0),
			 0);
	fact_set(&l->facts.num, FACT_UID, STRANGER);
	assert_int_equal(life_run(l, "claim", "the set"), 0);
	assert_int_equal(fstatat(l->store, in_incident(l, "heap.hprof.gz", path), &st, 0), 0);
	assert_int_equal(st.st_uid, 0);
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		snprintf(path, sizeof(path), "%s/store/%s/%s", l->t.path, l->id, shared[i]);
		assert_int_equal(getxattr(path, "system.posix_acl_access", acl, sizeof(acl)), 44);
	}
	assert_int_equal(run_entries(l), 0);
}

static void what_is_too_large_to_copy_is_where_the_report_says(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;
	_cleanup_close_ int writer = -1;
	const struct js *dump;

	if (geteuid() != 0)
		return; /* only what another user may still write to is copied */
	life_file(l, "heap.hprof", "JAVA PROFILE other");
	writer = openat(l->store, ".run/" RUN_NAME "/heap.hprof", O_WRONLY | O_CLOEXEC);
	assert_true(writer >= 0);
	assert_int_equal(fchownat(l->store, ".run/" RUN_NAME, STRANGER, STRANGER, 0), 0);
	assert_int_equal(fchownat(l->store, ".run/" RUN_NAME "/heap.hprof", STRANGER, STRANGER, 0),
			 0);
	fact_set(&l->facts.num, FACT_UID, STRANGER);
	fact_set(&l->facts.num, FACT_MAX_INCIDENT, 1);
	life_run(l, "claim", NULL);
	json = incident_json(l);
	dump = js_at(js_get(json, "artifacts"), 0);
	assert_string_equal(js_get_str(dump, "status"), "referenced");
	assert_int_equal(access(js_get_str(dump, "source"), F_OK), 0);
}

static void a_core_is_taken_from_where_the_kernel_puts_it(void **state)
{
	struct life *l = *state;
	_cleanup_strbuf_ struct strbuf glob = STRBUF_INIT;
	_cleanup_close_ int proc = procfs_open();
	_cleanup_js_ struct js *json = NULL;
	char pattern[256];

	make_crash(l);
	life_file(l, "hs_err_pid42.log", crash_report);
	fact_set(&l->facts.num, FACT_CORE_DUMPED, 1);
	assert_int_equal(procfs_core_pattern(proc, pattern, sizeof(pattern)), 0);
	if (*pattern == '|') {
		assert_int_equal(life_run(l, "claim", NULL), 0);
		json = incident_json(l);
		assert_string_equal(js_get_str(row_of(json, "steps", "name", "core"), "status"),
				    "skipped");
		return;
	}
	assert_int_equal(core_glob(slice_of(pattern), false, &l->facts, &glob), 0);
	if (*pattern == '/' || strchr(glob.buf, '*') || strchr(pattern, '/'))
		return; /* not a place to make files in */
	tree_file(&l->t, glob.buf + strlen(l->t.path) + 1, "\177ELF core");
	assert_int_equal(life_run(l, "claim", NULL), 0);
	assert_true(has(l, "core.gz"));
	assert_int_equal(access(glob.buf, F_OK), -1);
}

static void a_store_without_its_folder_is_one_warning(void **state)
{
	struct life *l = *state;

	assert_int_equal(dir_remove(l->store, ".run"), 0);
	assert_int_equal(life_run(l, "claim", NULL), 2);
	assert_int_equal(l->incidents, 0);
	assert_int_equal(l->said.buf[0], 'W');
	assert_non_null(strstr(l->said.buf, "stays in"));
}

static void a_record_of_nonsense_is_one_warning(void **state)
{
	struct life *l = *state;
	const char *const args[] = { "claim", NULL };
	int record = memfd_of("nonsense", 8);
	const int fds[] = { record, l->store };
	const struct role_spec spec = {
		.name = "collect", .args = args, .fds = fds, .n_fds = 2, .log_fd = STDERR_FILENO
	};
	struct role role;

	assert_int_equal(role_spawn(&spec, &role, NULL), 0);
	assert_int_equal(life_end(l, &role, 0), 2);
	assert_int_equal(l->said.buf[0], 'W');
	close(record);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, life_set_up, life_tear_down)

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		TEST(a_death_of_memory_is_one_folder),
		TEST(a_crash_gets_its_frame_into_the_verdict),
		TEST(names_made_for_this_start_are_as_the_jvm_had_them),
		TEST(two_deaths_of_one_pid_are_two_incidents),
		TEST(the_users_own_places_keep_what_lies_there),
		TEST(an_old_file_in_the_users_place_is_not_taken),
		TEST(where_the_jvm_fell_back_to_is_looked_at_too),
		TEST(what_was_seen_and_is_gone_is_said),
		TEST(a_link_in_place_of_a_report_is_not_followed),
		TEST(a_report_of_nonsense_costs_its_step),
		TEST(the_collected_hook_is_told_of_the_final_folder),
		TEST(another_users_files_are_copied_and_he_may_read_them),
		TEST(what_is_too_large_to_copy_is_where_the_report_says),
		TEST(a_core_is_taken_from_where_the_kernel_puts_it),
		TEST(a_store_without_its_folder_is_one_warning),
		TEST(a_record_of_nonsense_is_one_warning),
	};

	collecting_role(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
