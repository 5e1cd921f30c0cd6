/* SPDX-License-Identifier: Apache-2.0 */
/* New files in watched folders, by both ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include "proc/dirwatch.h"
#include "proc/signals.h"
#include "tests/unit/tree.h"

/* The path of a name in the tree, a folder there; valid until the next call. */
static const char *in_tree(const struct tree *t, const char *name)
{
	static char path[64];

	(void)snprintf(path, sizeof(path), "%s/%s", t->path, name);
	return path;
}

static void make_folder(const struct tree *t, const char *name)
{
	assert_int_equal(mkdirat(t->fd, name, 0755), 0);
}

struct seen {
	unsigned n, dirs;
	char last[64];
};

static void on_created(void *arg, unsigned dir, const char *name)
{
	struct seen *s = arg;

	s->n++;
	s->dirs |= 1u << dir;
	(void)snprintf(s->last, sizeof(s->last), "%s", name ? name : "?");
}

static void two_folders_are_told_apart_by_inotify(void **state)
{
	struct tree *t = *state;
	struct dirwatch w;
	struct seen s = { 0 };

	dirwatch_init(&w);
	make_folder(t, "a");
	make_folder(t, "b");
	assert_int_equal(dirwatch_add(&w, in_tree(t, "a"), NULL), 0);
	assert_int_equal(dirwatch_add(&w, in_tree(t, "b"), NULL), 1);
	assert_int_equal(dirwatch_add(&w, in_tree(t, "b"), NULL), -ENOSPC);
	assert_int_equal(w.dirs[0].way, DIRWATCH_INOTIFY);
	dirwatch_read(&w, on_created, &s);
	assert_int_equal(s.n, 0);
	tree_file(t, "b/heap.hprof", "");
	tree_file(t, "other", "");
	dirwatch_read(&w, on_created, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.dirs, 1u << 1);
	assert_string_equal(s.last, "heap.hprof");
	dirwatch_clear(&w);
	tree_file(t, "b/later", "");
	dirwatch_read(&w, on_created, &s); /* also what the kernel says of the removal */
	assert_int_equal(s.n, 1);
	close_fd(&w.fd);
}

static void a_folder_that_is_not_there_is_an_error_that_tells_both_reasons(void **state)
{
	struct dirwatch w;
	struct err err;

	dirwatch_init(&w);
	assert_int_equal(dirwatch_add(&w, in_tree(*state, "missing"), &err), -ENOENT);
	assert_string_equal(err.msg, "inotify: No such file or directory; dnotify: No such file or "
				     "directory");
	assert_int_equal(w.dirs[0].way, DIRWATCH_NONE);
	dirwatch_clear(&w);
	close_fd(&w.fd);
}

/* A descriptor that takes no watch stands in for an inotify that cannot be had. */
static void without_inotify_a_signal_tells(void **state)
{
	struct tree *t = *state;
	struct signals signals;
	struct signalfd_siginfo si;
	struct dirwatch w;
	struct seen s = { 0 };

	assert_int_equal(signals_open(&signals), 0);
	dirwatch_init(&w);
	w.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	make_folder(t, "c");
	assert_int_equal(dirwatch_add(&w, in_tree(t, "c"), NULL), 0);
	assert_int_equal(w.dirs[0].way, DIRWATCH_DNOTIFY);
	tree_file(t, "c/new", "");
	assert_int_equal(signals_read(&signals, &si), 1);
	assert_int_equal(si.ssi_signo, SIGRTMAX);
	assert_true(dirwatch_signal(&w, &si, on_created, &s));
	assert_int_equal(s.n, 1);
	assert_string_equal(s.last, "?");

	/* The same signal sent by somebody is not ours. */
	assert_int_equal(kill(getpid(), SIGRTMAX), 0);
	assert_int_equal(signals_read(&signals, &si), 1);
	assert_false(dirwatch_signal(&w, &si, on_created, &s));
	assert_int_equal(s.n, 1);

	dirwatch_clear(&w);
	tree_file(t, "c/later", "");
	assert_int_equal(signals_read(&signals, &si), 0);
	close_fd(&w.fd);
	signals_close(&signals);
}

static int setup(void **state)
{
	static struct tree t;

	tree_make(&t);
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_folders_are_told_apart_by_inotify),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error_that_tells_both_reasons),
		cmocka_unit_test(without_inotify_a_signal_tells),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
