/* SPDX-License-Identifier: Apache-2.0 */
/* Which words of the command line are jvisor's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "launcher/options.h"

// clang-format off
#define ARGV(...) (char **)(const char *[]){ __VA_ARGS__, NULL }
// clang-format on

static int parse(char *argv[], struct options *o, struct err *err)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return options_parse(argc, argv, o, err);
}

static void only_words_in_front_of_javas_own_are_ours(void **state)
{
	struct options o;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse(ARGV("jvisor", "--jvisor-policy=p.ini", "--jvisor-set=a.b=c",
				    "--jvisor-set=d.e=f", "-Xmx1g", "--jvisor-help", "Main"),
			       &o, &err),
			 0);
	assert_string_equal(o.policy, "p.ini");
	assert_int_equal(o.set.n, 2);
	assert_string_equal(o.set.v[1], "d.e=f");
	assert_false(o.help);
	assert_string_equal(o.java_argv[0], "-Xmx1g");
	assert_string_equal(o.java_argv[1], "--jvisor-help");
	options_done(&o);
}

static void an_unknown_or_empty_option_of_ours_is_refused_by_name(void **state)
{
	static char *const bad[] = { (char *)"--jvisor-foo", (char *)"--jvisor-policy",
				     (char *)"--jvisor-policy=", (char *)"--jvisor-set=",
				     (char *)"--jvisor-explain=yaml" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct options o;
		struct err err = { 0 };

		assert_true(parse(ARGV("jvisor", bad[i]), &o, &err) < 0);
		assert_non_null(strstr(err.msg, "--jvisor-"));
		options_done(&o);
	}
}

static void the_name_java_is_seen_through_its_folder(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(ARGV("/opt/x/java"), &o, NULL), 0);
	assert_true(o.called_java);
	assert_null(o.java_argv[0]);
	assert_int_equal(parse(ARGV("/opt/java/jvisor"), &o, NULL), 0);
	assert_false(o.called_java);
}

static void the_environment_names_policy_settings_and_the_emergency_switch(void **state)
{
	struct options o;

	(void)state;
	(void)setenv("JVISOR_DISABLE", "1", 1);
	(void)setenv("JVISOR_POLICY", "env.ini", 1);
	(void)setenv("JVISOR_SET", "a.b=c", 1);
	assert_int_equal(parse(ARGV("jvisor"), &o, NULL), 0);
	assert_true(o.disabled);
	assert_string_equal(o.policy, "env.ini");
	assert_string_equal(options_source(&o).env_set, "a.b=c");
	assert_int_equal(parse(ARGV("jvisor", "--jvisor-policy=own.ini"), &o, NULL), 0);
	assert_string_equal(o.policy, "own.ini");
	(void)setenv("JVISOR_DISABLE", "0", 1);
	assert_int_equal(parse(ARGV("jvisor"), &o, NULL), 0);
	assert_false(o.disabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_words_in_front_of_javas_own_are_ours),
		cmocka_unit_test(an_unknown_or_empty_option_of_ours_is_refused_by_name),
		cmocka_unit_test(the_name_java_is_seen_through_its_folder),
		cmocka_unit_test(the_environment_names_policy_settings_and_the_emergency_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
