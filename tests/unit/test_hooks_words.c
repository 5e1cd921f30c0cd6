/* SPDX-License-Identifier: Apache-2.0 */
/* The words of run: a shell's quotes, our names, nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/macro.h"
#include "hooks/words.h"

static struct strv env;

static const struct words_in in = {
	.pid = "42",
	.host = "db1",
	.incident = "i d",
	.started = 1795317302123999999ULL,
	.env = &env,
};

static void texts_and_their_words(void **state)
{
	/* Words as they are joined by |; NULL: refused. */
	static const struct {
		const char *run, *words;
	} cases[] = {
		{ "a", "a" },
		{ "  a  b\t\nc ", "a|b|c" },
		{ "", NULL },
		{ " \t", NULL },
		{ "''", "" },
		{ "a '' \"\" b", "a|||b" },
		{ "'a b'\"c d\"e", "a bc de" },
		{ "'a\\b' \"a\\b\" a\\b", "a\\b|a\\b|ab" },
		{ "\"\\\" \\\\ \\$ \\`\"", "\" \\ $ `" },
		{ "a\\ b \\'c \\\"d", "a b|'c|\"d" },
		{ "'it'\\''s'", "it's" },
		{ "'open", NULL },
		{ "a \"open", NULL },
		{ "a \"open\\\"", NULL },
		{ "end\\", NULL },
		{ "kill -9 %p", "kill|-9|42" },
		{ "%p%p '%p' \"%p\"", "4242|42|42" },
		{ "%h %i %t", "db1|i d|20261122T031502Z" },
		{ "100%% %%p %s % %", "100%|%p|%s|%|%" },
		{ "${A} ${B}", "x y|'\"; rm" },
		{ "\"${A}\" '${A}' \\${A}", "x y|${A}|${A}" },
		{ "${NONE} ${} ${A $A $(A) `A`", "|${}|${A|$A|$(A)|`A`" },
		{ "a;b|c >d *", "a;b|c|>d|*" },
		{ "\xff\xc3\xa9", "\xff\xc3\xa9" },
	};

	strv_push(&env, "A=x y");
	strv_push(&env, "B='\"; rm");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf joined = STRBUF_INIT;
		_cleanup_strv_ struct strv words = STRV_INIT;
		int r = words_split(cases[i].run, &in, &words);

		if (r != (cases[i].words ? 0 : -EINVAL))
			fail_msg("<%s>: %d", cases[i].run, r);
		if (!cases[i].words)
			continue;
		for (size_t w = 0; w < words.n; w++)
			strbuf_printf(&joined, "%s%s", w ? "|" : "", words.v[w]);
		assert_string_equal(strbuf_str(&joined), cases[i].words);
	}
	strv_done(&env);
}

static void a_shell_gets_its_own_text(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	words_expand("echo '%p' \"${A}\" | tr a b # %% %s %", &in, &out);
	assert_string_equal(strbuf_str(&out), "echo '42' \"${A}\" | tr a b # % %s %");
}

static void what_is_not_known_is_empty(void **state)
{
	static const struct words_in nothing;
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	_cleanup_strv_ struct strv words = STRV_INIT;

	words_expand("<%p%h%i%t>", &nothing, &out);
	assert_string_equal(strbuf_str(&out), "<>");
	assert_int_equal(words_split("%i ${A}", &nothing, &words), 0);
	assert_int_equal(words.n, 2);
	assert_string_equal(words.v[0], "");
	assert_string_equal(words.v[1], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_and_their_words),
		cmocka_unit_test(a_shell_gets_its_own_text),
		cmocka_unit_test(what_is_not_known_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
