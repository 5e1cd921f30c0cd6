/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan's edits applied: order and bytes of what nobody edits, the variables, and that a long
 * line costs no more than its length.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/plan_case.h"

/* Everything but the two flags that the default policy always adds. */
static const struct {
	const char *text;
	const char *argv; /* one word a line */
	const char *env;
} cases[] = {
	{ "arg Main\n", "Main\n", "" },
	{ "arg \narg Main\narg \narg a\n", "\nMain\n\na\n", "" }, /* empty ones are arguments too */
	{ "arg -cp\narg \xff\xfe\narg Main\narg -XX:OnError=x\n",
	  "-cp\n\xff\xfe\nMain\n-XX:OnError=x\n", "" },
	{ "env JVISOR_JAVA=/j\nenv A=1\nenv JVISOR_SET=x\nenv JVISOR_POLICY=/p\nenv "
	  "JVISOR_DISABLE=0\narg Main\n",
	  "Main\n", "A=1\nJVISOR_DISABLE=0\n" },
	{ "env _JAVA_OPTIONS=-XX:OnError=x\nenv B=2\narg Main\npolicy:\n[flags forbid]\nOnError "
	  "=\n",
	  "Main\n", "B=2\n" },
	{ "env JAVA_TOOL_OPTIONS=-Da=\"b c\" -XX:OnError='x y' -ea\narg Main\npolicy:\n[flags "
	  "forbid]\nOnError =\n",
	  "Main\n", "JAVA_TOOL_OPTIONS=\"-Da=b c\" -ea\n" },
	/* A second one of the name must not begin to count. */
	{ "env _JAVA_OPTIONS=-XX:OnError=x\nenv _JAVA_OPTIONS=-XX:OnError=y\narg "
	  "Main\npolicy:\n[flags forbid]\nOnError =\n",
	  "Main\n", "" },
	{ "arg -XX:OnError=a\narg -ea\narg -XX:OnError=b\narg -jar\narg x.jar\narg -XX:OnError=c\n"
	  "policy:\n[flags forbid]\nOnError =\n",
	  "-ea\n-jar\nx.jar\n-XX:OnError=c\n", "" },
};

static bool is_default(const char *word)
{
	return !strcmp(word, "-XX:+ExitOnOutOfMemoryError") ||
	       !strncmp(word, "-XX:ErrorFile=/store", 20);
}

static void what_nobody_edits_keeps_its_place_and_its_bytes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf argv = STRBUF_INIT, env = STRBUF_INIT;
		struct plan_case c;
		struct err err = { 0 };

		if (plan_case_make(cases[i].text, &c, &err))
			fail_msg("case %zu: %s", i, err.msg);
		for (size_t k = 0; k < c.d.out.argv.n; k++)
			if (!is_default(c.d.out.argv.v[k]))
				strbuf_printf(&argv, "%s\n", c.d.out.argv.v[k]);
		for (size_t k = 0; k < c.d.out.env.n; k++)
			strbuf_printf(&env, "%s\n", c.d.out.env.v[k]);
		assert_string_equal(strbuf_str(&argv), cases[i].argv);
		assert_string_equal(strbuf_str(&env), cases[i].env);
		plan_case_done(&c);
	}
}

static void what_a_pipe_held_is_passed_instead_of_the_pipe(void **state)
{
	char text[80];
	struct plan_case c;
	int fds[2], none[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(pipe2(none, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "-Da=b @c\n-ea", 12), 12);
	close(fds[1]);
	close(none[1]);
	snprintf(text, sizeof(text), "arg @/proc/self/fd/%d\narg @/proc/self/fd/%d\narg Main\n",
		 none[0], fds[0]);
	assert_int_equal(plan_case_make(text, &c, NULL), 0);
	close(fds[0]);
	close(none[0]);
	strv_push(&c.d.out.argv, ""); /* an end to look at */
	for (size_t i = 0, k = 0; i < c.d.out.argv.n; i++) {
		static const char *const words[] = { "-Da=b", "@@c", "-ea", "Main", "" };

		if (!is_default(c.d.out.argv.v[i]))
			assert_string_equal(c.d.out.argv.v[i], words[k++]);
	}
	plan_case_done(&c);
}

static void only_what_holds_the_pid_or_the_number_is_a_template(void **state)
{
	struct plan_case c;

	assert_int_equal(plan_case_make("arg -Da=%p\narg Main\narg %n\n", &c, NULL), 0);
	assert_int_equal(c.d.out.argv.n, 5);
	for (size_t i = 0; i < c.d.out.argv.n; i++)
		assert_int_equal(c.d.out.tmpl[i],
				 !strncmp(c.d.out.argv.v[i], "-XX:ErrorFile=", 14));
	plan_case_done(&c);
}

static void each_of_ten_thousand_arguments_is_kept_or_taken_off_as_planned(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct plan_case c;

	for (size_t i = 0; i < 10000; i++)
		strbuf_puts(&text, i % 2 ? "arg -XX:OnError=x\n" : "arg -Da=b\n");
	strbuf_puts(&text, "arg Main\npolicy:\n[flags forbid]\nOnError =\n");
	assert_int_equal(plan_case_make(text.buf, &c, NULL), 0);
	assert_int_equal(c.d.out.argv.n, 10000 / 2 + 1 + 2);
	plan_case_done(&c);
}

static void a_line_that_is_not_to_be_changed_loses_only_our_variables(void **state)
{
	char *argv[] = { (char *)"@x", (char *)"-version", NULL };
	_cleanup_strv_ struct strv env = STRV_INIT;
	struct rewritten out;

	strv_push(&env, "JVISOR_SET=a");
	strv_push(&env, "_JAVA_OPTIONS=  ");
	assert_int_equal(plan_apply_none(argv, &env, &out, NULL), 0);
	assert_int_equal(out.argv.n, 2);
	assert_string_equal(out.argv.v[0], "@x");
	assert_int_equal(out.env.n, 1);
	assert_string_equal(out.env.v[0], "_JAVA_OPTIONS=  ");
	rewritten_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_edits_keeps_its_place_and_its_bytes),
		cmocka_unit_test(what_a_pipe_held_is_passed_instead_of_the_pipe),
		cmocka_unit_test(only_what_holds_the_pid_or_the_number_is_a_template),
		cmocka_unit_test(each_of_ten_thousand_arguments_is_kept_or_taken_off_as_planned),
		cmocka_unit_test(a_line_that_is_not_to_be_changed_loses_only_our_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
