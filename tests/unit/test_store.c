/* SPDX-License-Identifier: Apache-2.0 */
/* The store for its readers: listing, finding, removing, pinning, retention applied, one tar. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/prune.h"
#include "incident/share.h"
#include "incident/store.h"
#include "tests/unit/tree.h"

#define ONE   "20261122T031501Z-oom-42-a1b2"
#define TWO   "20261122T031502Z-oom-killer-42-00ff"
#define THREE "20261122T031503Z-crash-43-a1b2"

static void add(const struct tree *t, const char *id, const char *status)
{
	char path[128], json[512];

	snprintf(json, sizeof(json),
		 "{\"schema\": 1, \"id\": \"%s\", \"kind\": \"oom\", \"status\": \"%s\","
		 "\"verdict\": \"It died.\", \"app\": \"Orders\","
		 "\"times\": {\"ended\": \"2026-11-22T03:15:%.2s.500Z\"},"
		 "\"artifacts\": [{\"name\": \"heap.hprof.gz\", \"type\": \"heap-dump\","
		 "\"bytes\": 4096, \"status\": \"compressed\"}]}",
		 id, status, id + 13);
	snprintf(path, sizeof(path), "%s/incident.json", id);
	tree_file(t, path, json);
	snprintf(path, sizeof(path), "%s/heap.hprof.gz", id);
	tree_file(t, path, "dump");
	snprintf(path, sizeof(path), "%s/hooks/10-a.log", id);
	tree_file(t, path, "log");
	snprintf(path, sizeof(path), "%s/report.txt", id);
	tree_file(t, path, "It died.\n");
}

static int set_up(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	tree_make(t);
	assert_int_equal(dir_make(t->fd, ".run", 0711, NULL), 1);
	add(t, TWO, "partial");
	add(t, ONE, "complete");
	add(t, THREE, "complete");
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	tree_remove(*state);
	free(*state);
	return 0;
}

static void an_id_is_only_what_we_make(void **state)
{
	static const struct {
		const char *id;
		bool valid;
	} cases[] = {
		{ ONE, true },
		{ TWO, true },
		{ "20261122T031502Z-snapshot-1-0000", true },
		{ "", false },
		{ "..", false },
		{ "20261122T031502Z-oom-42-a1b", false },
		{ "20261122T031502Z-oom-42-A1B2", false },
		{ "20261122T031502Z-oom-42-a1b2/", false },
		{ "20261122T031502Z-oom-42-a1b2.new", false },
		{ "20261122T031502Z-../-42-a1b2", false },
		{ "20261122T031502Z--42-a1b2", false },
		{ "20261122T031502Z-oom--a1b2", false },
		{ "2026112T031502Z-oom-42-a1b2", false },
		{ "20261122T031502Z-oom-42-a1b2-a1b2", false },
		{ "20261122T031502Z-ooooooooooooooooooooooooooooooooooooooooooom-42-a1b2", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (store_id_valid(cases[i].id) != cases[i].valid)
			fail_msg("%s", cases[i].id);
}

static void the_list_is_oldest_first_and_knows_damage(void **state)
{
	_cleanup_(incident_list_done) struct incident_list l = { 0 };
	const struct tree *t = *state;

	tree_file(t, "20261122T031504Z-killed-1-0001/incident.json", "{ half");
	tree_file(t, "20261122T031505Z-killed-1-0001/other", "");
	tree_file(t, "lost+found/x", "");
	tree_file(t, "20261122T031506Z-killed-1-0001", "a file");
	assert_int_equal(symlinkat(ONE, t->fd, "20261122T031507Z-killed-1-0001"), 0);
	assert_int_equal(store_list(t->fd, &l, NULL), 0);
	assert_int_equal(l.n, 5);
	assert_string_equal(l.items[0].id, ONE);
	assert_string_equal(l.items[1].id, TWO);
	assert_string_equal(l.items[1].status, "partial");
	assert_string_equal(l.items[1].time, "2026-11-22T03:15:02.500Z");
	assert_string_equal(l.items[0].verdict, "It died.");
	assert_true(l.items[0].bytes >= 4096);
	assert_int_equal(l.items[0].ended / NSEC_PER_SEC, 1795317301);
	assert_string_equal(l.items[3].status, "damaged");
	assert_string_equal(l.items[3].kind, "killed");
	assert_string_equal(l.items[3].time, "2026-11-22T03:15:04.000Z");
	assert_null(l.items[4].json);
}

static void deaths_of_one_second_are_in_order(void **state)
{
	static const char *const ids[] = { "20261122T031501Z-crash-1-0001",
					   "20261122T031501Z-oom-1-0001",
					   "20261122T031501Z-oom-1-0002" };
	static const char *const ends[] = { "03:15:01.900Z", "03:15:01.100Z", "nonsense" };
	_cleanup_(incident_list_done) struct incident_list l = { 0 };
	_cleanup_free_ char *last = NULL;
	struct tree t;

	tree_make(&t);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char path[128], json[128];

		snprintf(path, sizeof(path), "%s/incident.json", ids[i]);
		snprintf(json, sizeof(json), "{\"times\": {\"ended\": \"2026-11-22T%s\"}}",
			 ends[i]);
		tree_file(&t, path, json);
	}
	assert_int_equal(store_list(t.fd, &l, NULL), 0);
	assert_string_equal(l.items[0].id, ids[2]);
	assert_string_equal(l.items[1].id, ids[1]);
	assert_string_equal(l.items[2].id, ids[0]);
	assert_int_equal(store_find(t.fd, "last", &last, NULL), 0);
	assert_string_equal(last, ids[0]);
	tree_remove(&t);
}

static void equal_deaths_have_equal_signatures(void **state)
{
	static const char *const frames[] = {
		"J 123 c2 Foo.bar()V (5 bytes) @ 0x00007f01 [0x00007f00+0x10]",
		"J 77 c2 Foo.bar()V (5 bytes) @ 0x00007fee [0x00007fe0+0x10]",
		"J 77 c2 Foo.baz()V (5 bytes) @ 0x00007fee [0x00007fe0+0x10]",
	};
	_cleanup_(incident_list_done) struct incident_list l = { 0 };
	struct tree t;

	tree_make(&t);
	for (unsigned i = 0; i < ARRAY_SIZE(frames); i++) {
		char path[128], json[512];

		snprintf(path, sizeof(path), "20261122T03150%uZ-crash-1-0001/incident.json", i);
		snprintf(json, sizeof(json),
			 "{\"kind\": \"crash\", \"crash\": {\"problematic_frame\": \"%s\"}}",
			 frames[i]);
		tree_file(&t, path, json);
	}
	assert_int_equal(store_list(t.fd, &l, NULL), 0);
	assert_string_equal(l.items[0].signature, l.items[1].signature);
	assert_string_not_equal(l.items[1].signature, l.items[2].signature);
	tree_remove(&t);
}

static void an_incident_is_found_by_what_is_unique_of_it(void **state)
{
	static const struct {
		const char *what;
		int r;
		const char *id;
	} cases[] = {
		{ ONE, 0, ONE },
		{ "last", 0, THREE },
		{ "00ff", 0, TWO },
		{ "20261122T031503Z", 0, THREE },
		{ "a1b2", -ENOTUNIQ, NULL },
		{ "20261122", -ENOTUNIQ, NULL },
		{ "nothing", -ENOENT, NULL },
		{ "", -ENOENT, NULL },
		{ "../" ONE, -ENOENT, NULL },
	};
	const struct tree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *id = NULL;
		struct err err = { 0 };

		assert_int_equal(store_find(t->fd, cases[i].what, &id, &err), cases[i].r);
		if (cases[i].id)
			assert_string_equal(id, cases[i].id);
		else
			assert_true(*err.msg);
	}
}

static void what_is_removed_is_gone_with_all_it_had(void **state)
{
	const struct tree *t = *state;
	struct err err = { 0 };
	struct stat st;

	tree_file(t, ".run/" ONE ".run/core", "");
	assert_int_equal(store_remove(t->fd, ONE, &err), 0);
	assert_int_equal(fstatat(t->fd, ONE, &st, 0), -1);
	assert_int_equal(fstatat(t->fd, ".run/" ONE ".run", &st, 0), -1);
	assert_int_equal(fstatat(t->fd, ".run/" ONE ".gone", &st, 0), -1);
	assert_int_equal(store_remove(t->fd, ONE, &err), -ENOENT);
	assert_int_equal(store_remove(t->fd, "../x", &err), -EINVAL);
	assert_int_equal(dir_remove(t->fd, ".run"), 0);
	assert_int_equal(store_remove(t->fd, TWO, &err), 0);
	assert_int_equal(fstatat(t->fd, TWO, &st, 0), -1);
}

static void a_pin_is_kept(void **state)
{
	const struct tree *t = *state;

	for (int pin = 1; pin >= 0; pin--) {
		_cleanup_(incident_list_done) struct incident_list l = { 0 };

		assert_int_equal(store_pin(t->fd, ONE, pin, NULL), 0);
		assert_int_equal(store_list(t->fd, &l, NULL), 0);
		assert_int_equal(l.items[0].pinned, pin);
		assert_false(l.items[1].pinned);
	}
	assert_int_equal(store_pin(t->fd, ONE, false, NULL), 0);
	assert_int_equal(store_pin(t->fd, "20261122T031509Z-oom-1-0000", true, NULL), -ENOENT);
}

static void tell(void *arg, const char *id, enum retain_what what, const char *reason,
		 uint64_t bytes)
{
	struct strbuf *b = arg;

	strbuf_printf(b, "%s %d %s %d\n", id, (int)what, reason, bytes > 0);
}

static void retention_removes_what_was_decided(void **state)
{
	static const char told[] = ONE " 1 more than keep_count 1\n";
	const struct retain_limits limits = { .keep_count = 2 };
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	const struct tree *t = *state;
	struct stat st;

	assert_int_equal(store_prune(t->fd, &limits, true, tell, &b, NULL), 1);
	assert_string_equal(b.buf, told);
	assert_int_equal(fstatat(t->fd, ONE, &st, 0), 0);
	strbuf_reset(&b);
	assert_int_equal(store_prune(t->fd, &limits, false, tell, &b, NULL), 1);
	assert_string_equal(b.buf, told);
	assert_int_equal(fstatat(t->fd, ONE, &st, 0), -1);
	assert_int_equal(fstatat(t->fd, TWO, &st, 0), 0);
}

static void a_thin_incident_keeps_its_text(void **state)
{
	_cleanup_(incident_list_done) struct incident_list l = { 0 };
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	const struct tree *t = *state;
	struct stat st;

	assert_int_equal(store_prune(t->fd, &(struct retain_limits){ 0 }, false, tell, &b, NULL),
			 1);
	assert_int_equal(fstatat(t->fd, TWO "/heap.hprof.gz", &st, 0), -1);
	assert_int_equal(fstatat(t->fd, TWO "/hooks/10-a.log", &st, 0), 0);
	assert_int_equal(fstatat(t->fd, ONE "/heap.hprof.gz", &st, 0), 0);
	assert_int_equal(store_list(t->fd, &l, NULL), 0);
	assert_string_equal(js_get_str(js_at(js_get(l.items[1].json, "artifacts"), 0), "status"),
			    "removed");
	strbuf_reset(&b);
	assert_int_equal(file_read(t->fd, TWO "/report.txt", 4096, &b, NULL), 0);
	assert_string_equal(strbuf_str(&b),
			    "It died.\n\nRemoved since, to save room (one of a run of equal "
			    "deaths)\n  heap.hprof.gz\n");
	/* And is not thinned again. */
	assert_int_equal(store_prune(t->fd, &(struct retain_limits){ 0 }, false, NULL, NULL, NULL),
			 0);
}

