/* SPDX-License-Identifier: Apache-2.0 */
/* Which word of a line a JVM has refused: one line each, and what is said of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/macro.h"
#include "jvm/refusal.h"

static bool there(const char *path)
{
	return !strcmp(path, "app.jar") || !strcmp(path, "/agents/a.so");
}

static const struct {
	const char *args[6];
	const char *env;
	const char *says; /* NULL: nothing */
} cases[] = {
	{ { "-Xmx1g", "-XX:+UseG1GC", "-ea", "-Dx=y", "Main" }, NULL, NULL },
	{ { "-XX:+NoSuchFlag", "Main" },
	  NULL,
	  "-XX:+NoSuchFlag (command line), which this JVM does not know" },
	{ { "-XX:NoSuchFlag=5", "Main" },
	  NULL,
	  "-XX:NoSuchFlag=5 (command line), which this JVM does not know" },
	{ { "Main" },
	  "JAVA_TOOL_OPTIONS=-XX:-NoSuchFlag",
	  "-XX:-NoSuchFlag (JAVA_TOOL_OPTIONS), which this JVM does not know" },
	{ { "-XX:+NoSuchFlag", "-XX:+IgnoreUnrecognizedVMOptions", "Main" }, NULL, NULL },
	{ { "-XX:HeapDumpGzipLevel=12", "Main" },
	  NULL,
	  "-XX:HeapDumpGzipLevel=12 (command line), which is out of its range" },
	{ { "-XX:HeapDumpGzipLevel=much", "Main" },
	  NULL,
	  "-XX:HeapDumpGzipLevel=much (command line), which takes a whole number" },
	{ { "-XX:ExitOnOutOfMemoryError=1", "Main" },
	  NULL,
	  "-XX:ExitOnOutOfMemoryError=1 (command line), which is a switch (+ or -) and takes no "
	  "value" },
	{ { "-Xmx12q", "Main" }, NULL, "-Xmx12q (command line), which is no size" },
	{ { "-Xss1x", "Main" }, NULL, "-Xss1x, which is no size" },
	{ { "-Xfoo", "Main" }, NULL, "-Xfoo, which no JVM knows" },
	{ { "--no-such-option", "Main" }, NULL, "--no-such-option, which no JVM knows" },
	{ { "-Xlog:gc", "-Xrs", "-verbose:gc", "-javaagent:x.jar", "Main" }, NULL, NULL },
	{ { "-XX:+UseSerialGC", "-XX:+UseZGC", "Main" },
	  NULL,
	  "-XX:+UseSerialGC and -XX:+UseZGC, of which only one can be" },
	{ { "-agentpath:/agents/a.so=x,y", "Main" }, NULL, NULL },
	{ { "-agentpath:/agents/b.so=x", "Main" },
	  NULL,
	  "-agentpath:/agents/b.so=x, whose library is not there" },
	{ { "-jar", "app.jar", "-Xfoo" }, NULL, NULL },
	{ { "-jar", "gone.jar" }, NULL, "gone.jar, a jar that is not there" },
};

static void the_word_that_was_refused_is_named(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jdk jdk = { .kind = JVM_HOTSPOT,
				   .observed = true,
				   .version = { .feature = 17 } };
		const char *names[] = { "UseG1GC", "UseSerialGC", "UseZGC" };
		unsigned char found[] = { 2, 2, 2 };
		struct strv env = STRV_INIT;
		struct java_line line = { 0 };
		struct err err = { 0 };
		char text[256];
		struct strbuf b = STRBUF_FIXED(text);

		jdk.searched = (char **)(uintptr_t)names;
		jdk.found = found;
		jdk.n_searched = ARRAY_SIZE(names);
		strv_push(&env, cases[i].env ? cases[i].env : "A=b");
		assert_int_equal(
			java_line_read((char **)(uintptr_t)cases[i].args, &env, &jdk, &line, &err),
			0);
		if (refusal_find(&line, &jdk, there, &b) != (cases[i].says != NULL) ||
		    (cases[i].says && strcmp(cases[i].says, strbuf_str(&b)) != 0))
			fail_msg("%s: %s", cases[i].args[0], strbuf_str(&b));
		java_line_done(&line);
		strv_done(&env);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_that_was_refused_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
