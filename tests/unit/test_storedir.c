/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where incidents go, in real folders. What needs another user is done by giving a folder away,
 * and so only as root; without root the refusal is tested with what root owns.
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
#include "base/file.h"
#include "policy/storedir.h"

static char root[64];

static int make_root(void **state)
{
	snprintf(root, sizeof(root), "/tmp/test-store-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	return dir_remove(AT_FDCWD, root);
}

/* A policy with [collect] dir = ROOT/name. */
static struct policy policy_with(const char *name)
{
	struct policy p = { 0 };

	if (name && asprintf(&p.dir, "%s/%s", root, name) < 0)
		fail();
	return p;
}

static mode_t mode_of(const char *name)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct stat st;

	strbuf_printf(&path, "%s/%s", root, name);
	return stat(path.buf, &st) < 0 ? 0 : st.st_mode & 07777;
}

static int find(const char *name, bool make, struct store_dir *ret, struct err *err)
{
	const struct strv none = STRV_INIT;
	struct policy p = policy_with(name);
	int r = store_dir_find(&p, &none, make, ret, err);

	free(p.dir);
	return r;
}

static void a_named_folder_is_made_with_all_that_is_missing(void **state)
{
	struct store_dir d;
	mode_t mask = umask(077);

	assert_int_equal(find("a/b/", true, &d, NULL), 0);
	umask(mask);
	assert_true(d.fd >= 0);
	assert_true(d.named);
	assert_string_equal(d.path + strlen(d.path) - 4, "/a/b");
	assert_int_equal(mode_of("a/b"), 0711);
	assert_int_equal(mode_of("a/b/.run"), 0711);
	store_dir_done(&d);
	assert_int_equal(d.fd, -1);
}

static void an_existing_folder_keeps_its_mode(void **state)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct store_dir d;

	assert_int_equal(find("a", true, &d, NULL), 0);
	store_dir_done(&d);
	strbuf_printf(&path, "%s/a", root);
	assert_int_equal(chmod(path.buf, 0700), 0);
	assert_int_equal(find("a", true, &d, NULL), 0);
	assert_int_equal(mode_of("a"), 0700);
	store_dir_done(&d);
}

static void looking_makes_nothing(void **state)
{
	struct store_dir d;

	assert_int_equal(find("a/b", false, &d, NULL), 0);
	assert_int_equal(d.fd, -1);
	assert_non_null(d.path);
	assert_int_equal(mode_of("a"), 0);
	store_dir_done(&d);
}

static void a_link_in_its_place_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf link = STRBUF_INIT;
	struct err err = { 0 };
	struct store_dir d;

	strbuf_printf(&link, "%s/link", root);
	assert_int_equal(symlink(root, link.buf), 0);
	assert_true(find("link", true, &d, &err) < 0);
	assert_true(find("link/", true, &d, &err) < 0); /* the slash would follow it */
	assert_non_null(strstr(err.msg, "link"));
}

static void a_file_in_its_place_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct err err = { 0 };
	struct store_dir d;

	strbuf_printf(&path, "%s/file", root);
	assert_int_equal(file_replace(AT_FDCWD, path.buf, "x", 1, 0644, NULL), 0);
	assert_true(find("file", true, &d, &err) < 0);
	assert_true(find("file/below", true, &d, &err) < 0);
	assert_true(*err.msg);
}

static void a_folder_of_another_user_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct err err = { 0 };
	struct store_dir d;

	if (geteuid() != 0) {
		struct policy p = { .dir = (char *)"/proc/1/root/nowhere" };
		const struct strv none = STRV_INIT;

		assert_true(store_dir_find(&p, &none, true, &d, &err) < 0);
		return;
	}
	strbuf_printf(&path, "%s/theirs", root);
	assert_int_equal(mkdir(path.buf, 0777), 0);
	assert_int_equal(chown(path.buf, 12345, 12345), 0);
	assert_int_equal(find("theirs", true, &d, &err), -EPERM);
	assert_non_null(strstr(err.msg, "another user"));
	/* The same for .run in a folder of ours. */
	strbuf_reset(&path);
	assert_int_equal(find("ours", true, &d, &err), 0);
	store_dir_done(&d);
	strbuf_printf(&path, "%s/ours/.run", root);
	assert_int_equal(chown(path.buf, 12345, 12345), 0);
	assert_int_equal(find("ours", true, &d, &err), -EPERM);
}

/* Of the default places only those below our own root can be tested: the state directory of a
 * service comes first. */
static void the_state_directory_of_a_service_comes_first_and_may_be_a_link(void **state)
{
	_cleanup_strv_ struct strv env = STRV_INIT;
	_cleanup_strbuf_ struct strbuf link = STRBUF_INIT, real = STRBUF_INIT;
	struct policy p = { 0 };
	struct store_dir d;

	strbuf_printf(&real, "%s/private", root);
	strbuf_printf(&link, "%s/state", root);
	assert_int_equal(mkdir(real.buf, 0700), 0);
	assert_int_equal(symlink(real.buf, link.buf), 0);
	strv_printf(&env, "STATE_DIRECTORY=%s:%s/other", link.buf, root);
	assert_int_equal(store_dir_find(&p, &env, true, &d, NULL), 0);
	assert_string_equal(d.path, real.buf);
	assert_false(d.named);
	store_dir_done(&d);
}

static void a_place_in_memory_is_told(void **state)
{
	struct policy p = { .dir = (char *)"/dev/shm" };
	const struct strv none = STRV_INIT;
	struct store_dir d;

	assert_int_equal(store_dir_find(&p, &none, false, &d, NULL), 0);
	assert_true(d.volatile_);
	store_dir_done(&d);
}

#define IN_A_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_ROOT(a_named_folder_is_made_with_all_that_is_missing),
		IN_A_ROOT(an_existing_folder_keeps_its_mode),
		IN_A_ROOT(looking_makes_nothing),
		IN_A_ROOT(a_link_in_its_place_is_refused),
		IN_A_ROOT(a_file_in_its_place_is_refused),
		IN_A_ROOT(a_folder_of_another_user_is_refused),
		IN_A_ROOT(the_state_directory_of_a_service_comes_first_and_may_be_a_link),
		cmocka_unit_test(a_place_in_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
