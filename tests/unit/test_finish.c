/* SPDX-License-Identifier: Apache-2.0 */
/* What predecessors left: lives whose end nobody saw, collectors killed at every stage, full disks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include "incident/claim.h"
#include "incident/folder.h"
#include "jvm/life.h"
#include "proc/procfs.h"
#include "tests/unit/collecting.h"

/* What prepare writes: the page, then the record of the start, which knows nothing of the end. */
static int write_life(struct life *l, const char *boot_id, uint64_t pid)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct life_head head = {
		.magic = LIFE_MAGIC,
		.at = clock_real() - NSEC_PER_SEC,
		.pid = pid,
		.start_time = 1,
		.rss = 300 << 20,
		.cgroup_used = UINT64_MAX,
		.cgroup_limit = UINT64_MAX,
		.oom_kills = UINT64_MAX,
		.heap_used = 100 << 20,
		.heap_max = 200 << 20,
	};
	char zeros[LIFE_HEAD - sizeof(head)] = "", path[128];
	int fd;

	strbuf_add(&b, &head, sizeof(head));
	strbuf_add(&b, zeros, sizeof(zeros));
	l->facts.num.has[FACT_EXIT_CODE] = false;
	l->facts.num.has[FACT_ENDED] = false;
	l->facts.num.has[FACT_PERF_LEFT] = false;
	facts_set_str(&l->facts, FACT_BOOT_ID, boot_id);
	facts_begin(&b);
	facts_put(&b, &l->facts);
	snprintf(path, sizeof(path), "store/.run/" RUN_NAME "/" LIFE_NAME);
	tree_bytes(&l->t, path, b.buf, b.len, 0600);
	fd = openat(l->t.fd, path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void a_life_that_nobody_saw_end_is_presumed_killed(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;
	const struct js *evidence;
	const char *last;

	close(write_life(l, "another boot", 42));
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 1);
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "kind"), "killed");
	assert_string_equal(js_get_str(json, "confidence"), "presumed");
	assert_int_equal(js_get_int(js_get(json, "memory"), "rss", 0), 300 << 20);
	evidence = js_get(json, "evidence");
	last = js_text(js_at(evidence, js_len(evidence) - 2));
	assert_string_equal(last, "the machine was restarted since");
	assert_int_equal(run_entries(l), 0);
}

static void an_end_that_was_seen_but_not_filed_is_told_as_it_was_seen(void **state)
{
	struct life *l = *state;
	struct fact_nums seen = l->facts.num;
	_cleanup_js_ struct js *json = NULL;
	struct life_head head;
	int fd = write_life(l, "another boot", 42);

	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	life_put_end(&head, &seen);
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	close(fd);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "kind"), "oom");
	assert_int_equal(js_get_int(js_get(json, "end"), "exit_code", 0), 3);
	assert_null(js_get(js_get(json, "end"), "unseen"));
}

static void a_crash_that_nobody_saw_is_a_crash(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;

	close(write_life(l, "another boot", 42));
	life_file(l, "hs_err_pid42.log", crash_report);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "kind"), "crash");
	assert_true(has(l, "hs_err.log"));
}

static void a_life_whose_supervisor_lives_is_left_alone(void **state)
{
	struct life *l = *state;
	int fd = write_life(l, "another boot", 42);

	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 0);
	assert_int_equal(run_entries(l), 1);
	close(fd);
}

static void a_jvm_that_is_still_there_is_left_alone(void **state)
{
	struct life *l = *state;
	_cleanup_close_ int proc = procfs_open();
	struct life_head head;
	char boot[37];
	int fd;

	assert_int_equal(procfs_boot_id(proc, boot), 0);
	fd = write_life(l, boot, (uint64_t)getpid());
	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	assert_int_equal(procfs_start_time(proc, getpid(), &head.start_time), 0);
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	close(fd);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 0);
}

/* Its parent does not reap it. */
static void a_zombie_is_not_alive(void **state)
{
	struct life *l = *state;
	_cleanup_close_ int proc = procfs_open();
	siginfo_t info;
	struct life_head head;
	pid_t pid = fork();
	char boot[37];
	int fd;

	assert_true(pid >= 0);
	if (!pid)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(procfs_boot_id(proc, boot), 0);
	fd = write_life(l, boot, (uint64_t)pid);
	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	assert_int_equal(procfs_start_time(proc, pid, &head.start_time), 0);
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	close(fd);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_life_file_of_nonsense_is_one_warning(void **state)
{
	struct life *l = *state;

	life_file(l, LIFE_NAME, "nonsense");
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 0);
	assert_int_equal(l->said.buf[0], 'W');
	assert_int_equal(run_entries(l), 1);
}

