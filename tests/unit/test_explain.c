/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets are hidden, paths are shown as they will be, and the JSON holds what the text says. The
 * text itself is tested by the golden files of test_plan.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"
#include "tests/unit/plan_case.h"
#include "policy/explain.h"

static void templates_are_filled_for_the_reader(void **state)
{
	static const struct {
		const char *text;
		bool tmpl;
		const char *filled;
	} texts[] = {
		{ "/a/%p.%n/100%%", true, "/a/PID.0000/100%" },
		{ "/a/%p.%n/100%%", false, "/a/%p.%n/100%%" },
		{ "%", true, "%" },
		{ "%x", true, "%x" },
		{ "%%p", true, "%p" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		struct mask mask = { 0 };

		explain_filled(&mask, texts[i].text, texts[i].tmpl, &out);
		assert_string_equal(strbuf_str(&out), texts[i].filled);
	}
}

static void the_json_says_what_the_text_says(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	_cleanup_js_ struct js *o = NULL;
	struct plan_case c;

	assert_int_equal(
		plan_case_make("env _JAVA_OPTIONS=-XX:OnError=a -Dpw.token=t\narg -Dsecret=s\n"
			       "arg -XX:-ExitOnOutOfMemoryError\narg -XX:+ShowMessageBoxOnError\n"
			       "arg Main\narg \xff\npolicy:\n[flags forbid]\nOnError =\n[X]\n",
			       &c, NULL),
		0);
	assert_int_equal(explain_json(&c.d, &out), 0);
	assert_int_equal(js_parse((struct slice){ out.buf, out.len }, &o, NULL), 0);
	assert_string_equal(js_text(js_path(o, "java.path")), "/jdk/bin/java");
	assert_string_equal(js_text(js_path(o, "java.found_by")), "JAVA_HOME");
	assert_string_equal(js_text(js_path(o, "policy.profile")), "production");
	assert_int_equal(js_len(js_path(o, "policy.findings")), 1);
	assert_string_equal(js_text(js_path(o, "store.path")), "/store");
	assert_false(js_get_bool(o, "straight", true));
	assert_int_equal(js_len(js_get(o, "edits")), c.d.plan.n_edits);
	assert_string_equal(js_get_str(js_at(js_get(o, "edits"), 0), "kind"),
			    "remove_from_variable");
	assert_string_equal(js_get_str(js_at(js_get(o, "edits"), 0), "from"), "_JAVA_OPTIONS");
	assert_int_equal(js_len(js_get(o, "flags")), c.d.plan.n_flags);
	assert_int_equal(js_len(js_get(o, "warnings")), 1);
	assert_int_equal(js_len(js_get(o, "argv")), c.d.out.argv.n + 1);
	assert_string_equal(js_text(js_path(o, "environment._JAVA_OPTIONS")), "-Dpw.token=***");
	assert_null(strstr(strbuf_str(&out), "-Dsecret=s"));
	plan_case_done(&c);
}

static void colour_only_adds_escapes(void **state)
{
	_cleanup_strbuf_ struct strbuf plain = STRBUF_INIT, coloured = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf stripped = STRBUF_INIT;
	struct plan_case c;
	bool escape = false;

	assert_int_equal(plan_case_make("arg -XX:+ShowMessageBoxOnError\narg Main\n", &c, NULL), 0);
	assert_int_equal(explain_text(&c.d, false, &plain), 0);
	assert_int_equal(explain_text(&c.d, true, &coloured), 0);
	assert_null(strchr(strbuf_str(&plain), '\033'));
	assert_true(coloured.len > plain.len);
	for (size_t i = 0; i < coloured.len; i++) {
		escape |= coloured.buf[i] == '\033';
		if (!escape)
			strbuf_putc(&stripped, coloured.buf[i]);
		escape &= coloured.buf[i] != 'm';
	}
	assert_string_equal(strbuf_str(&stripped), strbuf_str(&plain));
	plan_case_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_are_filled_for_the_reader),
		cmocka_unit_test(the_json_says_what_the_text_says),
		cmocka_unit_test(colour_only_adds_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
