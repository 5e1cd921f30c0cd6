/* SPDX-License-Identifier: Apache-2.0 */
/* Folders for a JVM of another user: made for him, and asked as him. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/xattr.h>
#include "proc/place.h"
#include "tree.h"

static struct tree t;

static int make_tree(void **state)
{
	tree_make(&t);
	return 0;
}

static int remove_tree(void **state)
{
	tree_remove(&t);
	return 0;
}

static int ask(const char *user, const char *group, const char *below, bool make)
{
	char path[256];
	struct err err = { 0 };
	int r;

	snprintf(path, sizeof(path), "%s%s", t.path, below);
	r = place_for(user, group, path, make, &err);
	if (r < 0)
		assert_true(*err.msg);
	return r;
}

static struct stat look(const char *name)
{
	struct stat st = { 0 };

	(void)fstatat(t.fd, name, &st, AT_SYMLINK_NOFOLLOW);
	return st;
}

static void a_missing_folder_is_only_looked_at(void **state)
{
	assert_int_equal(ask(NULL, NULL, "/a/b/c", false), 0);
	assert_int_equal(look("a").st_mode, 0);
}

static void a_missing_folder_is_made_private(void **state)
{
	mode_t umask_was = umask(0);

	assert_int_equal(ask(NULL, NULL, "/a/b//c", true), 0);
	assert_int_equal(ask(NULL, NULL, "/a/b/c", true), 0);
	umask(umask_was);
	assert_int_equal(look("a").st_mode, S_IFDIR | 0700);
	assert_int_equal(look("a/b/c").st_mode, S_IFDIR | 0700);
	assert_int_equal(look("a/b/c").st_uid, geteuid());
}

static void what_is_no_folder_is_refused(void **state)
{
	tree_file(&t, "file", "");
	assert_int_equal(ask(NULL, NULL, "/file", false), -ENOTDIR);
	assert_int_equal(ask(NULL, NULL, "/file", true), -ENOTDIR);
	assert_true(ask(NULL, NULL, "/file/x", true) < 0);
	assert_int_equal(symlinkat("/nowhere/at/all", t.fd, "link"), 0);
	assert_true(ask(NULL, NULL, "/link/x", true) < 0);
}

static void a_folder_of_another_user_is_his(void **state)
{
	if (geteuid())
		return;
	assert_int_equal(fchmod(t.fd, 0755), 0);
	assert_int_equal(ask("54321", "54322", "/his/deep", true), 0);
	assert_int_equal(look("his").st_uid, 54321);
	assert_int_equal(look("his/deep").st_gid, 54322);
	assert_int_equal(look("his/deep").st_mode, S_IFDIR | 0700);
}

static void he_is_asked_not_we(void **state)
{
	if (geteuid())
		return;
	assert_int_equal(fchmod(t.fd, 0755), 0);
	assert_int_equal(mkdirat(t.fd, "ours", 0755), 0);
	assert_int_equal(ask("54321", NULL, "/ours", true), -EACCES);
	assert_int_equal(ask("54321", NULL, "/ours/new", false), -EACCES);
	assert_int_equal(look("ours/new").st_mode, 0);
	assert_int_equal(ask(NULL, NULL, "/ours", true), 0);
	/* The way there counts too, and his group. */
	assert_int_equal(fchmodat(t.fd, "ours", 0770, 0), 0);
	assert_int_equal(fchownat(t.fd, "ours", 0, 54322, 0), 0);
	assert_int_equal(ask("54321", NULL, "/ours", true), -EACCES);
	assert_int_equal(ask("54321", "54322", "/ours", true), 0);
	assert_int_equal(fchmod(t.fd, 0700), 0);
	assert_int_equal(ask("54321", "54322", "/ours", true), -EACCES);
}

/* An access list as the kernel keeps it (version 2): owner, one user, group, mask, others. */
static void let_write(const char *name, uint32_t uid)
{
	enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, MASK = 16, OTHER = 32 };
	const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} list = { 2,
		   { { USER_OBJ, 7, -1u },
		     { USER, 7, uid },
		     { GROUP_OBJ, 5, -1u },
		     { MASK, 7, -1u },
		     { OTHER, 5, -1u } } };
	int fd = openat(t.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fsetxattr(fd, "system.posix_acl_access", &list, sizeof(list), 0) < 0)
		assert_int_equal(errno, EOPNOTSUPP);
	else
		assert_int_equal(ask("54321", NULL, "/listed", true), 0);
	assert_int_equal(ask("54323", NULL, "/listed", true), -EACCES);
	close(fd);
}

static void an_access_list_counts(void **state)
{
	if (geteuid())
		return;
	assert_int_equal(fchmod(t.fd, 0755), 0);
	assert_int_equal(mkdirat(t.fd, "listed", 0755), 0);
	assert_int_equal(ask("54321", NULL, "/listed", true), -EACCES);
	let_write("listed", 54321);
}

#define in_a_tree(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_tree(a_missing_folder_is_only_looked_at),
		in_a_tree(a_missing_folder_is_made_private),
		in_a_tree(what_is_no_folder_is_refused),
		in_a_tree(a_folder_of_another_user_is_his),
		in_a_tree(he_is_asked_not_we),
		in_a_tree(an_access_list_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