/* In another user's run folder it may say anything, and it decides what root reads. */
static void a_life_file_that_is_not_ours_is_not_believed(void **state)
{
	struct life *l = *state;
	int fd;

	if (geteuid() != 0)
		return;
	fd = write_life(l, "another boot", 42);
	assert_int_equal(fchown(fd, 12345, 12345), 0);
	close(fd);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 0);
	assert_non_null(strstr(l->said.buf, "belongs to user 12345"));
}

static void two_finishers_file_one_incident(void **state)
{
	struct life *l = *state;
	struct role one, two;

	close(write_life(l, "another boot", 42));
	life_start(l, "finish", NULL, &one);
	life_start(l, "finish", NULL, &two);
	assert_int_equal(life_end(l, &one, 0), 0);
	assert_int_equal(life_end(l, &two, 0), 0);
	assert_int_equal(l->incidents, 1);
	assert_int_equal(run_entries(l), 0);
}

/* A dump that takes a while to pack: noise. */
static void make_big_dump(struct life *l)
{
	enum { BIG = 48 << 20 };
	uint32_t *noise = malloc(BIG), x = 1;

	assert_non_null(noise);
	for (size_t i = 0; i < BIG / sizeof(*noise); i++)
		noise[i] = x = x * 1664525 + 1013904223;
	tree_bytes(&l->t, "store/.run/" RUN_NAME "/heap.hprof", noise, BIG, 0600);
	free(noise);
}

/* A job that was forked just before the kill has the lock too, until it comes to run. */
static void wait_for_lock(const struct life *l)
{
	for (int i = 0; i < 1000 && folder_is_locked(l->store, l->id); i++)
		usleep(10000);
	assert_false(folder_is_locked(l->store, l->id));
}

static void a_collector_killed_while_it_packs_is_followed(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL, *after = NULL;
	char path[256], first[64];
	struct role role;

	make_big_dump(l);
	life_start(l, "claim", "the set", &role);
	assert_int_equal(life_end(l, &role, 'I'), -1);
	wait_for_lock(l);
	assert_true(has(l, "heap.hprof"));
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "status"), "in progress");
	assert_int_equal(store_remove(l->store, "no-id", NULL), -EINVAL);
	tree_file(&l->t, "junk", "");
	assert_int_equal(
		renameat(l->t.fd, "junk", l->store, in_incident(l, "heap.hprof.gz.tmp", path)), 0);
	memcpy(first, l->id, sizeof(first));
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_string_equal(first, l->id);
	assert_false(has(l, "heap.hprof.gz.tmp"));
	after = incident_json(l);
	assert_string_equal(js_get_str(after, "status"), "complete");
	/* The hook set was kept for the successor. */
	assert_non_null(row_of(after, "hooks", "event", "collected"));
	assert_int_equal(run_entries(l), 0);
}

/* The moments of a claim, made by its own functions in this process, which then lets go. */
static void stop_claim(struct life *l, bool adopted, bool moved)
{
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_close_ int run = -1;
	struct err err = { 0 };

	facts_begin(&b);
	facts_put(&b, &l->facts);
	assert_int_equal(facts_decode((struct slice){ b.buf, b.len }, &inc.facts), 0);
	assert_true(incident_judge(&inc) >= 0);
	assert_int_equal(folder_reserve(l->store, &inc, &f, &err), 0);
	snprintf(l->id, sizeof(l->id), "%s", inc.id);
	if (!adopted)
		return;
	run = folder_adopt_run(&f, &inc, RUN_NAME, NULL, &err);
	assert_true(run >= 0);
	if (moved)
		assert_int_equal(renameat(run, "heap.hprof", f.dir, "heap.hprof"), 0);
}

