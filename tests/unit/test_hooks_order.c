/* SPDX-License-Identifier: Apache-2.0 */
/* The merged order of folder and sections, what is passed over, and what is not safe to run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/clock.h"
#include "hooks/hooks.h"
#include "tree.h"

static struct tree dir;
static struct hook_set set;

static void script(const char *name, mode_t mode)
{
	tree_bytes(&dir, name, "#!/bin/sh\n", 10, mode);
}

static struct hook_section section(const char *name, const char *run, unsigned order)
{
	return (struct hook_section){ .name = name, .run = run, .order = order, .event = HOOK_OOM };
}

/* Names joined by blanks, those that will not run with a ! behind. */
static void list_is(const struct hook_set *s, bool root_rules, const char *want)
{
	_cleanup_strbuf_ struct strbuf got = STRBUF_INIT;
	struct hook_list l;

	assert_int_equal(hooks_list(s, HOOK_OOM, root_rules, &l, NULL), 0);
	for (size_t i = 0; i < l.n; i++)
		strbuf_printf(&got, "%s%s%s", i ? " " : "", l.items[i].name,
			      l.items[i].unsafe ? "!" : "");
	assert_string_equal(strbuf_str(&got), want);
	hook_list_done(&l);
}

static void numbers_first_then_names_in_byte_order(void **state)
{
	struct hook_section sections[] = {
		section("last", "true", 100), section("b", "true", 10),
		section("c", "true", 10),     section("other event", "true", 1),
		section("plain", "true", 50),
	};

	sections[3].event = HOOK_CRASH;
	set.sections = sections;
	set.n_sections = ARRAY_SIZE(sections);
	script("oom/10-b", 0755);
	script("oom/10-a", 0755);
	script("oom/9-late", 0755);
	script("oom/010-zero", 0755);
	script("oom/none", 0755);
	script("oom/51", 0755);
	script("oom/99999999999-huge", 0755);
	script("crash/1-other", 0755);
	list_is(&set, false,
		"9-late 010-zero 10-a 10-b 10-b 10-c 50-plain none 51 100-last "
		"99999999999-huge");
	set.n_sections = 0;
	list_is(&set, false, "9-late 010-zero 10-a 10-b none 51 99999999999-huge");
}

static void a_section_comes_before_a_file_of_its_name(void **state)
{
	struct hook_section s = section("b", "true", 10);
	struct hook_list l;

	script("oom/10-b", 0755);
	set.sections = &s;
	set.n_sections = 1;
	assert_int_equal(hooks_list(&set, HOOK_OOM, false, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_ptr_equal(l.items[0].section, &s);
	assert_null(l.items[1].section);
	hook_list_done(&l);
}

static void what_tools_leave_behind_is_passed_over_and_noted(void **state)
{
	static const char *const names[] = { ".hidden",	       "10-a~",	       "10-a.dpkg-old",
					     "10-a.dpkg-dist", "10-a.rpmsave", "10-a.rpmnew",
					     "10-a.rpmorig",   "10-a.dpkg-tmp" };
	struct diags notes = { 0 };
	struct hook_list l;
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "oom/%s", names[i]);
		script(name, 0755);
	}
	script("oom/folder/in", 0755);
	assert_false(hooks_any(&set, HOOK_CRASH));
	script("oom/10-a.sh", 0755);
	script("oom/20-my.rpm-thing.sh", 0755);
	assert_int_equal(hooks_list(&set, HOOK_OOM, false, &l, &notes), 0);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].name, "10-a.sh");
	assert_string_equal(l.items[1].name, "20-my.rpm-thing.sh");
	assert_int_equal(notes.n, ARRAY_SIZE(names) + 1);
	hook_list_done(&l);
	diags_done(&notes);
}

