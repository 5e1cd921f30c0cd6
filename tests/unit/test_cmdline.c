/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as the launcher reads it. The cases for 17 and 25 were given to real ones. */
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
#include <time.h>
#include <unistd.h>
#include "base/macro.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "jvm/cmdline.h"

#define WORDS 10

struct line_case {
	unsigned feature;
	const char *argv[WORDS];
	const char *expected; /* role letter and word for each; NULL: java refuses it */
};

static const char role_letters[ARG_ROLE_COUNT] = {
	[ARG_LAUNCHER] = 'L', [ARG_VALUE] = 'v',   [ARG_VM] = 'V',
	[ARG_MAIN] = 'M',     [ARG_PROGRAM] = 'p',
};

static const char *const kind_letters[] = {
	[MAIN_NONE] = "none",	  [MAIN_CLASS] = "class",   [MAIN_JAR] = "jar",
	[MAIN_MODULE] = "module", [MAIN_SOURCE] = "source",
};

static char folder[] = "/tmp/jvisor-cmdline-XXXXXX";

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int make_files(void **state)
{
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	write_file("main", "-Dx=1 -cp . M a b");
	write_file("cp", ".");
	write_file("jar", "t.jar");
	write_file("opts", "-Dx=q\n# c\n-cp\n.\n");
	write_file("nested", "-Da=b\n@opts M");
	write_file("empty", "");
	write_file("Hello.java", "");
	return 0;
}

static int remove_files(void **state)
{
	static const char *const names[] = { "main",   "cp",	"jar",	     "opts",
					     "nested", "empty", "Hello.java" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(names[i]);
	return chdir("/") < 0 || rmdir(folder) < 0;
}

static void show(const struct cmdline *c, struct strbuf *out)
{
	strbuf_puts(out, kind_letters[c->main_kind]);
	if (c->print_only)
		strbuf_puts(out, " prints");
	strbuf_putc(out, ':');
	for (size_t i = 0; i < c->n; i++)
		strbuf_printf(out, " %c<%s>", role_letters[c->args[i].role], c->args[i].text);
}

static void check_lines(const struct line_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		char *const *argv = (char *const *)cases[i].argv;
		struct cmdline c = { 0 };
		struct err err = { 0 };
		int r = cmdline_parse(argv, cases[i].feature, &c, &err);

		if (!cases[i].expected) {
			assert_int_equal(r, X_CMDLINE_JAVA_REFUSES);
			assert_true(err.msg[0]);
			assert_null(c.args);
			continue;
		}
		assert_int_equal(r, 0);
		show(&c, &out);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
		/* The quick look may only say less, never something else. */
		if (cmdline_is_print_only(argv))
			assert_true(c.print_only);
		cmdline_done(&c);
	}
}

