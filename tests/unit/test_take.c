/* SPDX-License-Identifier: Apache-2.0 */
/* Taking files that somebody else has left, and the ways he could mean harm by them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/clock.h"
#include "incident/take.h"
#include "tests/unit/tree.h"

enum { STRANGER = 12345 };

struct place {
	struct tree t;
	int from, to;
	struct incident inc;
	struct room room;
	struct err err;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	tree_make(&p->t);
	assert_int_equal(mkdirat(p->t.fd, "from", 0700), 0);
	assert_int_equal(mkdirat(p->t.fd, "to", 0700), 0);
	p->from = dir_open(p->t.fd, "from", NULL);
	p->to = dir_open(p->t.fd, "to", NULL);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	incident_done(&p->inc);
	close(p->from);
	close(p->to);
	tree_remove(&p->t);
	free(p);
	return 0;
}

static int take(struct place *p, enum take_mode mode)
{
	const struct take t = {
		.dirfd = p->from,
		.name = "dump",
		.path = "/the/source/dump",
		.uid = geteuid(),
		.mode = mode,
		.type = ARTIFACT_HEAP_DUMP,
		.as = "heap.hprof",
	};

	return take_file(&p->inc, &p->room, p->to, &t, &p->err);
}

static bool is_there(int dir, const char *name, struct stat *st)
{
	return !fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW);
}

static void a_file_of_ours_is_renamed(void **state)
{
	struct place *p = *state;
	struct stat before, after;

	tree_bytes(&p->t, "from/dump", "heap", 4, 0644);
	assert_true(is_there(p->from, "dump", &before));
	assert_int_equal(take(p, TAKE_MOVE), 0);
	assert_false(is_there(p->from, "dump", &after));
	assert_true(is_there(p->to, "heap.hprof", &after));
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_mode & 07777, 0600);
	assert_int_equal(p->inc.n_artifacts, 1);
	assert_int_equal(p->inc.artifacts[0].bytes, 4);
	assert_string_equal(p->inc.artifacts[0].source, "/the/source/dump");
}

static void a_dump_in_the_users_place_is_linked(void **state)
{
	struct place *p = *state;
	struct stat before, after;

	tree_bytes(&p->t, "from/dump", "heap", 4, 0644);
	assert_int_equal(take(p, TAKE_LINK), 0);
	assert_true(is_there(p->from, "dump", &before));
	assert_true(is_there(p->to, "heap.hprof", &after));
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mode & 07777, 0644);
}

static void a_log_in_the_users_place_is_copied_with_its_time(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 2000 } };
	struct place *p = *state;
	struct stat before, after;

	tree_file(&p->t, "from/dump", "log");
	assert_int_equal(utimensat(p->from, "dump", times, 0), 0);
	assert_int_equal(take(p, TAKE_COPY), 0);
	assert_true(is_there(p->from, "dump", &before));
	assert_true(is_there(p->to, "heap.hprof", &after));
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_mtim.tv_sec, 2000);
	assert_false(is_there(p->to, "heap.hprof.tmp", &after));
}

static struct take strangers_dump(struct place *p)
{
	tree_file(&p->t, "from/dump", "heap");
	assert_int_equal(fchownat(p->from, "dump", STRANGER, STRANGER, 0), 0);
	return (struct take){ .dirfd = p->from,
			      .name = "dump",
			      .path = "/d",
			      .uid = STRANGER,
			      .type = ARTIFACT_HEAP_DUMP,
			      .mode = TAKE_MOVE,
			      .as = "heap.hprof" };
}

static void what_another_user_left_becomes_ours(void **state)
{
	struct place *p = *state;
	struct stat before, after;
	struct take t;

	if (geteuid() != 0)
		return; /* only root can make a file of another user's */
	t = strangers_dump(p);
	assert_true(is_there(p->from, "dump", &before));
	assert_int_equal(take_file(&p->inc, &p->room, p->to, &t, &p->err), 0);
	assert_false(is_there(p->from, "dump", &after));
	assert_true(is_there(p->to, "heap.hprof", &after));
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_uid, 0);
	assert_int_equal(after.st_mode & 07777, 0600);
}

static void what_another_user_may_still_write_to_is_copied_and_removed(void **state)
{
	struct place *p = *state;
	struct stat before, after;
	struct take t;
	int writer;

	if (geteuid() != 0)
		return;
	t = strangers_dump(p);
	writer = openat(p->from, "dump", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(writer >= 0);
	assert_true(is_there(p->from, "dump", &before));
	assert_int_equal(take_file(&p->inc, &p->room, p->to, &t, &p->err), 0);
	assert_int_equal(write(writer, "more", 4), 4);
	close(writer);
	assert_false(is_there(p->from, "dump", &after));
	assert_true(is_there(p->to, "heap.hprof", &after));
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_uid, 0);
	assert_int_equal(after.st_size, 4);
}

static void a_file_of_another_user_is_refused(void **state)
{
	struct place *p = *state;

	if (geteuid() != 0)
		return;
	tree_file(&p->t, "from/dump", "heap");
	assert_int_equal(fchownat(p->from, "dump", STRANGER, STRANGER, 0), 0);
	assert_int_equal(take(p, TAKE_MOVE), -EPERM);
	assert_int_equal(p->inc.n_artifacts, 0);
}

static void a_link_is_refused(void **state)
{
	struct place *p = *state;
	struct stat st;

	tree_file(&p->t, "secret", "secret");
	assert_int_equal(symlinkat("../secret", p->from, "dump"), 0);
	assert_int_equal(take(p, TAKE_MOVE), -EPERM);
	assert_non_null(strstr(p->err.msg, "symbolic link"));
	assert_true(is_there(p->from, "dump", &st));
	assert_false(is_there(p->to, "heap.hprof", &st));
}