static void check_followed(struct life *l)
{
	_cleanup_js_ struct js *json = NULL;
	char id[64];

	memcpy(id, l->id, sizeof(id));
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 1);
	assert_string_equal(id, l->id);
	assert_true(has(l, "heap.hprof.gz"));
	assert_true(has(l, "files/other.txt"));
	json = incident_json(l);
	assert_string_equal(js_get_str(json, "status"), "complete");
	assert_string_equal(js_get_str(json, "kind"), "oom");
	assert_int_equal(js_len(js_get(json, "artifacts")), 2);
	assert_int_equal(run_entries(l), 0);
}

static void a_claim_is_followed_from_any_moment(void **state)
{
	static const struct {
		bool adopted, moved;
	} moments[] = { { false, false }, { true, false }, { true, true } };

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		struct life l;

		life_make(&l);
		life_file(&l, "heap.hprof", "JAVA PROFILE other");
		life_file(&l, "other.txt", "other");
		stop_claim(&l, moments[i].adopted, moments[i].moved);
		check_followed(&l);
		life_remove(&l);
	}
}

static void a_packed_dump_whose_name_was_not_written_down_is_found(void **state)
{
	struct life *l = *state;
	_cleanup_js_ struct js *json = NULL;
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct err err = { 0 };

	life_file(l, "heap.hprof", "JAVA PROFILE other");
	facts_begin(&b);
	facts_put(&b, &l->facts);
	assert_int_equal(facts_decode((struct slice){ b.buf, b.len }, &inc.facts), 0);
	assert_int_equal(claim_new(l->store, &inc, -1, &f, &err), 0);
	assert_int_equal(renameat(f.dir, "heap.hprof", f.dir, "heap.hprof.gz"), 0);
	folder_close(&f);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	json = incident_json(l);
	assert_non_null(row_of(json, "artifacts", "name", "heap.hprof.gz"));
	assert_string_equal(js_get_str(json, "status"), "complete");
}

static void a_digest_somebody_is_at_is_left_alone(void **state)
{
	struct life *l = *state;
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	struct err err = { 0 };

	facts_set_str(&inc.facts, FACT_STORE, "/s");
	fact_set(&inc.facts.num, FACT_EXIT_CODE, 3);
	assert_int_equal(claim_new(l->store, &inc, -1, &f, &err), 0);
	assert_int_equal(store_remove(l->store, inc.id, &err), -EBUSY);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(l->incidents, 0);
	folder_close(&f);
	assert_int_equal(store_remove(l->store, inc.id, &err), 0);
}

static void old_empty_folders_and_half_removed_incidents_go(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct life *l = *state;

	tree_file(&l->t, "store/.run/20261122T031502Z-oom-42-a1b2.gone/core", "");
	assert_int_equal(dir_make(l->store, ".run/fresh", 0700, NULL), 1);
	assert_int_equal(utimensat(l->store, ".run/" RUN_NAME, old, 0), 0);
	assert_int_equal(life_run(l, "finish", NULL), 0);
	assert_int_equal(run_entries(l), 1);
	assert_int_equal(faccessat(l->store, ".run/fresh", F_OK, 0), 0);
}

/* In a mount namespace of its own: a file system of this size at the store. false: not possible
 * here. */
static bool mount_small(const struct life *l, const char *size)
{
	char path[64], options[64];

	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/store", l->t.path);
	snprintf(options, sizeof(options), "mode=0711,size=%s", size);
	return mount("none", path, "tmpfs", 0, options) == 0;
}

enum { IN_CHILD_OK = 0, IN_CHILD_NOT_HERE = 77 };

