/* SPDX-License-Identifier: Apache-2.0 */
/* Which java is found, in a made-up tree of homes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "jvm/home.h"

#define VARS 5

static char root[] = "/tmp/jvisor-home-XXXXXX";

static int make_program(const char *path, const char *text, mode_t mode)
{
	_cleanup_free_ char *folder = strdup(path);

	if (!folder)
		return -1;
	*strrchr(folder, '/') = '\0';
	if (dir_make(AT_FDCWD, folder, 0755, NULL) < 0)
		return -1;
	return file_replace(AT_FDCWD, path, text, strlen(text), mode, NULL);
}

static int make_tree(void **state)
{
	if (!mkdtemp(root) || chdir(root) < 0)
		return -1;
	return make_program("jdk/bin/java", "the jdk", 0755) ||
	       make_program("other/bin/java", "the other", 0755) ||
	       make_program("taken/bin/java", "jvisor here", 0755) ||
	       make_program("taken/bin/java.real", "the real", 0755) ||
	       make_program("norun/bin/java", "text", 0644) ||
	       make_program("self/jvisor", "jvisor here", 0755) ||
	       make_program("copy/java", "jvisor here", 0755) ||
	       make_program("near/java", "jvisor hera", 0755) ||
	       make_program("path/java", "on the path", 0755) ||
	       make_program("links/x", "x", 0755) || symlink("../self/jvisor", "links/java") ||
	       make_program("linked/bin/java.real", "the real", 0755) ||
	       symlink("../../self/jvisor", "linked/bin/java") ||
	       make_program("chain/x", "x", 0755) || symlink("../linked/bin/java", "chain/java") ||
	       make_program("loop/x", "x", 0755) || symlink("java", "loop/java") ||
	       dir_make(AT_FDCWD, "folder/java", 0755, NULL) < 0;
}

static int remove_tree(void **state)
{
	return chdir("/") < 0 || dir_remove(AT_FDCWD, root) < 0;
}

struct home_case {
	const char *self, *called;
	bool called_java, no_trust;
	const char *path, *home;
	const char *env[VARS];
	int result;
	const char *java, *how; /* or a part of the sentence in java */
};

static void check_cases(const struct home_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct home_case *c = &cases[i];
		_cleanup_strv_ struct strv env = STRV_INIT;
		_cleanup_free_ char *java = NULL;
		const struct home_query q = {
			.self_path = c->self,
			.called_as = c->called,
			.called_java = c->called_java,
			.path = c->path,
			.home = c->home,
			.env = &env,
			.trust_env = !c->no_trust,
		};
		struct err err = { 0 };
		const char *how = NULL;

		for (size_t k = 0; k < VARS && c->env[k]; k++)
			strv_push(&env, c->env[k]);
		assert_int_equal(home_find(&q, &java, &how, &err), c->result);
		if (c->result) {
			assert_non_null(strstr(err.msg, c->java));
			assert_null(java);
			continue;
		}
		assert_string_equal(java, c->java);
		assert_string_equal(how, c->how);
	}
}

static void the_order_is_that_of_the_contract(void **state)
{
	static const struct home_case cases[] = {
		{ .self = "taken/bin/java",
		  .called_java = true,
		  .path = "jdk/bin/java",
		  .env = { "JVISOR_JAVA=other/bin/java", "JAVA_HOME=jdk", "PATH=path" },
		  .java = "other/bin/java",
		  .how = "JVISOR_JAVA" },
		{ .self = "taken/bin/java",
		  .called_java = true,
		  .path = "jdk/bin/java",
		  .env = { "JVISOR_JAVA=", "JAVA_HOME=jdk", "PATH=path" },
		  .java = "taken/bin/java.real",
		  .how = "java.real beside jvisor" },
		{ .self = "self/jvisor",
		  .path = "jdk/bin/java",
		  .home = "other",
		  .env = { "PATH=path" },
		  .java = "jdk/bin/java",
		  .how = "[java] path" },
		{ .self = "self/jvisor",
		  .home = "other",
		  .env = { "JAVA_HOME=jdk", "PATH=path" },
		  .java = "other/bin/java",
		  .how = "[java] home" },
		{ .self = "self/jvisor",
		  .env = { "JAVA_HOME=jdk", "PATH=path" },
		  .java = "jdk/bin/java",
		  .how = "JAVA_HOME" },
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "JAVA_HOME=jdk", "PATH=path" },
		  .java = "path/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "JAVA_HOME=jdk", "PATH=nothing:folder" },
		  .java = "jdk/bin/java",
		  .how = "JAVA_HOME" },
		{ .self = "self/jvisor",
		  .env = { "JAVA_HOME=nothing", "PATH=nothing:norun/bin:path" },
		  .java = "path/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .env = { "JAVA_HOME=", "PATH=other/bin:path" },
		  .java = "other/bin/java",
		  .how = "PATH" },
	};

	check_cases(cases, ARRAY_SIZE(cases));
}

static void it_is_never_ourselves(void **state)
{
	static const struct home_case cases[] = {
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "PATH=links:path" },
		  .java = "path/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "PATH=copy:path" },
		  .java = "path/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "PATH=near:path" },
		  .java = "near/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .env = { "JAVA_HOME=links", "PATH=copy:path" },
		  .java = "path/java",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .env = { "JVISOR_JAVA=links/java" },
		  .result = X_HOME_NOT_FOUND,
		  .java = "is jvisor itself" },
		{ .self = NULL, .env = { "PATH=links" }, .java = "links/java", .how = "PATH" },
	};

	check_cases(cases, ARRAY_SIZE(cases));
}

