/* SPDX-License-Identifier: Apache-2.0 */
/* core_pattern read backwards, and the patterns of file names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "incident/corefile.h"
#include "incident/glob.h"
#include "tests/unit/tree.h"

static void make_life(struct facts *f)
{
	fact_set(&f->num, FACT_PID, 42);
	fact_set(&f->num, FACT_UID, 1000);
	fact_set(&f->num, FACT_GID, 100);
	fact_set(&f->num, FACT_SIGNAL, 6);
	assert_int_equal(facts_set_str(f, FACT_CWD, "/srv/app"), 0);
	assert_int_equal(facts_set_str(f, FACT_HOST, "box"), 0);
}

static void a_pattern_names_the_file_of_this_life(void **state)
{
	static const struct {
		const char *pattern;
		bool uses_pid;
		const char *glob;
	} cases[] = {
		{ "core", false, "/srv/app/core" },
		{ "core", true, "/srv/app/core.42" },
		{ "core.%p", true, "/srv/app/core.42" },
		{ "/var/cores/%e.%p.%t", false, "/var/cores/*.42.*" },
		{ "/var/cores/%h/%u-%g-%s", false, "/var/cores/box/1000-100-6" },
		{ "core-%P-%i-%I-%E-%f-%d-%c", false, "/srv/app/core-*-*-*-*-*-*-*" },
		{ "a%%b", false, "/srv/app/a%b" },
		{ "core%", false, "/srv/app/core" },
		{ "core[1]*?", false, "/srv/app/core\\[1]\\*\\?" },
		{ "sub/core", false, "/srv/app/sub/core" },
	};
	_cleanup_facts_ struct facts f = { 0 };

	make_life(&f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		assert_int_equal(core_glob(slice_of(cases[i].pattern), cases[i].uses_pid, &f, &b),
				 0);
		assert_string_equal(strbuf_str(&b), cases[i].glob);
	}
}

static void what_is_not_known_matches_anything(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	assert_int_equal(core_glob(SLICE_LIT("/c/%p.%h.%s"), false, &f, &b), 0);
	assert_string_equal(strbuf_str(&b), "/c/*.*.*");
	assert_int_equal(core_glob(SLICE_LIT("core"), false, &f, &b), -ENOENT);
}

static void a_working_folder_with_a_star_means_itself(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	assert_int_equal(facts_set_str(&f, FACT_CWD, "/srv/*"), 0);
	assert_int_equal(core_glob(SLICE_LIT("core"), false, &f, &b), 0);
	assert_string_equal(strbuf_str(&b), "/srv/\\*/core");
}

static void a_handler_is_named_with_what_to_ask_it(void **state)
{
	static const struct {
		const char *pattern, *text;
	} cases[] = {
		{ "|/lib/systemd/systemd-coredump %P %u", "coredumpctl info 42" },
		{ "|/usr/share/apport/apport %p", "/var/crash" },
		{ "|/usr/libexec/abrt-hook-ccpp %s", "abrt list" },
		{ "|/opt/handler -x", "gave the core to /opt/handler (core_pattern)" },
		{ "|", "nobody" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		core_handler(slice_of(cases[i].pattern), 42, &b);
		assert_non_null(strstr(strbuf_str(&b), cases[i].text));
	}
}

static int note(void *arg, const char *path)
{
	struct strbuf *b = arg;

	strbuf_printf(b, "%s ", strrchr(path, '/') + 1);
	return 0;
}

static int stop(void *arg, const char *path)
{
	note(arg, path);
	return 7;
}

static void a_glob_finds_files_in_byte_order(void **state)
{
	static const struct {
		const char *pattern, *found;
	} cases[] = {
		{ "%s/gc*.log", "gc-1.log gc-2.log gc.log " },
		{ "%s/gc.log", "gc.log " },
		{ "%s/s?b/*", "deep.jfr " },
		{ "%s/*/deep.jfr", "deep.jfr " },
		{ "%s//sub//deep.jfr", "deep.jfr " },
		{ "%s/gc-[2].log", "gc-2.log " },
		{ "%s/*", "gc-1.log gc-2.log gc.log sub " },
		{ "%s/none*", "" },
		{ "%s/nowhere/*.log", "" },
		{ "%s/gc.log/x*", "" },
		{ "%s/gc\\*.log", "" },
	};
	struct tree t;

	tree_make(&t);
	tree_file(&t, "gc.log", "");
	tree_file(&t, "gc-2.log", "");
	tree_file(&t, "gc-1.log", "");
	tree_file(&t, ".hidden", "");
	tree_file(&t, "sub/deep.jfr", "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
		char pattern[128];

		snprintf(pattern, sizeof(pattern), "%s%s", t.path, cases[i].pattern + 2);
		assert_int_equal(glob_files(pattern, note, &b), 0);
		assert_string_equal(strbuf_str(&b), cases[i].found);
	}
	tree_remove(&t);
}

static void a_glob_ends_where_it_is_told_to(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	assert_int_equal(glob_files("/dev/n*l*", stop, &b), 7);
	assert_string_equal(strbuf_str(&b), "null ");
	assert_int_equal(glob_files("relative/*", note, &b), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_names_the_file_of_this_life),
		cmocka_unit_test(what_is_not_known_matches_anything),
		cmocka_unit_test(a_working_folder_with_a_star_means_itself),
		cmocka_unit_test(a_handler_is_named_with_what_to_ask_it),
		cmocka_unit_test(a_glob_finds_files_in_byte_order),
		cmocka_unit_test(a_glob_ends_where_it_is_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