static void a_file_with_two_names_is_refused(void **state)
{
	struct place *p = *state;

	tree_file(&p->t, "secret", "secret");
	assert_int_equal(linkat(p->t.fd, "secret", p->from, "dump", 0), 0);
	assert_int_equal(take(p, TAKE_COPY), -EPERM);
}

static void a_fifo_does_not_hold_us(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkfifoat(p->from, "dump", 0600), 0);
	assert_int_equal(take(p, TAKE_COPY), -EPERM);
}

static void a_folder_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdirat(p->from, "dump", 0700), 0);
	assert_int_equal(take(p, TAKE_MOVE), -EPERM);
}

static void what_is_not_there_is_nothing(void **state)
{
	assert_int_equal(take(*state, TAKE_MOVE), X_TAKE_NOTHING);
}

static void a_huge_file_is_referenced_not_copied(void **state)
{
	struct place *p = *state;
	struct stat st;
	int fd;

	tree_file(&p->t, "from/dump", "");
	fd = openat(p->from, "dump", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 1LL << 42), 0); /* sparse */
	close(fd);
	p->room.max_incident = 1 << 20;
	assert_int_equal(take(p, TAKE_COPY), X_TAKE_REFERENCED);
	assert_int_equal(p->inc.artifacts[0].state, ARTIFACT_REFERENCED);
	assert_false(is_there(p->to, "heap.hprof", &st));
	p->room = (struct room){ .min_free = 1 };
	assert_int_equal(take(p, TAKE_COPY), X_TAKE_REFERENCED);
	assert_non_null(strstr(p->err.msg, "min_free"));
}

static void a_rename_needs_no_room(void **state)
{
	struct place *p = *state;

	tree_file(&p->t, "from/dump", "heap");
	p->room = (struct room){ .max_incident = 1, .min_free = UINT64_MAX };
	assert_int_equal(take(p, TAKE_MOVE), 0);
}

static void copies_add_up_against_the_limit(void **state)
{
	struct place *p = *state;

	tree_file(&p->t, "from/dump", "0123456789");
	p->room.max_incident = 15;
	assert_int_equal(take(p, TAKE_COPY), 0);
	assert_int_equal(take(p, TAKE_COPY), X_TAKE_REFERENCED);
}

static void a_file_from_before_the_start_is_of_another_life(void **state)
{
	static const struct {
		time_t sec;
		long nsec;
		uint64_t since;
		bool fresh;
	} cases[] = {
		{ 1000, 500000000, 1000 * NSEC_PER_SEC, true },
		{ 1000, 500000000, 1000 * NSEC_PER_SEC + 510000000, true }, /* a kernel tick */
		{ 1000, 500000000, 1000 * NSEC_PER_SEC + 530000000, false },
		{ 1000, 0, 1000 * NSEC_PER_SEC + 900000000, true }, /* whole seconds only */
		{ 1000, 0, 1002 * NSEC_PER_SEC, false },
		{ 0, 1, 1000 * NSEC_PER_SEC, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct stat st = { .st_mtim = { cases[i].sec, cases[i].nsec } };

		assert_int_equal(take_is_fresh(&st, cases[i].since), cases[i].fresh);
	}
}

static void an_old_file_is_nothing(void **state)
{
	struct place *p = *state;
	struct take t = { .dirfd = p->from,
			  .name = "dump",
			  .path = "/d",
			  .uid = geteuid(),
			  .since = clock_real() + 5 * NSEC_PER_SEC,
			  .mode = TAKE_MOVE,
			  .as = "x" };

	tree_file(&p->t, "from/dump", "heap");
	assert_int_equal(take_file(&p->inc, &p->room, p->to, &t, &p->err), X_TAKE_NOTHING);
}

static void a_path_is_taken_through_its_folder(void **state)
{
	struct place *p = *state;
	char path[64];
	struct take t = { .dirfd = -1,
			  .path = path,
			  .uid = geteuid(),
			  .mode = TAKE_COPY,
			  .type = ARTIFACT_FILE,
			  .as = "dump" };

	snprintf(path, sizeof(path), "%s/from/dump", p->t.path);
	assert_int_equal(take_path(&p->inc, &p->room, p->to, t, &p->err), X_TAKE_NOTHING);
	tree_file(&p->t, "from/dump", "heap");
	assert_int_equal(take_path(&p->inc, &p->room, p->to, t, &p->err), 0);
	t.path = "relative";
	assert_int_equal(take_path(&p->inc, &p->room, p->to, t, &p->err), -EINVAL);
	t.path = "/nowhere/at/all";
	assert_int_equal(take_path(&p->inc, &p->room, p->to, t, &p->err), X_TAKE_NOTHING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_of_ours_is_renamed),
		TEST(a_dump_in_the_users_place_is_linked),
		TEST(a_log_in_the_users_place_is_copied_with_its_time),
		TEST(what_another_user_left_becomes_ours),
		TEST(what_another_user_may_still_write_to_is_copied_and_removed),
		TEST(a_file_of_another_user_is_refused),
		TEST(a_link_is_refused),
		TEST(a_file_with_two_names_is_refused),
		TEST(a_fifo_does_not_hold_us),
		TEST(a_folder_is_refused),
		TEST(what_is_not_there_is_nothing),
		TEST(a_huge_file_is_referenced_not_copied),
		TEST(a_rename_needs_no_room),
		TEST(copies_add_up_against_the_limit),
		TEST(a_file_from_before_the_start_is_of_another_life),
		TEST(an_old_file_is_nothing),
		TEST(a_path_is_taken_through_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