static int in_child(void (*body)(struct life *l), struct life *l, const char *size)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		if (!mount_small(l, size))
			_exit(IN_CHILD_NOT_HERE);
		/* By its path: the descriptors are of the old namespace. */
		l->t.fd = open(l->t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		l->store = openat(l->t.fd, "store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir_make(l->store, ".run/" RUN_NAME, 0711, NULL) < 0)
			_exit(1);
		body(l);
		_exit(IN_CHILD_OK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

#define CHECK(what)                                                     \
	do {                                                            \
		if (!(what)) {                                          \
			fprintf(stderr, "# %d: %s\n", __LINE__, #what); \
			_exit(1);                                       \
		}                                                       \
	} while (0)

static void fill(const struct life *l, const char *name, size_t keep)
{
	int fd = openat(l->store, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	static const char block[4096];
	size_t n = 0;

	while (write(fd, block, sizeof(block)) == sizeof(block))
		n += sizeof(block);
	CHECK(n > keep && !ftruncate(fd, (off_t)(n - keep)));
	close(fd);
}

static void collect_on_full_disk(struct life *l)
{
	life_file(l, "heap.hprof", "JAVA PROFILE other");
	fill(l, "full", 0);
	CHECK(life_run(l, "claim", NULL) == 2);
	CHECK(l->said.buf[0] == 'W' && strstr(l->said.buf, "stays in"));
	CHECK(!faccessat(l->store, ".run/" RUN_NAME "/heap.hprof", F_OK, 0));
	CHECK(run_entries(l) == 1);
}

static void collect_on_a_disk_full_of_incidents(struct life *l)
{
	char path[128];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "store/20261121T03150%uZ-oom-1-0001/incident.json", i);
		tree_file(&l->t, path, "{\"kind\": \"oom\", \"status\": \"complete\"}");
	}
	fill(l, "20261121T031500Z-oom-1-0001/dump", 0);
	fact_set(&l->facts.num, FACT_KEEP_COUNT, 2);
	CHECK(life_run(l, "claim", NULL) == 0);
	CHECK(l->incidents == 1);
	CHECK(faccessat(l->store, "20261121T031500Z-oom-1-0001", F_OK, 0) < 0);
}

static void collect_with_room_for_text(struct life *l)
{
	_cleanup_js_ struct js *json = NULL;
	static uint32_t noise[512 * 1024];
	uint32_t x = 1;

	for (size_t i = 0; i < ARRAY_SIZE(noise); i++)
		noise[i] = x = x * 1664525 + 1013904223;
	tree_bytes(&l->t, "store/.run/" RUN_NAME "/heap.hprof", noise, sizeof(noise), 0600);
	fill(l, "full", 512 * 1024);
	CHECK(life_run(l, "claim", NULL) == 0);
	json = incident_json(l);
	CHECK(has(l, "heap.hprof") && !has(l, "heap.hprof.gz.tmp"));
	CHECK(!strcmp(js_get_str(json, "status"), "complete"));
	CHECK(!strcmp(js_get_str(row_of(json, "steps", "name", "compress heap.hprof"), "status"),
		      "skipped"));
	CHECK(strlen(js_get_str(row_of(json, "artifacts", "name", "heap.hprof"), "sha256")) == 64);
}

static void try_on(void (*body)(struct life *l), struct life *l, const char *size)
{
	int r = in_child(body, l, size);

	if (r == IN_CHILD_NOT_HERE)
		print_message("# no mount namespace: not tried on a full disk\n");
	else
		assert_int_equal(r, IN_CHILD_OK);
}

static void a_full_disk_leaves_everything_where_it_was(void **state)
{
	try_on(collect_on_full_disk, *state, "256k");
}

static void a_disk_full_of_incidents_loses_the_oldest(void **state)
{
	try_on(collect_on_a_disk_full_of_incidents, *state, "1m");
}

static void a_dump_that_cannot_be_packed_for_room_stays_plain(void **state)
{
	try_on(collect_with_room_for_text, *state, "8m");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, life_set_up, life_tear_down)

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		TEST(a_life_that_nobody_saw_end_is_presumed_killed),
		TEST(an_end_that_was_seen_but_not_filed_is_told_as_it_was_seen),
		TEST(a_crash_that_nobody_saw_is_a_crash),
		TEST(a_life_whose_supervisor_lives_is_left_alone),
		TEST(a_jvm_that_is_still_there_is_left_alone),
		TEST(a_zombie_is_not_alive),
		TEST(a_life_file_of_nonsense_is_one_warning),
		TEST(a_life_file_that_is_not_ours_is_not_believed),
		TEST(two_finishers_file_one_incident),
		TEST(a_collector_killed_while_it_packs_is_followed),
		TEST(a_claim_is_followed_from_any_moment),
		TEST(a_packed_dump_whose_name_was_not_written_down_is_found),
		TEST(a_digest_somebody_is_at_is_left_alone),
		TEST(old_empty_folders_and_half_removed_incidents_go),
		TEST(a_full_disk_leaves_everything_where_it_was),
		TEST(a_disk_full_of_incidents_loses_the_oldest),
		TEST(a_dump_that_cannot_be_packed_for_room_stays_plain),
	};

	collecting_role(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
