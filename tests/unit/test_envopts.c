/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the environment variables and option files of Java. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/macro.h"
#include "jvm/envopts.h"

/* The words, each in [], so that a case is one line. */
static void show(const struct strv *words, struct strbuf *out)
{
	for (size_t i = 0; i < words->n; i++)
		strbuf_printf(out, "[%s]", words->v[i]);
}

static void words_are_cut_as_java_cuts_them(void **state)
{
	static const struct {
		const char *value, *words;
	} cases[] = {
		{ "", "" },
		{ " \t\n", "" },
		{ "-Xmx1g", "[-Xmx1g]" },
		{ "-Dx=1 '-Dy=a b'", "[-Dx=1][-Dy=a b]" },
		{ "-Dx=a\"b c\"d'e'", "[-Dx=ab cde]" },
		{ "-Dx=1\n-Dy=2\r\n\v-Dz=3\f", "[-Dx=1][-Dy=2][-Dz=3]" },
		{ "-Dx=1\\ 2", "[-Dx=1\\][2]" },
		{ "-Dx=\\\"a b\\\"", "[-Dx=\\a b\\]" },
		{ "\"\" ''", "[][]" },
		{ "\"it's\"", "[it's]" },
		{ "a#b # c", "[a#b][#][c]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strv_ struct strv words = STRV_INIT;
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(envopts_split(slice_of(cases[i].value), &words), 0);
		show(&words, &out);
		assert_string_equal(strbuf_str(&out), cases[i].words);
	}
}

static void an_unmatched_quote_is_told_and_nothing_is_added(void **state)
{
	static const char *const cases[] = { "\"", "'", "-Da=1 -Db=\"x", "a'b\"c" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strv_ struct strv words = STRV_INIT;

		assert_int_equal(envopts_split(slice_of(cases[i]), &words), X_ENVOPTS_UNMATCHED);
		assert_int_equal(words.n, 0);
	}
}

static void joined_words_are_split_again(void **state)
{
	static const char *const cases[] = { "-Xmx1g", "",   "a b",  "it's", "say \"x\"", "'\"'\"",
					     "\"'",    "\\", "\t\n", "a'",   "\"",	  "#@" };
	_cleanup_strv_ struct strv words = STRV_INIT, again = STRV_INIT;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		strv_push(&words, cases[i]);
	assert_int_equal(envopts_join(&words, &text), 0);
	assert_int_equal(envopts_split(slice_of(strbuf_str(&text)), &again), 0);
	assert_int_equal(again.n, words.n);
	for (size_t i = 0; i < words.n; i++)
		assert_string_equal(again.v[i], words.v[i]);
}

static void a_harmless_word_is_joined_as_it_is(void **state)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strv_push(&words, "-XX:+ExitOnOutOfMemoryError");
	strv_push(&words, "-Dx=a b");
	assert_int_equal(envopts_join(&words, &text), 0);
	assert_string_equal(strbuf_str(&text), "-XX:+ExitOnOutOfMemoryError \"-Dx=a b\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_as_java_cuts_them),
		cmocka_unit_test(an_unmatched_quote_is_told_and_nothing_is_added),
		cmocka_unit_test(joined_words_are_split_again),
		cmocka_unit_test(a_harmless_word_is_joined_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
