/* SPDX-License-Identifier: Apache-2.0 */
/* Path templates, and where a JVM writes its heap dump and its error log. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/macro.h"
#include "jvm/paths.h"

static void a_policy_path_becomes_a_pid_template(void **state)
{
	static const struct {
		const char *text, *expected; /* NULL: refused */
	} cases[] = {
		{ "", "" },
		{ "/a/b", "/a/b" },
		{ "/a/%p/%p.log", "/a/%p/%p.log" },
		{ "%t-%h-%i", "20261122T031502Z-host-i1" },
		{ "100%%", "100%%" },
		{ "%%p", "%%p" },
		{ "${DIR}/x", "/d%%ir/x" },
		{ "${EMPTY}x", "x" },
		{ "$DIR $", "$DIR $" },
		{ "${NONE}", NULL },
		{ "${DIR", NULL },
		{ "${}", NULL },
		{ "%x", NULL },
		{ "%n", NULL },
		{ "a%", NULL },
	};
	_cleanup_strv_ struct strv env = STRV_INIT;
	const struct path_vars vars = {
		.start = "20261122T031502Z", .host = "host", .instance = "i1", .env = &env
	};

	strv_push(&env, "DIR=/d%ir");
	strv_push(&env, "EMPTY=");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		struct err err = { 0 };
		int r = path_expand(slice_of(cases[i].text), &vars, &out, &err);

		assert_int_equal(r, cases[i].expected ? 0 : -EINVAL);
		if (cases[i].expected)
			assert_string_equal(strbuf_str(&out), cases[i].expected);
		else
			assert_true(err.msg[0]);
	}
}

static void a_variable_that_is_not_known_yet_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	const struct path_vars none = { 0 };

	assert_int_equal(path_expand(SLICE_LIT("%h"), &none, &out, NULL), -EINVAL);
	assert_int_equal(path_expand(SLICE_LIT("${HOME}"), &none, &out, NULL), -EINVAL);
}

static void a_template_is_filled(void **state)
{
	static const struct {
		const char *tmpl, *expected;
	} cases[] = {
		{ "/a/%p-%n.log", "/a/4242-0007.log" },
		{ "%%p %%n", "%p %n" },
		{ "%%%p", "%4242" },
		{ "%x %", "%x %" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char room[64];
		struct strbuf out = STRBUF_FIXED(room);

		path_fill(slice_of(cases[i].tmpl), 4242, 7, &out);
		assert_int_equal(strbuf_error(&out), 0);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
	}
}

static void an_escaped_text_means_itself(void **state)
{
	static const char *const texts[] = { "/a/b", "%p", "%%", "100%", "%n%t", "" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_strbuf_ struct strbuf tmpl = STRBUF_INIT, out = STRBUF_INIT;

		path_escape(slice_of(texts[i]), &tmpl);
		path_fill(slice_of(strbuf_str(&tmpl)), 1, 1, &out);
		assert_string_equal(strbuf_str(&out), texts[i]);
	}
}

static void what_the_jvm_expands_is_left_to_it(void **state)
{
	static const struct {
		const char *tmpl, *expected;
		int result;
	} cases[] = {
		{ "/a/hs_err_pid%p.log", "/a/hs_err_pid%p.log", 1 },
		{ "/a%%b", "/a%%b", 1 },
		{ "/a%%n", "/a%%n", 1 },
		{ "/a/%n/%p.log", "/a/%n/%%p.log", 0 },
		{ "/a%%/%n", "/a%%%%/%n", 0 },
		{ "/a", "/a", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(path_for_jvm(slice_of(cases[i].tmpl), &out), cases[i].result);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
	}
}

static void filling_first_and_expanding_then_gives_the_whole_path(void **state)
{
	_cleanup_strbuf_ struct strbuf value = STRBUF_INIT, flag = STRBUF_INIT;

	assert_int_equal(path_for_jvm(SLICE_LIT("/50%%/%n/%p"), &value), 0);
	path_fill(slice_of(strbuf_str(&value)), 99, 3, &flag);
	assert_string_equal(strbuf_str(&flag), "/50%%/0003/%p");
}

static bool folder_exists(const char *path)
{
	return slice_eq(slice_of(path), "/w/dir") || slice_eq(slice_of(path), "/dir%p") ||
	       slice_eq(slice_of(path), "/dir/") || slice_eq(slice_of(path), "/50%");
}

static void a_heap_dump_is_found_where_the_jvm_writes_it(void **state)
{
	static const struct {
		const char *value;
		unsigned feature;
		bool gzip;
		const char *expected;
	} cases[] = {
		{ NULL, 17, false, "/w/java_pid%p.hprof" },
		{ "", 17, true, "/w/java_pid%p.hprof.gz" },
		{ "dir", 17, false, "/w/dir/java_pid%p.hprof" },
		{ "/dir/", 17, true, "/dir/java_pid%p.hprof.gz" },
		{ "missing/", 17, false, "/w/missing/" },
		{ "f.hprof", 17, true, "/w/f.hprof" },
		{ "/x/f_%p.hprof", 8, false, "/x/f_%%p.hprof" },
		{ "/x/f_%p.hprof", 21, false, "/x/f_%%p.hprof" },
		{ "/x/f_%p.hprof", 25, false, "/x/f_%p.hprof" },
		{ "/x/f_%p.hprof", 0, false, "/x/f_%p.hprof" },
		{ "/x/%%_%t_%", 25, false, "/x/%%_%%t_%%" },
		{ "/x/%%_%t_%", 21, false, "/x/%%%%_%%t_%%" },
		{ "/dir%p", 17, false, "/dir%%p/java_pid%p.hprof" },
		{ "/dir%p", 25, false, "/dir%p" },
		{ "/50%%", 25, false, "/50%%/java_pid%p.hprof" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(path_heap_dump(cases[i].value, cases[i].feature, cases[i].gzip,
						"/w", folder_exists, &out),
				 0);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
	}
}

static void an_error_log_is_found_where_the_jvm_writes_it(void **state)
{
	static const struct {
		const char *value, *cwd, *expected;
	} cases[] = {
		{ NULL, "/w", "/w/hs_err_pid%p.log" },	    { "", "/", "/hs_err_pid%p.log" },
		{ "", "/50%p", "/50%%p/hs_err_pid%p.log" }, { "e_%p.log", "/w", "/w/e_%p.log" },
		{ "/x/%%_%t_%", "/w", "/x/%%_%%t_%%" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(path_error_file(cases[i].value, 17, cases[i].cwd, &out), 0);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_path_becomes_a_pid_template),
		cmocka_unit_test(a_variable_that_is_not_known_yet_is_refused),
		cmocka_unit_test(a_template_is_filled),
		cmocka_unit_test(an_escaped_text_means_itself),
		cmocka_unit_test(what_the_jvm_expands_is_left_to_it),
		cmocka_unit_test(filling_first_and_expanding_then_gives_the_whole_path),
		cmocka_unit_test(a_heap_dump_is_found_where_the_jvm_writes_it),
		cmocka_unit_test(an_error_log_is_found_where_the_jvm_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