static void links_are_followed(void **state)
{
	script("script", 0755);
	tree_file(&dir, "oom/README", "no run bit");
	assert_int_equal(symlinkat("../script", dir.fd, "oom/10-link"), 0);
	assert_int_equal(symlinkat("../none", dir.fd, "oom/20-dangling"), 0);
	assert_int_equal(mkfifoat(dir.fd, "oom/30-fifo", 0755), 0);
	list_is(&set, false, "10-link 20-dangling! 30-fifo! README!");
}

static void times_are_the_sections_or_the_events(void **state)
{
	struct hook_section sections[] = { section("a", "true", 1), section("b", "true", 2) };
	struct hook_list l;

	sections[1].timeout = 77;
	set.sections = sections;
	set.n_sections = 2;
	script("oom/30-x", 0755);
	assert_int_equal(hooks_list(&set, HOOK_OOM, false, &l, NULL), 0);
	assert_int_equal(l.items[0].timeout, 10 * NSEC_PER_SEC);
	assert_int_equal(l.items[1].timeout, 77);
	assert_int_equal(l.items[2].timeout, 10 * NSEC_PER_SEC);
	hook_list_done(&l);
}

static void the_program_of_run_is_found_or_told(void **state)
{
	static const struct {
		const char *run;
		bool shell;
		const char *path, *unsafe;
	} cases[] = {
		{ "sh -c x", false, "/bin/sh", NULL },
		{ "'/bin/sh' -c x", false, "/bin/sh", NULL },
		{ "anything | at all", true, "/bin/sh", NULL },
		{ "no-such-program-anywhere", false, "no-such-program-anywhere", "PATH" },
		{ "/no/such", false, "/no/such", "not there" },
		{ "./here", false, "./here", "whole path" },
		{ "/etc/passwd", false, "/etc/passwd", "run bit" },
		{ "/dev", false, "/dev", "regular" },
		{ "sh 'x", false, "", "quote" },
		{ " ", false, "", "empty" },
	};

	strv_push(&set.env, "PATH=/nowhere::.:/bin");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hook_section s = section("x", cases[i].run, 1);
		struct hook_list l;

		s.shell = cases[i].shell;
		set.sections = &s;
		set.n_sections = 1;
		assert_int_equal(hooks_list(&set, HOOK_OOM, true, &l, NULL), 0);
		assert_string_equal(l.items[0].path, cases[i].path);
		if (!cases[i].unsafe != !l.items[0].unsafe ||
		    (cases[i].unsafe && !strstr(l.items[0].unsafe, cases[i].unsafe)))
			fail_msg("<%s>: %s", cases[i].run, l.items[0].unsafe);
		hook_list_done(&l);
	}
}

static void a_sections_own_path_counts(void **state)
{
	struct hook_section s = section("x", "tool", 1);
	struct strv env = STRV_INIT;
	char entry[64], want[64];
	struct hook_list l;

	script("bin/tool", 0755);
	snprintf(entry, sizeof(entry), "PATH=%s/bin", dir.path);
	snprintf(want, sizeof(want), "%s/bin/tool", dir.path);
	strv_push(&env, entry);
	s.env = &env;
	set.sections = &s;
	set.n_sections = 1;
	assert_int_equal(hooks_list(&set, HOOK_OOM, false, &l, NULL), 0);
	assert_string_equal(l.items[0].path, want);
	hook_list_done(&l);
	strv_done(&env);
}

static void a_name_is_fit_for_a_file(void **state)
{
	struct hook_section s = section("a/../b c\n\xc3\xa9", "true", 5);

	set.sections = &s;
	set.n_sections = 1;
	list_is(&set, false, "05-a_.._b_c___");
}

static void an_unknown_user_is_told(void **state)
{
	struct hook_section s = section("x", "true", 1);
	struct hook_list l;

	s.user = "no-such-user-here";
	set.sections = &s;
	set.n_sections = 1;
	assert_int_equal(hooks_list(&set, HOOK_OOM, false, &l, NULL), 0);
	assert_non_null(strstr(l.items[0].unsafe, "no-such-user-here"));
	hook_list_done(&l);
}

