/* SPDX-License-Identifier: Apache-2.0 */
/* Users and groups from files of our own making, and giving every right up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "proc/privs.h"
#include "tree.h"

static struct tree root;

static const char passwd[] = "# a comment\n"
			     "root:x:0:0:root:/root:/bin/bash\n"
			     "+::::::\n"
			     "app:x:1000:1001:The app,,,:/srv:/bin/false\n"
			     "1234:x:77:78::/:/bin/false\n"
			     "nogid:x:90\n"
			     "bad:x:minus:1::/:\n"
			     "all:x:4294967295:1::/:\n"
			     "crowd:x:2000:2000::/:\n"
			     "last:x:91:92";

static const char groups[] = "root:x:0:\n"
			     "app:x:1001:\n"
			     "adm:x:4:syslog,app\n"
			     "apps:x:5:application\n"
			     "two:x:6:app,app\n"
			     "same:x:1001:app\n"
			     "logs:x:7:last";

static void who_is_found(void **state)
{
	static const struct {
		const char *user, *group;
		int r;
		uid_t uid;
		gid_t gid, groups[4];
		unsigned n_groups;
	} cases[] = {
		{ "app", NULL, 0, 1000, 1001, { 1001, 4, 6 }, 3 },
		{ "1000", NULL, 0, 1000, 1001, { 1001, 4, 6 }, 3 },
		{ "app", "adm", 0, 1000, 4, { 4, 6, 1001 }, 3 },
		{ "app", "555", 0, 1000, 555, { 555, 4, 6, 1001 }, 4 },
		{ "1234", NULL, 0, 77, 78, { 78 }, 1 }, /* a name that looks like a number */
		{ "4321", NULL, 0, 4321, 4321, { 4321 }, 1 },
		{ "4321", "adm", 0, 4321, 4, { 4 }, 1 },
		{ "nogid", NULL, 0, 90, 90, { 90 }, 1 },
		{ "last", NULL, 0, 91, 92, { 92, 7 }, 2 },
		{ "bad", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "all", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "4294967295", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "-1", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "ap", NULL, -ENOENT, 0, 0, { 0 }, 0 },
		{ "app", "nobody", -ENOENT, 0, 0, { 0 }, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct privs p = { .uid = 9 };
		struct err err = { 0 };
		int r = privs_find(root.path, cases[i].user, cases[i].group, &p, &err);

		if (r != cases[i].r)
			fail_msg("%s: %d %s", cases[i].user, r, err.msg);
		if (r < 0) {
			assert_non_null(strstr(err.msg, "is not in /etc/"));
			assert_int_equal(p.uid, 9);
			continue;
		}
		assert_true(p.change);
		assert_int_equal(p.uid, cases[i].uid);
		assert_int_equal(p.gid, cases[i].gid);
		assert_int_equal(p.n_groups, cases[i].n_groups);
		assert_memory_equal(p.groups, cases[i].groups, p.n_groups * sizeof(gid_t));
	}
}

static void who_we_are_already_is_no_change(void **state)
{
	struct privs p;
	char uid[16], gid[16];

	assert_int_equal(privs_find(root.path, NULL, NULL, &p, NULL), 0);
	assert_false(p.change);
	assert_int_equal(p.uid, geteuid());
	snprintf(uid, sizeof(uid), "%u", geteuid());
	snprintf(gid, sizeof(gid), "%u", getegid());
	assert_int_equal(privs_find(root.path, uid, gid, &p, NULL), 0);
	assert_false(p.change);
	assert_int_equal(privs_find(root.path, NULL, "4", &p, NULL), 0);
	assert_true(p.change);
	assert_int_equal(p.uid, geteuid());
}

static void the_nearest_name_is_proposed(void **state)
{
	struct privs p;
	struct err err;

	assert_int_equal(privs_find(root.path, "crowdd", NULL, &p, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "did you mean 'crowd'?"));
	assert_int_equal(privs_find(root.path, "app", "log", &p, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "did you mean 'logs'?"));
	assert_int_equal(privs_find(root.path, "somebody", NULL, &p, &err), -ENOENT);
	assert_null(strstr(err.msg, "did you mean"));
}

static void numbers_work_without_any_file(void **state)
{
	struct privs p;
	struct err err;

	assert_int_equal(privs_find("/no/such/root", "4321", "99", &p, &err), 0);
	assert_int_equal(p.uid, 4321);
	assert_int_equal(p.gid, 99);
	assert_int_equal(privs_find("/no/such/root", "app", NULL, &p, &err), -ENOENT);
}

static void more_groups_than_we_keep_are_refused(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct privs p;
	struct err err;

	for (int i = 0; i < PRIVS_GROUPS; i++)
		strbuf_printf(&b, "g%d:x:%d:crowd\n", i, 3000 + i);
	tree_file(&root, "etc/group", strbuf_str(&b));
	assert_int_equal(privs_find(root.path, "crowd", NULL, &p, &err), -E2BIG);
	assert_int_equal(privs_find(root.path, "crowd", "3000", &p, &err), 0);
	assert_int_equal(p.n_groups, PRIVS_GROUPS);
	tree_file(&root, "etc/group", groups);
	strbuf_done(&b);
}

static void a_uid_has_a_name(void **state)
{
	char name[8];

	assert_int_equal(privs_user_name(root.path, 1000, name, sizeof(name)), 0);
	assert_string_equal(name, "app");
	assert_int_equal(privs_user_name(root.path, 1000, name, 4), 0);
	assert_int_equal(privs_user_name(root.path, 1000, name, 3), -ERANGE);
	assert_int_equal(privs_user_name(root.path, 5, name, sizeof(name)), -ENOENT);
	assert_int_equal(privs_user_name("/no/such/root", 0, name, sizeof(name)), -ENOENT);
}