static void what_could_not_be_taken_counts_too(void **state)
{
	_cleanup_(incident_list_done) struct incident_list before = { 0 }, after = { 0 };
	const struct tree *t = *state;
	char big[65536];

	memset(big, 'x', sizeof(big));
	assert_int_equal(store_list(t->fd, &before, NULL), 0);
	tree_bytes(t, ".run/" ONE ".run/heap.hprof", big, sizeof(big), 0600);
	assert_int_equal(store_list(t->fd, &after, NULL), 0);
	assert_true(after.items[0].bytes >= before.items[0].bytes + sizeof(big));
	assert_int_equal(after.items[1].bytes, before.items[1].bytes);
}

static void what_a_collected_hook_reads_is_not_made_thin(void **state)
{
	const struct retain_limits none = { 0 };
	const struct tree *t = *state;
	_cleanup_close_ int lock = -1;

	tree_file(t, ".run/" TWO ".facts", "");
	lock = openat(t->fd, ".run/" TWO ".facts", O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(store_prune(t->fd, &none, false, NULL, NULL, NULL), 0);
	close_fd(&lock);
	assert_int_equal(store_prune(t->fd, &none, false, NULL, NULL, NULL), 1);
}

static void who_may_read_a_thin_incident_still_may(void **state)
{
	const struct tree *t = *state;
	char path[256], acl[64];
	struct incident inc = { 0 };
	_cleanup_close_ int dir = dir_open(t->fd, TWO, NULL);

	if (geteuid() != 0)
		return; /* only root supervises another user's JVM */
	fact_set(&inc.facts.num, FACT_UID, 65534);
	assert_int_equal(incident_share(dir, &inc), 0);
	assert_int_equal(store_prune(t->fd, &(struct retain_limits){ 0 }, false, NULL, NULL, NULL),
			 1);
	snprintf(path, sizeof(path), "%s/" TWO "/incident.json", t->path);
	assert_int_equal(getxattr(path, "system.posix_acl_access", acl, sizeof(acl)), 44);
}

static void a_name_in_the_json_does_not_lead_out(void **state)
{
	static const char json[] =
		"{\"kind\": \"oom\", \"status\": \"complete\", \"artifacts\": [{\"name\": "
		"\"../secret\", \"type\": \"core\", \"bytes\": 1, \"status\": \"taken\"}]}";
	struct tree t;
	struct stat st;

	tree_make(&t);
	tree_file(&t, "secret", "");
	tree_file(&t, ONE "/incident.json", json);
	tree_file(&t, "20261122T031501Z-oom-42-a1b3/incident.json", json);
	tree_file(&t, "20261122T031501Z-oom-42-a1b4/incident.json", json);
	store_prune(t.fd, &(struct retain_limits){ 0 }, false, NULL, NULL, NULL);
	assert_int_equal(fstatat(t.fd, "secret", &st, 0), 0);
	tree_remove(&t);
}

/* Tar reads it: the names it prints, and the content it brings back. */
static void tar_prints(int archive, const char *const argv[], struct strbuf *out)
{
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(archive, STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		execvp("tar", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(ends[1]);
	for (;;) {
		ssize_t n;

		assert_true(strbuf_reserve(out, 65536));
		n = read(ends[0], out->buf + out->len, 65536);
		if (n <= 0)
			break;
		out->len += (size_t)n;
		out->buf[out->len] = '\0';
	}
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int archive_of(const struct tree *t, const char *id)
{
	int fd;

	assert_int_equal(mkdirat(t->fd, "out", 0700), 0);
	fd = openat(t->fd, "out/tar", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(store_export(t->fd, id, fd, NULL), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END) % 10240, 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void the_archive_holds_all_files_and_no_links(void **state)
{
	static const char *const list[] = { "tar", "tf", "-", NULL };
	static const char *const content[] = { "tar", "xOf", "-", ONE "/hooks/10-a.log", NULL };
	_cleanup_strbuf_ struct strbuf names = STRBUF_INIT, text = STRBUF_INIT;
	const struct tree *t = *state;
	char name[128] = ONE "/files/";
	size_t len = strlen(name);
	int fd;

	memset(name + len, 'x', 110 - len); /* too long for ustar's field */
	tree_file(t, name, "long");
	assert_int_equal(symlinkat("/etc/passwd", t->fd, ONE "/link"), 0);
	assert_int_equal(mkfifoat(t->fd, ONE "/fifo", 0600), 0);
	fd = archive_of(t, ONE);
	tar_prints(fd, list, &names);
	assert_non_null(strstr(names.buf, ONE "/\n"));
	assert_non_null(strstr(names.buf, ONE "/hooks/10-a.log\n"));
	assert_non_null(strstr(names.buf, name));
	assert_null(strstr(names.buf, "/link"));
	assert_null(strstr(names.buf, "/fifo"));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	tar_prints(fd, content, &text);
	assert_string_equal(text.buf, "log");
	close(fd);
}

static void a_size_that_ustar_cannot_say_is_said(void **state)
{
	const struct tree *t = *state;
	static const char pax[] = "20 size=10737418240\n";
	char head[8192] = "";
	int fd, ends[2];
	pid_t pid;

	fd = openat(t->fd, ONE "/core", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, 10LL << 30), 0);
	close(fd);
	/* Only the beginning is asked for; the writer then meets a closed pipe. */
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		signal(SIGPIPE, SIG_IGN);
		close(ends[0]);
		_exit(store_export(t->fd, ONE, ends[1], NULL) == -EPIPE ? 0 : 1);
	}
	close(ends[1]);
	for (size_t n = 0; n < sizeof(head);) {
		ssize_t got = read(ends[0], head + n, sizeof(head) - n);

		assert_true(got > 0);
		n += (size_t)got;
	}
	close(ends[0]);
	assert_non_null(memmem(head, sizeof(head), pax, strlen(pax)));
	assert_int_equal(waitpid(pid, &fd, 0), pid);
	assert_int_equal(fd, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_only_what_we_make),
		TEST(the_list_is_oldest_first_and_knows_damage),
		cmocka_unit_test(deaths_of_one_second_are_in_order),
		cmocka_unit_test(equal_deaths_have_equal_signatures),
		TEST(an_incident_is_found_by_what_is_unique_of_it),
		TEST(what_is_removed_is_gone_with_all_it_had),
		TEST(a_pin_is_kept),
		TEST(retention_removes_what_was_decided),
		TEST(a_thin_incident_keeps_its_text),
		TEST(what_could_not_be_taken_counts_too),
		TEST(what_a_collected_hook_reads_is_not_made_thin),
		TEST(who_may_read_a_thin_incident_still_may),
		cmocka_unit_test(a_name_in_the_json_does_not_lead_out),
		TEST(the_archive_holds_all_files_and_no_links),
		TEST(a_size_that_ustar_cannot_say_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