static void beside_ourselves_it_is_java_real(void **state)
{
	static const struct home_case cases[] = {
		{ .self = "self/jvisor",
		  .called = "linked/bin/java",
		  .path = "jdk/bin/java",
		  .java = "linked/bin/java.real",
		  .how = "java.real beside jvisor" },
		{ .self = "self/jvisor",
		  .called = "chain/java",
		  .env = { "PATH=path" },
		  .java = "chain/../linked/bin/java.real",
		  .how = "java.real beside jvisor" },
		{ .self = "self/jvisor",
		  .called = "linked/bin/java",
		  .no_trust = true,
		  .path = "jdk/bin/java",
		  .java = "jdk/bin/java",
		  .how = "[java] path" },
		{ .self = "self/jvisor",
		  .called = "links/java",
		  .called_java = true,
		  .env = { "PATH=links:chain:path" },
		  .java = "chain/../linked/bin/java.real",
		  .how = "PATH" },
		{ .self = "self/jvisor",
		  .env = { "JAVA_HOME=taken", "PATH=path" },
		  .java = "taken/bin/java.real",
		  .how = "JAVA_HOME" },
		{ .self = "self/jvisor",
		  .home = "linked",
		  .java = "linked/bin/java.real",
		  .how = "[java] home" },
		{ .self = "self/jvisor",
		  .called_java = true,
		  .env = { "PATH=loop:path" },
		  .java = "path/java",
		  .how = "PATH" },
	};

	check_cases(cases, ARRAY_SIZE(cases));
}

static void what_was_named_must_be_usable(void **state)
{
	static const struct home_case cases[] = {
		{ .env = { "JVISOR_JAVA=jdk", "PATH=path" },
		  .result = X_HOME_NOT_EXECUTABLE,
		  .java = "jdk is a folder" },
		{ .env = { "JVISOR_JAVA=/nothing/java", "PATH=path" },
		  .result = X_HOME_NOT_FOUND,
		  .java = "there is no /nothing/java" },
		{ .env = { "JVISOR_JAVA=norun/bin/java", "PATH=path" },
		  .result = X_HOME_NOT_EXECUTABLE,
		  .java = "cannot be executed" },
		{ .path = "/nothing",
		  .env = { "PATH=path" },
		  .result = X_HOME_NOT_FOUND,
		  .java = "[java] path" },
		{ .home = "norun",
		  .env = { "PATH=path" },
		  .result = X_HOME_NOT_EXECUTABLE,
		  .java = "[java] home" },
		{ .home = "nothing",
		  .env = { "PATH=path" },
		  .result = X_HOME_NOT_FOUND,
		  .java = "nothing/bin/java" },
		{ .env = { "JVISOR_JAVA=/dev/null" },
		  .result = X_HOME_NOT_EXECUTABLE,
		  .java = "/dev/null" },
	};

	check_cases(cases, ARRAY_SIZE(cases));
}

static void nothing_found_says_what_to_do(void **state)
{
	static const struct home_case cases[] = {
		{ .env = { "PATH=nothing" }, .result = X_HOME_NOT_FOUND, .java = "set JAVA_HOME" },
		{ .env = { "JAVA_HOME=norun", "PATH=nothing" },
		  .result = X_HOME_NOT_EXECUTABLE,
		  .java = "norun/bin/java cannot be executed" },
	};

	check_cases(cases, ARRAY_SIZE(cases));
}

static void an_environment_that_is_not_trusted_names_no_java(void **state)
{
	static const struct home_case cases[] = {
		{ .no_trust = true,
		  .path = "jdk/bin/java",
		  .env = { "JVISOR_JAVA=other/bin/java" },
		  .java = "jdk/bin/java",
		  .how = "[java] path" },
		{ .no_trust = true,
		  .home = "jdk",
		  .env = { "JAVA_HOME=other", "PATH=path" },
		  .java = "jdk/bin/java",
		  .how = "[java] home" },
	};
	_cleanup_strv_ struct strv env = STRV_INIT;
	const struct home_query q = { .self_path = "self/jvisor", .env = &env };
	_cleanup_free_ char *java = NULL;
	const char *how;
	struct err err;

	check_cases(cases, ARRAY_SIZE(cases));
	strv_push(&env, "JAVA_HOME=other");
	strv_push(&env, "PATH=path");
	if (home_find(&q, &java, &how, &err) == 0)
		assert_int_equal(java[0], '/'); /* of the system, not of this tree */
}

static void an_empty_part_of_path_is_the_current_folder(void **state)
{
	static const struct home_case cases[] = {
		{ .env = { "PATH=nothing:" }, .java = "./java", .how = "PATH" },
	};

	assert_int_equal(chdir("path"), 0);
	check_cases(cases, ARRAY_SIZE(cases));
	assert_int_equal(chdir(".."), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_that_of_the_contract),
		cmocka_unit_test(it_is_never_ourselves),
		cmocka_unit_test(beside_ourselves_it_is_java_real),
		cmocka_unit_test(what_was_named_must_be_usable),
		cmocka_unit_test(nothing_found_says_what_to_do),
		cmocka_unit_test(an_environment_that_is_not_trusted_names_no_java),
		cmocka_unit_test(an_empty_part_of_path_is_the_current_folder),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