static void giving_all_rights_up_leaves_none(void **state)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		char text[8192], *at;
		int fd;

		if (privs_drop_all() < 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
			_exit(1);
		fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
		text[read(fd, text, sizeof(text) - 1)] = '\0';
		at = strstr(text, "CapInh:");
		if (geteuid() == 0)
			_exit(strncmp(at,
				      "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
				      "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
				      "CapAmb:\t0000000000000000\n",
				      125)
				      ? 2
				      : 0);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

enum { KILL = 5, SETUID = 7, BIND = 10 };

static const uint64_t kill_bit = 1 << KILL, bind_bit = 1 << BIND;

/* A set of ours, as the kernel tells it. */
static uint64_t caps_now(const char *name)
{
	char text[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *at;

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name) + 1, NULL, 16) : UINT64_MAX;
}

static void become_with_one_capability(void)
{
	struct privs p = {
		.change = true,
		.uid = 4321,
		.gid = 4322,
		.denied = ~bind_bit,
		.ambient = bind_bit,
		.no_root = true,
		.no_new_privs = true,
	};

	_exit(privs_become(&p) < 0 || geteuid() != 4321 || getgid() != 4322 ||
	      getgroups(0, NULL) != 0 || caps_now("CapPrm") != bind_bit ||
	      caps_now("CapEff") != bind_bit || caps_now("CapAmb") != bind_bit ||
	      caps_now("CapBnd") != bind_bit ||
	      prctl(PR_GET_SECUREBITS) !=
		      (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS) ||
	      prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
}

static void stay_and_be_denied(void)
{
	struct privs p = { .denied = bind_bit };

	_exit(privs_become(&p) < 0 || caps_now("CapBnd") & bind_bit ||
	      !(caps_now("CapBnd") & kill_bit) || !(caps_now("CapEff") & bind_bit));
}

static void give_up_raise_and_lower(void)
{
	uint64_t keep = kill_bit | 1 << SETUID | 1 << 8;

	privs_give_up_all_but(keep, PRIVS_ALL);
	if (caps_now("CapPrm") == keep) /* an exec would bring back what we have not: see there */
		_exit(1);
	privs_give_up_all_but(keep, keep);
	privs_in_force(kill_bit | bind_bit);
	if (caps_now("CapPrm") != keep || caps_now("CapBnd") != keep ||
	    caps_now("CapEff") != kill_bit)
		_exit(2);
	{
		_cleanup_lower_ struct privs_scope raised = privs_raise();

		if (caps_now("CapEff") != keep)
			_exit(3);
	}
	if (caps_now("CapEff") != kill_bit)
		_exit(4);
	privs_keep_only(1 << SETUID);
	_exit(caps_now("CapPrm") != 1 << SETUID || caps_now("CapEff") != 1 << SETUID);
}

static void see_files_as_another(void)
{
	const struct privs other = { .change = true, .uid = 4321, .gid = 4322 };
	uint64_t before = caps_now("CapEff");
	int fd;

	tree_bytes(&root, "secret/file", "x", 1, 0600);
	if (privs_files_as(&other) < 0)
		_exit(1);
	fd = openat(root.fd, "secret/file", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 || errno != EACCES || geteuid() != 0)
		_exit(2);
	if (privs_files_as(NULL) < 0 || caps_now("CapEff") != before || getgroups(0, NULL) != 1 ||
	    prctl(PR_GET_DUMPABLE) != 1)
		_exit(3);
	fd = openat(root.fd, "secret/file", O_RDONLY | O_CLOEXEC);
	_exit(fd < 0);
}

static void see_files_as_nobody_else(void)
{
	const struct privs other = { .change = true, .uid = 4321, .gid = 4322 };

	privs_keep_only(0);
	_exit(privs_files_as(&other) != -EPERM || privs_files_as(NULL) != 0);
}

/* Each in a process of its own, which begins as root with one group and all rights. */
static void rights_are_taken_given_and_lowered(void **state)
{
	static const struct {
		const char *what;
		void (*run)(void);
	} cases[] = {
		{ "another user with one capability", become_with_one_capability },
		{ "nobody else, one denied", stay_and_be_denied },
		{ "giving up, raising, lowering", give_up_raise_and_lower },
		{ "files as another", see_files_as_another },
		{ "files as another, without the right", see_files_as_nobody_else },
	};

	for (size_t i = 0; geteuid() == 0 && i < ARRAY_SIZE(cases); i++) {
		const gid_t group = 0;
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (!pid) {
			if (setgroups(1, &group) < 0)
				_exit(99);
			cases[i].run();
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status)
			fail_msg("%s: %d", cases[i].what, WEXITSTATUS(status));
	}
}

static void plain_files_have_no_capabilities(void **state)
{
	assert_int_equal(privs_file_caps("/bin/sleep"), 0);
	assert_int_equal(privs_file_caps("/no/such/file"), -ENOENT);
}

static int set_up(void **state)
{
	tree_make(&root);
	tree_file(&root, "etc/passwd", passwd);
	tree_file(&root, "etc/group", groups);
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
		cmocka_unit_test(who_is_found),
		cmocka_unit_test(who_we_are_already_is_no_change),
		cmocka_unit_test(the_nearest_name_is_proposed),
		cmocka_unit_test(numbers_work_without_any_file),
		cmocka_unit_test(more_groups_than_we_keep_are_refused),
		cmocka_unit_test(a_uid_has_a_name),
		cmocka_unit_test(giving_all_rights_up_leaves_none),
		cmocka_unit_test(rights_are_taken_given_and_lowered),
		cmocka_unit_test(plain_files_have_no_capabilities),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