static void options_are_told_from_values_and_the_main_class(void **state)
{
	static const struct line_case cases[] = {
		{ 17, { "-cp", ".", "M", "a" }, "class: L<-cp> v<.> M<M> p<a>" },
		{ 17, { "-cp", "", "M" }, "class: L<-cp> v<> M<M>" },
		{ 17, { "--class-path", ".", "M" }, "class: L<--class-path> v<.> M<M>" },
		{ 17, { "--class-path=", "M", "a" }, "class: L<--class-path=> M<M> p<a>" },
		{ 17, { "-cp=x", "M" }, "class: V<-cp=x> M<M>" },
		{ 17,
		  { "-Dx=1", "-XX:+F", "-ea", "M", "-XX:-F", "-version" },
		  "class: V<-Dx=1> V<-XX:+F> V<-ea> M<M> p<-XX:-F> p<-version>" },
		{ 17,
		  { "--add-modules", "java.sql", "M" },
		  "class: L<--add-modules> v<java.sql> M<M>" },
		{ 17, { "--add-modules=java.sql", "M" }, "class: L<--add-modules=java.sql> M<M>" },
		{ 17, { "--foo", "M" }, "class: V<--foo> M<M>" },
		{ 17, { "--foo=M", "M" }, "class: V<--foo=M> M<M>" },
		{ 17, { "-J-Dx=1", "M" }, "class: V<-J-Dx=1> M<M>" },
		{ 17,
		  { "-splash:x", "-XshowSettings:vm", "M" },
		  "class: L<-splash:x> L<-XshowSettings:vm> M<M>" },
		{ 17, { "-splash", "x" }, "class: V<-splash> M<x>" },
		{ 17, { "", "a" }, "class: M<> p<a>" },
		{ 17, { "-cp", ".", "M", "", "a", "" }, "class: L<-cp> v<.> M<M> p<> p<a> p<>" },
		{ 17, { "-", "M" }, "class: V<-> M<M>" },
		{ 17, { "--", "M" }, "class: V<--> M<M>" },
		{ 17,
		  { "-Dx=\xff\xfe", "M\xc3", "\x80" },
		  "class: V<-Dx=\xff\xfe> M<M\xc3> p<\x80>" },
		{ 0,
		  { "-p", "mods", "-m", "mm/p.M", "-Dx=1" },
		  "module: L<-p> v<mods> L<-m> M<mm/p.M> p<-Dx=1>" },
		{ 17, { "--module=mm/p.M", "-Dx=1" }, "module: M<--module=mm/p.M> p<-Dx=1>" },
		{ 17, { "--module=m/M", "@cp" }, "module: M<--module=m/M> p<@cp>" },
		{ 11,
		  { "--module=m/M", "-x", "@cp", "@cp" },
		  "module: M<--module=m/M> p<-x> p<.> p<@cp>" },
		{ 11,
		  { "--module=m/M", "-cp", "v", "@cp", "@cp" },
		  "module: M<--module=m/M> p<-cp> p<v> p<.> p<@cp>" },
		{ 11, { "-m", "m/M", "@cp" }, "module: L<-m> M<m/M> p<@cp>" },
		{ 17,
		  { "-jar", "-Dx=1", "t.jar", "-jar" },
		  "jar: L<-jar> V<-Dx=1> M<t.jar> p<-jar>" },
		{ 17, { "-jar", "-jar", "t.jar" }, "jar: L<-jar> L<-jar> M<t.jar>" },
		{ 17, { "-cp", ".", "-jar", "t.jar" }, "jar: L<-cp> v<.> L<-jar> M<t.jar>" },
		{ 17,
		  { "-jar", "-m", "mm/p.M", "t.jar" },
		  "module: L<-jar> L<-m> M<mm/p.M> p<t.jar>" },
		{ 17, { "-jar", "-XX:x", "t.jar" }, "jar: L<-jar> V<-XX:x> M<t.jar>" },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void releases_differ_in_what_they_take(void **state)
{
	static const struct line_case cases[] = {
		{ 8, { "-p", "mods", "M" }, "class: V<-p> M<mods> p<M>" },
		{ 8, { "-m", "mm/p.M" }, "class: V<-m> M<mm/p.M>" },
		{ 8, { "@main" }, "class: M<@main>" },
		{ 8, { "@@x" }, "class: M<@@x>" },
		{ 8, { "-cp", "-Dx=1", "M" }, "class: L<-cp> v<-Dx=1> M<M>" },
		{ 8, { "Hello.java" }, "class: M<Hello.java>" },
		{ 8, { "--version" }, "none prints: V<--version>" },
		{ 8, { "-d64", "M" }, "class: L<-d64> M<M>" },
		{ 11, { "-d64", "M" }, "class: V<-d64> M<M>" },
		{ 11,
		  { "--enable-native-access", "x", "M" },
		  "class: V<--enable-native-access> M<x> p<M>" },
		{ 17,
		  { "--enable-native-access", "x", "M" },
		  "class: L<--enable-native-access> v<x> M<M>" },
		{ 25, { "--finalization", "x", "M" }, "class: V<--finalization> M<x> p<M>" },
		{ 25, { "--finalization=x", "M" }, "class: L<--finalization=x> M<M>" },
		{ 28, { "--finalization", "x", "M" }, "class: L<--finalization> v<x> M<M>" },
		{ 0, { "--finalization", "x", "M" }, "class: L<--finalization> v<x> M<M>" },
		{ 27,
		  { "--illegal-native-access", "x" },
		  "class: V<--illegal-native-access> M<x>" },
		{ 28,
		  { "--illegal-native-access", "-Dx", "--illegal-native-access", "allow", "x" },
		  "class: L<--illegal-native-access> V<-Dx> L<--illegal-native-access> v<allow> "
		  "M<x>" },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void argfiles_are_expanded_until_the_main_class(void **state)
{
	static const struct line_case cases[] = {
		{ 17, { "@main", "@cp" }, "class: V<-Dx=1> L<-cp> v<.> M<M> p<a> p<b> p<@cp>" },
		{ 17, { "-cp", "@cp", "M", "@cp" }, "class: L<-cp> v<.> M<M> p<@cp>" },
		{ 17, { "-jar", "@jar", "@main" }, "jar: L<-jar> M<t.jar> p<@main>" },
		{ 17, { "-m", "@cp" }, "module: L<-m> M<.>" },
		{ 17,
		  { "@opts", "@opts", "M", "@opts" },
		  "class: V<-Dx=q> L<-cp> v<.> V<-Dx=q> L<-cp> v<.> M<M> p<@opts>" },
		{ 17, { "@nested" }, "class: V<-Da=b> M<@opts> p<M>" },
		{ 17, { "@empty", "M" }, "class: M<M>" },
		{ 17, { "@empty" }, "none prints:" },
		{ 17, { "@@x" }, "class: M<@x>" },
		{ 17, { "-cp", "@@x", "M" }, "class: L<-cp> v<@x> M<M>" },
		{ 17, { "-cp", ".", "@", "a" }, "class: L<-cp> v<.> M<@> p<a>" },
		{ 25, { "--disable-@files", "@main" }, "class: L<--disable-@files> M<@main>" },
		{ 25, { "@cp", "@nope" }, "class: M<.> p<@nope>" },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void source_files_are_seen(void **state)
{
	static const struct line_case cases[] = {
		{ 17, { "Hello.java", "-Dx=1" }, "source: M<Hello.java> p<-Dx=1>" },
		{ 17, { "-cp", ".", "Hello.java" }, "source: L<-cp> v<.> M<Hello.java>" },
		{ 17, { "Other.java" }, "class: M<Other.java>" },
		{ 17, { "-jar", "Hello.java" }, "jar: L<-jar> M<Hello.java>" },
		{ 17, { "--source", "17", "hello" }, "source: L<--source> v<17> M<hello>" },
		{ 17, { "--source=17", "hello" }, "source: L<--source=17> M<hello>" },
		{ 17, { "--source 17", "hello", "q" }, "source: L<--source> v<17> M<hello> p<q>" },
		{ 17,
		  { "--source 17 -Dx=1 @opts", "hello" },
		  "source: L<--source> v<17> V<-Dx=1> V<-Dx=q> L<-cp> v<.> M<hello>" },
		{ 17,
		  { "--source=17 -Dx=3", "hello" },
		  "source: L<--source=17> V<-Dx=3> M<hello>" },
		{ 17, { "M", "--source 17" }, "class: M<M> p<--source 17>" },
		{ 9, { "--source 17", "M" }, "class: V<--source 17> M<M>" },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void what_only_prints_is_known(void **state)
{
	static const struct line_case cases[] = {
		{ 17, { NULL }, "none prints:" },
		{ 17, { "-version", "M" }, "none prints: L<-version> p<M>" },
		{ 17,
		  { "-jar", "-version", "t.jar" },
		  "none prints: L<-jar> L<-version> p<t.jar>" },
		{ 17, { "-Dx", "--version" }, "none prints: V<-Dx> L<--version>" },
		{ 17, { "-h" }, "none prints: L<-h>" },
		{ 17, { "-?" }, "none prints: L<-?>" },
		{ 17, { "-X" }, "none prints: L<-X>" },
		{ 17, { "--help-extra" }, "none prints: L<--help-extra>" },
		{ 17, { "-fullversion", "M" }, "none prints: L<-fullversion> p<M>" },
		{ 17, { "--list-modules", "M" }, "class prints: L<--list-modules> M<M>" },
		{ 17, { "-d", "java.base", "M" }, "class prints: L<-d> v<java.base> M<M>" },
		{ 17,
		  { "--describe-module=java.base" },
		  "none prints: L<--describe-module=java.base>" },
		{ 17, { "--validate-modules", "M" }, "class prints: L<--validate-modules> M<M>" },
		{ 17, { "-cp", "." }, "none prints: L<-cp> v<.>" },
		{ 17, { "-XX:+PrintFlagsFinal" }, "none prints: V<-XX:+PrintFlagsFinal>" },
		{ 17, { "-showversion", "M" }, "class: L<-showversion> M<M>" },
		{ 17, { "--dry-run", "M" }, "class: L<--dry-run> M<M>" },
		{ 17, { "M", "-version" }, "class: M<M> p<-version>" },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void what_java_refuses_is_left_to_java(void **state)
{
	static const struct line_case cases[] = {
		{ 17, { "-cp" }, NULL },
		{ 8, { "-cp" }, NULL },
		{ 17, { "-jar" }, NULL },
		{ 17, { "-m" }, NULL },
		{ 17, { "--source" }, NULL },
		{ 17, { "-cp", "-Dx=1", "M" }, NULL },
		{ 17, { "-p", "", "M" }, NULL },
		{ 17, { "-m", "", "M" }, NULL },
		{ 17, { "--module=", "a" }, NULL },
		{ 17, { "@nope", "M" }, NULL },
		{ 17, { "@/", "M" }, NULL },
	};

	check_lines(cases, ARRAY_SIZE(cases));
}

static void the_quick_look_needs_no_file(void **state)
{
	static const struct {
		const char *argv[WORDS];
		bool prints;
	} cases[] = {
		{ { NULL }, true },
		{ { "-version" }, true },
		{ { "-cp", ".", "--version" }, true },
		{ { "-jar" }, true },
		{ { "--list-modules", "M" }, true },
		{ { "-d", "java.base" }, true },
		{ { "-Xmx1g" }, true },
		{ { "M" }, false },
		{ { "" }, false },
		{ { "@" }, false },
		{ { "@f" }, false },
		{ { "-cp", "@f" }, false },
		{ { "-version", "@f" }, true },
		{ { "-m", "m/M" }, false },
		{ { "--module=m/M" }, false },
		{ { "--source 17 M.java" }, false },
		{ { "--finalization", "x", "-version" }, false },
		{ { "-showversion", "M" }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(cmdline_is_print_only((char *const *)cases[i].argv),
				 cases[i].prints);
}

static void a_word_knows_where_it_stands(void **state)
{
	char *const argv[] = { (char *)"-ea", (char *)"@opts", (char *)"-jar",
			       (char *)"-ea", (char *)"t.jar", NULL };
	struct cmdline c;

	assert_int_equal(cmdline_parse(argv, 17, &c, NULL), 0);
	assert_int_equal(c.n, 7);
	assert_null(c.args[0].file);
	assert_string_equal(c.args[2].text, "-cp");
	assert_string_equal(c.args[2].file, "opts");
	assert_int_equal(c.args[2].line, 3);
	assert_int_equal(c.args[2].index, 1);
	assert_int_equal(c.args[4].index, 2);
	assert_null(c.args[4].file);
	assert_int_equal(c.main, 6);
	assert_int_equal(c.main_option, 4);
	assert_string_equal(c.files[0], "opts");
	assert_null(c.files[1]);
	assert_false(c.consumed);
	cmdline_done(&c);
}

static void the_environment_goes_before_the_command_line(void **state)
{
	static const struct {
		unsigned feature;
		const char *env;
		const char *argv[WORDS];
		const char *expected, *expected_env;
	} cases[] = {
		{ 17, "-Dx=1 '-Dy=a b'", { "M" }, "class: M<M>", " V<-Dx=1> V<-Dy=a b>" },
		{ 17, "-cp", { ".", "M" }, "class: v<.> M<M>", " L<-cp>" },
		{ 17, "-cp @cp", { "M" }, "class: M<M>", " L<-cp> v<.>" },
		{ 17, "-cp \"@@x\"", { "M" }, "class: M<M>", " L<-cp> v<@x>" },
		{ 25, "--disable-@files", { "@main" }, "class: M<@main>", " L<--disable-@files>" },
		{ 17, "--list-modules", { "M" }, "class prints: M<M>", " L<--list-modules>" },
		{ 17, "--source 17", { "hello" }, "source: M<hello>", " L<--source> v<17>" },
		{ 17, "-p mods", { "-m", "mm/p.M" }, "module: L<-m> M<mm/p.M>", " L<-p> v<mods>" },
		{ 17, " ", { "M" }, "class: M<M>", "" },
		{ 8, "-Dx='", { "M" }, "class: M<M>", "" },
		{ 17, "@main", { "M" }, NULL, NULL },
		{ 17, "\"\"", { "M" }, NULL, NULL },
		{ 17, "-Dx=1\\ 2", { "M" }, NULL, NULL },
		{ 17, "-Dx=\"a", { "M" }, NULL, NULL },
		{ 17, "-jar", { "t.jar" }, NULL, NULL },
		{ 17, "--module=mm/p.M", { NULL }, NULL, NULL },
		{ 17, "-version", { "M" }, NULL, NULL },
		{ 17, "--dry-run", { "M" }, NULL, NULL },
		{ 17, "@opts @nope", { "M" }, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT, env = STRBUF_INIT;
		struct cmdline c = { 0 };
		struct err err;
		int r = cmdline_parse_env(cases[i].env, (char *const *)cases[i].argv,
					  cases[i].feature, &c, &err);

		assert_int_equal(r, cases[i].expected ? 0 : X_CMDLINE_JAVA_REFUSES);
		if (r)
			continue;
		show(&c, &out);
		for (size_t k = 0; k < c.n_env; k++)
			strbuf_printf(&env, " %c<%s>", role_letters[c.env[k].role], c.env[k].text);
		assert_string_equal(strbuf_str(&out), cases[i].expected);
		assert_string_equal(strbuf_str(&env), cases[i].expected_env);
		cmdline_done(&c);
	}
}

static void the_words_can_be_given_to_java_again(void **state)
{
	static const char *const argv[] = { "-cp", "@@x", "@opts", "@@M", "@a", "@", NULL };
	_cleanup_strv_ struct strv words = STRV_INIT;
	_cleanup_strbuf_ struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	struct cmdline c;

	assert_int_equal(cmdline_parse((char *const *)argv, 17, &c, NULL), 0);
	show(&c, &first);
	for (size_t i = 0; i < c.n; i++)
		strv_take(&words, cmdline_word(&c, i, 17));
	cmdline_done(&c);
	assert_int_equal(words.err, 0);
	assert_string_equal(words.v[1], "@@x");
	assert_int_equal(cmdline_parse(strv_argv(&words), 17, &c, NULL), 0);
	show(&c, &second);
	cmdline_done(&c);
	assert_string_equal(strbuf_str(&second), strbuf_str(&first));
}

static void a_word_needs_no_second_at_where_nothing_is_expanded(void **state)
{
	static const char *const argv[] = { "--disable-@files", "@M", NULL };
	static const unsigned features[] = { 8, 25 };

	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		_cleanup_free_ char *word = NULL;
		struct cmdline c;

		assert_int_equal(cmdline_parse((char *const *)argv, features[i], &c, NULL), 0);
		word = cmdline_word(&c, 1, features[i]);
		assert_string_equal(word, "@M");
		cmdline_done(&c);
	}
}

static void an_argfile_may_be_a_pipe(void **state)
{
	char name[64], *argv[] = { name, NULL };
	struct cmdline c;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "-cp . M", 7), 7);
	close(fds[1]);
	snprintf(name, sizeof(name), "@/proc/self/fd/%d", fds[0]);
	assert_int_equal(cmdline_parse(argv, 17, &c, NULL), 0);
	close(fds[0]);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.main_kind, MAIN_CLASS);
	assert_true(c.consumed);
	cmdline_done(&c);
}

static void ten_thousand_and_very_long_arguments_are_read_fast(void **state)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	_cleanup_free_ char *big = malloc(100001);
	struct timespec from, to;
	struct cmdline c;

	assert_non_null(big);
	memset(big, 'x', 100000);
	big[100000] = '\0';
	for (int i = 0; i < 10000; i++)
		strv_printf(&words, "-Dx%d=1", i);
	for (int i = 0; i < 20; i++)
		strv_printf(&words, "-D%s", big);
	strv_push(&words, "M");
	strv_push(&words, big);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	assert_int_equal(cmdline_parse(strv_argv(&words), 17, &c, NULL), 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_int_equal(c.n, 10022);
	assert_int_equal(c.main, 10020);
	assert_string_equal(c.args[10021].text, big);
	cmdline_done(&c);
	/* It takes about 5 ms; what is quadratic takes minutes. */
	assert_true(to.tv_sec - from.tv_sec < 2);
}

static void a_program_has_a_name_for_people(void **state)
{
	static const struct {
		const char *argv[WORDS];
		const char *name;
	} cases[] = {
		{ { "com.example.Main" }, "Main" },
		{ { "Main" }, "Main" },
		{ { "com/example/Main" }, "Main" },
		{ { "com.example.Main$Inner" }, "Main$Inner" },
		{ { "-jar", "/opt/app/server-1.2.jar" }, "server-1.2.jar" },
		{ { "-jar", "app.jar" }, "app.jar" },
		{ { "-m", "my.module/p.Main" }, "my.module" },
		{ { "--module=my.module" }, "my.module" },
		{ { "./Hello.java" }, "Hello.java" },
		{ { "-version" }, "java" },
		{ { NULL }, "java" },
		{ { "" }, "" },
		{ { "trailing." }, "trailing." },
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cmdline c;

		assert_int_equal(cmdline_parse((char *const *)cases[i].argv, 17, &c, NULL), 0);
		cmdline_app(&c, name, sizeof(name));
		assert_string_equal(name, cases[i].name);
		cmdline_app(&c, name, 3);
		assert_true(strlen(name) < 3);
		cmdline_done(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_told_from_values_and_the_main_class),
		cmocka_unit_test(releases_differ_in_what_they_take),
		cmocka_unit_test(argfiles_are_expanded_until_the_main_class),
		cmocka_unit_test(source_files_are_seen),
		cmocka_unit_test(what_only_prints_is_known),
		cmocka_unit_test(what_java_refuses_is_left_to_java),
		cmocka_unit_test(the_quick_look_needs_no_file),
		cmocka_unit_test(a_word_knows_where_it_stands),
		cmocka_unit_test(the_environment_goes_before_the_command_line),
		cmocka_unit_test(the_words_can_be_given_to_java_again),
		cmocka_unit_test(a_word_needs_no_second_at_where_nothing_is_expanded),
		cmocka_unit_test(an_argfile_may_be_a_pipe),
		cmocka_unit_test(ten_thousand_and_very_long_arguments_are_read_fast),
		cmocka_unit_test(a_program_has_a_name_for_people),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
