/* SPDX-License-Identifier: Apache-2.0 */
/* Building text: growing, the fixed mode, the first error, and how people read sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "base/strbuf.h"

static void appends_become_one_text(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	assert_string_equal(strbuf_str(&b), "");
	strbuf_puts(&b, "a");
	strbuf_putc(&b, 'b');
	strbuf_slice(&b, SLICE_LIT("cd"));
	strbuf_printf(&b, "%d-%s", 5, "e");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&b, "%04d", i);
	assert_int_equal(strbuf_error(&b), 0);
	assert_int_equal(b.len, 7 + 4000);
	assert_memory_equal(b.buf, "abcd5-e00000001", 15);
	assert_string_equal(b.buf + b.len - 4, "0999");
}

static void a_fixed_one_keeps_what_fitted(void **state)
{
	char array[8];
	struct strbuf b = STRBUF_FIXED(array);

	assert_string_equal(strbuf_str(&b), "");
	strbuf_puts(&b, "1234567");
	assert_int_equal(strbuf_error(&b), 0);
	strbuf_putc(&b, '8');
	assert_int_equal(strbuf_error(&b), -E2BIG);
	assert_string_equal(strbuf_str(&b), "1234567");
	strbuf_reset(&b);
	strbuf_printf(&b, "%s", "abcdefghij");
	assert_int_equal(strbuf_error(&b), -E2BIG);
	assert_string_equal(strbuf_str(&b), "abcdefg");
	strbuf_reset(&b);
	strbuf_add(&b, "abcdefghij", 10);
	assert_string_equal(strbuf_str(&b), "abcdefg");
	strbuf_puts(&b, "x");
	assert_string_equal(strbuf_str(&b), "abcdefg");
	assert_null(strbuf_steal(&b));
}

static void the_first_error_stays(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, "kept");
	assert_false(strbuf_reserve(&b, SIZE_MAX - 2));
	strbuf_puts(&b, "lost");
	assert_int_equal(strbuf_error(&b), -ENOMEM);
	assert_string_equal(strbuf_str(&b), "kept");
	assert_null(strbuf_steal(&b));
	assert_int_equal(strbuf_error(&b), 0);
}

static void a_stolen_text_is_never_null_for_nothing(void **state)
{
	struct strbuf b = STRBUF_INIT;
	char *text = strbuf_steal(&b);

	assert_string_equal(text, "");
	free(text);
}

static void a_shell_word_can_be_pasted(void **state)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{ "", "''" },
		{ "-XX:+Use.G1=1,2", "-XX:+Use.G1=1,2" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "$HOME*", "'$HOME*'" },
		{ "~", "'~'" },
		{ "\xc3\xa4", "'\xc3\xa4'" },
		{ "a\nb", "'a'$'\\x0a''b'" },
		{ "\x01"
		  "2",
		  "$'\\x01''2'" },
		{ "\xff\xfe", "$'\\xff\\xfe'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		strbuf_shell(&b, cases[i].text);
		assert_string_equal(strbuf_str(&b), cases[i].word);
	}
}

static void sizes_as_people_read_them(void **state)
{
	static const struct {
		unsigned long long bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" },
		{ 7, "7 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 12 * 1024 + 50, "12 KiB" },
		{ 1536ULL << 20, "1.5 GiB" },
		{ UINT64_MAX, "15.9 EiB" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char array[32];
		struct strbuf b = STRBUF_FIXED(array);

		strbuf_size(&b, cases[i].bytes);
		assert_string_equal(strbuf_str(&b), cases[i].text);
	}
}

static void durations_have_two_units_at_most(void **state)
{
	static const struct {
		unsigned long long ms;
		const char *text;
	} cases[] = {
		{ 0, "0 ms" },		 { 15, "15 ms" },	 { 999, "999 ms" },
		{ 1000, "1 s" },	 { 3250, "3.2 s" },	 { 59999, "59.9 s" },
		{ 60000, "1 min" },	 { 63000, "1 min 3 s" }, { 4320000, "1 h 12 min" },
		{ 90061000, "1 d 1 h" }, { 86400000, "1 d" },
	};
	char array[32];
	struct strbuf b = STRBUF_FIXED(array);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strbuf_reset(&b);
		strbuf_duration(&b, cases[i].ms * 1000000);
		assert_string_equal(strbuf_str(&b), cases[i].text);
	}
	strbuf_reset(&b);
	strbuf_duration(&b, 250999);
	assert_string_equal(strbuf_str(&b), "250 us");
}

static void foreign_text_cannot_drive_a_terminal(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	const struct slice text = SLICE_LIT("one\ntwo\tthree\033]0;title\a\xff\n");

	strbuf_clean(&b, text, true);
	assert_string_equal(strbuf_str(&b), "one\ntwo\tthree?]0;title??\n");
	strbuf_reset(&b);
	strbuf_clean(&b, text, false);
	assert_string_equal(strbuf_str(&b), "one two three?]0;title?? ");
}

static void words_are_broken_into_lines(void **state)
{
	static const struct {
		const char *text;
		size_t at;
		const char *lines;
	} cases[] = {
		{ "", 2, "\n" },
		{ "one two", 2, "one two\n" },
		{ "one two six", 2, "one two\n> six\n" },
		{ "one  two   six", 2, "one two\n> six\n" },
		{ "one two six", 9, "one\n> two six\n" },
		{ "\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6 six", 2,
		  "\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\n> six\n" },
		{ "/a/path/that/is/long b", 2, "/a/path/that/is/long\n> b\n" },
	};
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strbuf_reset(&b);
		strbuf_wrap(&b, cases[i].text, cases[i].at, "> ", 10);
		assert_string_equal(strbuf_str(&b), cases[i].lines);
	}
}

static void a_text_is_cut_but_never_made_longer(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_cut(&b, 0);
	strbuf_puts(&b, "abc");
	strbuf_cut(&b, 5);
	assert_string_equal(strbuf_str(&b), "abc");
	strbuf_cut(&b, 1);
	assert_string_equal(b.buf, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_become_one_text),
		cmocka_unit_test(a_fixed_one_keeps_what_fitted),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(a_stolen_text_is_never_null_for_nothing),
		cmocka_unit_test(a_shell_word_can_be_pasted),
		cmocka_unit_test(sizes_as_people_read_them),
		cmocka_unit_test(durations_have_two_units_at_most),
		cmocka_unit_test(foreign_text_cannot_drive_a_terminal),
		cmocka_unit_test(words_are_broken_into_lines),
		cmocka_unit_test(a_text_is_cut_but_never_made_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