static void what_others_may_write_is_not_for_root(void **state)
{
	script("oom/10-good", 0755);
	script("oom/20-group", 0775);
	script("oom/30-all", 0757);
	script("oom/40-closed", 0500);
	list_is(&set, true, "10-good 20-group! 30-all! 40-closed");
	list_is(&set, false, "10-good 20-group 30-all 40-closed");
	assert_int_equal(fchmodat(dir.fd, "oom", 0777, 0), 0);
	list_is(&set, true, "10-good! 20-group! 30-all! 40-closed!");
	assert_int_equal(fchmodat(dir.fd, "oom", 0755, 0), 0);
	assert_int_equal(fchmod(dir.fd, 0770), 0);
	list_is(&set, true, "10-good! 20-group! 30-all! 40-closed!");
	assert_int_equal(fchmod(dir.fd, 0755), 0);
}

static void a_folder_that_is_not_there_has_no_hooks(void **state)
{
	struct diags notes = { 0 };
	struct hook_list l;

	assert_false(hooks_any(&set, HOOK_OOM));
	list_is(&set, true, "");
	set.dir = (char[]){ "/no/such/folder" };
	assert_false(hooks_any(&set, HOOK_OOM));
	list_is(&set, true, "");
	set.dir = NULL;
	list_is(&set, true, "");
	set.dir = dir.path;
	tree_file(&dir, "oom", "a file");
	assert_int_equal(hooks_list(&set, HOOK_OOM, true, &l, &notes), 0);
	assert_int_equal(notes.warnings, 1);
	hook_list_done(&l);
	diags_done(&notes);
}

static void any_hook_is_any(void **state)
{
	struct hook_section s = section("x", "true", 1);

	script("oom/.hidden", 0755);
	assert_false(hooks_any(&set, HOOK_OOM));
	set.sections = &s;
	set.n_sections = 1;
	assert_true(hooks_any(&set, HOOK_OOM));
	set.n_sections = 0;
	script("oom/x", 0755);
	assert_true(hooks_any(&set, HOOK_OOM));
}

/* As root only. */
static void what_belongs_to_somebody_else_is_not_for_root(void **state)
{
	script("oom/10-root", 0755);
	script("oom/20-app", 0755);
	script("oom/30-other", 0755);
	assert_int_equal(fchownat(dir.fd, "oom/20-app", 1000, 0, 0), 0);
	assert_int_equal(fchownat(dir.fd, "oom/30-other", 1001, 0, 0), 0);
	set.uid = 1000;
	list_is(&set, true, "10-root 20-app 30-other!");
	assert_int_equal(fchownat(dir.fd, "oom", 1001, 0, 0), 0);
	list_is(&set, true, "10-root! 20-app! 30-other!");
}

static int set_up(void **state)
{
	tree_make(&dir);
	assert_int_equal(fchmod(dir.fd, 0755), 0);
	set = (struct hook_set){ .dir = dir.path, .uid = geteuid(), .gid = getegid() };
	return 0;
}

static int tear_down(void **state)
{
	strv_done(&set.env);
	tree_remove(&dir);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_first_then_names_in_byte_order),
		TEST(a_section_comes_before_a_file_of_its_name),
		TEST(what_tools_leave_behind_is_passed_over_and_noted),
		TEST(links_are_followed),
		TEST(times_are_the_sections_or_the_events),
		TEST(the_program_of_run_is_found_or_told),
		TEST(a_sections_own_path_counts),
		TEST(a_name_is_fit_for_a_file),
		TEST(an_unknown_user_is_told),
		TEST(what_others_may_write_is_not_for_root),
		TEST(a_folder_that_is_not_there_has_no_hooks),
		TEST(any_hook_is_any),
		TEST(what_belongs_to_somebody_else_is_not_for_root),
	};
	size_t n = ARRAY_SIZE(tests) - (geteuid() == 0 ? 0 : 1);

	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}
