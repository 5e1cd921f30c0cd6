/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gathering around the plan, on real files: a made-up JDK and store in a folder of our own.
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
#include "base/file.h"
#include "policy/decide.h"

static char root[64];

static void put(const char *name, const char *text, mode_t mode)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	char *slash;

	strbuf_printf(&path, "%s/%s", root, name);
	slash = strrchr(path.buf, '/');
	*slash = '\0';
	assert_true(dir_make(AT_FDCWD, path.buf, 0755, NULL) >= 0);
	*slash = '/';
	assert_int_equal(file_replace(AT_FDCWD, path.buf, text, strlen(text), mode, NULL), 0);
}

/* A JVM's launcher is an ELF program: this test's own serves. */
static int make_root(void **state)
{
	_cleanup_strbuf_ struct strbuf program = STRBUF_INIT, java = STRBUF_INIT;

	snprintf(root, sizeof(root), "/tmp/test-decide-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	put("jdk/bin/placeholder", "", 0644);
	strbuf_printf(&java, "%s/jdk/bin/java", root);
	if (file_read(AT_FDCWD, "/proc/self/exe", 256 << 20, &program, NULL) ||
	    file_replace(AT_FDCWD, java.buf, program.buf, program.len, 0755, NULL))
		return -1;
	put("jdk/lib/server/libjvm.so", "", 0644);
	put("jdk/release", "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.21\"\n", 0644);
	return 0;
}

static int remove_root(void **state)
{
	return dir_remove(AT_FDCWD, root);
}

/* Decides about a line under a policy; in both ROOT stands for our folder. */
struct start {
	struct strv env, set, args;
	struct decision d;
	struct err err;
	int r;
};

static void decide_line(struct start *s, const char *policy, const char *words, bool make)
{
	struct slice rest = slice_of(words), word;
	_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;
	struct decide_query q = { .trust_env = true, .make = make, .start_stamp = "T" };

	*s = (struct start){ .r = -1 };
	put("policy.ini", policy, 0644);
	strbuf_printf(&file, "%s/policy.ini", root);
	strv_printf(&s->env, "JAVA_HOME=%s/jdk", root);
	strv_printf(&s->set, "collect.dir=%s/store", root);
	while (slice_next(&rest, ' ', &word)) {
		bool below = slice_search(word, "ROOT").ptr;
		struct slice head = word, tail = slice_search(word, "ROOT");

		head.len = below ? word.len - tail.len : word.len;
		strv_printf(&s->args, "%.*s%s%.*s", SLICE_FMT(head), below ? root : "",
			    SLICE_FMT(slice_skip(tail, below ? 4 : 0)));
	}
	q.instance = "INST";
	q.source = (struct policy_source){ .file = file.buf, .set = &s->set };
	q.env = &s->env;
	q.argv = strv_argv(&s->args);
	s->r = decide(&q, &s->d, &s->err);
}

static void start_done(struct start *s)
{
	decision_done(&s->d);
	strv_done(&s->env);
	strv_done(&s->set);
	strv_done(&s->args);
}

static bool has_word(const struct start *s, const char *part)
{
	for (size_t i = 0; i < s->d.out.argv.n; i++)
		if (strstr(s->d.out.argv.v[i], part))
			return true;
	return false;
}

static void a_start_makes_the_store_and_writes_into_its_run_folder(void **state)
{
	struct start s;

	decide_line(&s, "", "Main", true);
	assert_int_equal(s.r, 0);
	assert_false(s.d.straight);
	assert_int_equal(s.d.store_err.code, 0);
	assert_true(s.d.store.fd >= 0);
	assert_true(has_word(&s, "/store/.run/INST.%n/hs_err_pid%%p.log"));
	assert_true(has_word(&s, "-XX:+ExitOnOutOfMemoryError"));
	start_done(&s);
}

static void without_a_store_the_jvm_keeps_its_places(void **state)
{
	struct start s;

	put("store", "in the way", 0644);
	decide_line(&s, "", "Main", true);
	assert_int_equal(s.r, 0);
	assert_false(s.d.straight);
	assert_null(s.d.store.path);
	assert_int_not_equal(s.d.store_err.code, 0);
	assert_false(has_word(&s, "ErrorFile"));
	start_done(&s);
}

static void some_starts_go_straight(void **state)
{
	static const struct {
		const char *policy, *line;
		bool straight, rewritten;
	} lines[] = {
		{ "", "Main", false, true },
		{ "", "-version", true, false },
		{ "", "-cp x", true, false },
		{ "", "@ROOT/missing Main", true, false },
		{ "[policy]\nprofile = off\n", "Main", true, false },
		{ "[java]\nsupervise = no\n", "Main", true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct start s;

		decide_line(&s, lines[i].policy, lines[i].line, false);
		assert_int_equal(s.r, 0);
		assert_int_equal(s.d.straight, lines[i].straight);
		assert_int_equal(s.d.straight_why != NULL, lines[i].straight);
		assert_int_equal(has_word(&s, "ExitOnOutOfMemoryError"), lines[i].rewritten);
		start_done(&s);
	}
}

static void what_ends_a_start_has_an_outcome_of_its_own(void **state)
{
	struct start s;

	decide_line(&s, "[oom]\naction = x\n", "Main", false);
	assert_int_equal(s.r, X_DECIDE_POLICY);
	assert_int_equal(s.d.diags.errors, 1);
	start_done(&s);
	decide_line(&s, "[java]\npath = /nowhere/java\n", "Main", false);
	assert_int_equal(s.r, X_DECIDE_NO_JAVA);
	assert_true(*s.err.msg);
	start_done(&s);
	decide_line(&s, "[java]\npath = /etc/passwd\n", "Main", false);
	assert_int_equal(s.r, X_DECIDE_JAVA_NOT_EXECUTABLE);
	assert_true(*s.err.msg);
	start_done(&s);
}

/* Old files are seen in the folders themselves; one of any pid counts. */
static void a_name_that_an_old_file_has_is_made_unique(void **state)
{
	static const struct {
		const char *old, *line;
		const char *word; /* part of what is passed */
	} lines[] = {
		{ "dumps/other", "-XX:HeapDumpPath=ROOT/dumps/app.hprof", "/dumps/app.hprof" },
		{ "dumps/app.hprof", "-XX:HeapDumpPath=ROOT/dumps/app.hprof",
		  "/dumps/app-INST.%n.hprof" },
		{ "dumps/java_pid7.hprof", "-XX:HeapDumpPath=ROOT/dumps",
		  "/dumps/java_pid%p-INST.%n.hprof" },
		{ "dumps/java_pid7.hprof.gz", "-XX:HeapDumpPath=ROOT/dumps", "HeapDumpPath=/tmp" },
		{ "dumps/java_pidx.hprof", "-XX:HeapDumpPath=ROOT/dumps", "HeapDumpPath=/tmp" },
		{ "dumps/hs_12.log", "-XX:ErrorFile=ROOT/dumps/hs_%p.log",
		  "/dumps/hs_%%p-INST.%n.log" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;
		struct start s;

		put(lines[i].old, "", 0600);
		strbuf_printf(&line, "-XX:+HeapDumpOnOutOfMemoryError %s Main", lines[i].line);
		decide_line(&s, "", line.buf, false);
		assert_int_equal(s.r, 0);
		if (!has_word(&s, lines[i].word))
			fail_msg("%s beside %s", lines[i].line, lines[i].old);
		start_done(&s);
		strbuf_reset(&line);
		strbuf_printf(&line, "%s/dumps", root);
		assert_int_equal(dir_remove(AT_FDCWD, line.buf), 0);
	}
}

#define IN_A_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_ROOT(a_start_makes_the_store_and_writes_into_its_run_folder),
		IN_A_ROOT(without_a_store_the_jvm_keeps_its_places),
		IN_A_ROOT(some_starts_go_straight),
		IN_A_ROOT(what_ends_a_start_has_an_outcome_of_its_own),
		IN_A_ROOT(a_name_that_an_old_file_has_is_made_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
