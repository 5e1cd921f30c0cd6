/* SPDX-License-Identifier: Apache-2.0 */
/* The words of an @argfile. Every case was given to java 17 and 25; the comments in mid-word also
 * to 26, 27 and 28. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "base/macro.h"
#include "base/strbuf.h"
#include "jvm/argfile.h"

static int show(void *arg, struct argfile_token t)
{
	struct strbuf *out = arg;

	strbuf_printf(out, "[%s]", t.text);
	free(t.text);
	return strbuf_error(out);
}

static int show_line(void *arg, struct argfile_token t)
{
	struct strbuf *out = arg;

	strbuf_printf(out, "%u:%s ", t.line, t.text);
	free(t.text);
	return strbuf_error(out);
}

static int stop_at_b(void *arg, struct argfile_token t)
{
	bool stop = t.text[0] == 'b';

	(*(unsigned *)arg)++;
	free(t.text);
	return stop ? -ECANCELED : 0;
}

static void words_are_cut_as_the_launcher_cuts_them(void **state)
{
	static const struct {
		struct slice text;
		const char *until_25;
		const char *from_26; /* NULL: the same */
	} cases[] = {
		{ SLICE_LIT(""), "", NULL },
		{ SLICE_LIT(" \n\t\r\f"), "", NULL },
		{ SLICE_LIT("M a\fb c"), "[M][a][b][c]", NULL },
		{ SLICE_LIT("M a\f\fb\f"), "[M][a][b]", NULL },
		{ SLICE_LIT("M a\vb"), "[M][a\vb]", NULL },
		{ SLICE_LIT("# c\n-cp . M\r\nx\ry"), "[-cp][.][M][x][y]", NULL },
		{ SLICE_LIT("M # c"), "[M]", NULL },
		{ SLICE_LIT("M #"), "[M]", NULL },
		{ SLICE_LIT("M \"a\" #x\nb"), "[M][a][b]", NULL },
		{ SLICE_LIT("M a#b c\nd"), "[M][d]", "[M][a][d]" },
		{ SLICE_LIT("M a#"), "[M]", "[M][a]" },
		{ SLICE_LIT("M \"a\"b#c\nd e"), "[M][ad][e]", "[M][ab][d][e]" },
		{ SLICE_LIT("M \"a\"#b\n\"c\" d"), "[M][ac][d]", NULL },
		{ SLICE_LIT("M \"a\"#b"), "[M]", NULL },
		{ SLICE_LIT("M \"a b#c\nd e"), "[M][a b#c][d][e]", NULL },
		{ SLICE_LIT("M \"\\#\""), "[M][#]", NULL },
		{ SLICE_LIT("M \"\""), "[M]", NULL },
		{ SLICE_LIT("M \"\" x"), "[M][][x]", NULL },
		{ SLICE_LIT("M \""), "[M]", NULL },
		{ SLICE_LIT("M \"\n"), "[M][]", NULL },
		{ SLICE_LIT("M \"a\" \""), "[M][a]", NULL },
		{ SLICE_LIT("M \"abc"), "[M][abc]", NULL },
		{ SLICE_LIT("M x\"a"), "[M][xa]", NULL },
		{ SLICE_LIT("M a''b \\'\\'"), "[M][ab][\\']", NULL },
		{ SLICE_LIT("M \"a'b\" 'a\"b'"), "[M][a'b][a\"b]", NULL },
		{ SLICE_LIT("M 'a\nb' c"), "[M][a][b c]", NULL },
		{ SLICE_LIT("M \"a\n b c\" d"), "[M][a][b][c d]", NULL },
		{ SLICE_LIT("M \"a\fb\""), "[M][a\fb]", NULL },
		{ SLICE_LIT("M 'a\\tb' c\\td"), "[M][a\tb][c\\td]", NULL },
		{ SLICE_LIT("M \"a\\qb\\\\\""), "[M][aqb\\]", NULL },
		{ SLICE_LIT("M \"\\n\\r\\f\""), "[M][\n\r\f]", NULL },
		{ SLICE_LIT("M \"a\\\n   b\" c"), "[M][ab][c]", NULL },
		{ SLICE_LIT("M \"a\\\r\n  b\""), "[M][ab]", NULL },
		{ SLICE_LIT("M \"a\\\n\n\n b\" d"), "[M][ab][d]", NULL },
		{ SLICE_LIT("M \"a\\\n# b\" d"), "[M][a# b][d]", NULL },
		{ SLICE_LIT("M \"a\\\n\" d"), "[M][a][d]", NULL },
		{ SLICE_LIT("M \"abc\\"), "[M]", NULL },
		{ SLICE_LIT("M \"a\\\n"), "[M]", NULL },
		{ SLICE_LIT("M abc\\"), "[M][abc\\]", NULL },
		{ SLICE_LIT("M @x \"@y\""), "[M][@x][@y]", NULL },
		{ SLICE_LIT("M a\0b c"), "[M][a][c]", NULL },
		{ SLICE_LIT("\xff\xfe \xc3"), "[\xff\xfe][\xc3]", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *newer = cases[i].from_26 ? cases[i].from_26 : cases[i].until_25;
		static const unsigned features[] = { 11, 17, 25, 26, 28, 0 };

		for (size_t k = 0; k < ARRAY_SIZE(features); k++) {
			_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
			bool old = features[k] && features[k] <= 25;

			assert_int_equal(argfile_parse(cases[i].text, features[k], show, &out), 0);
			assert_string_equal(strbuf_str(&out), old ? cases[i].until_25 : newer);
		}
	}
}

static void a_word_knows_the_line_it_starts_in(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	assert_int_equal(
		argfile_parse(SLICE_LIT("a\n# x\n\nb \"c\\\n  d\" e\r\nf"), 17, show_line, &out),
		0);
	assert_string_equal(strbuf_str(&out), "1:a 4:b 4:cd 5:e 6:f ");
}

static void a_negative_result_of_the_callback_ends_it(void **state)
{
	unsigned n = 0;

	assert_int_equal(argfile_parse(SLICE_LIT("a b c"), 17, stop_at_b, &n), -ECANCELED);
	assert_int_equal(n, 2);
}

static void a_long_word_is_kept_whole(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_putc(&text, '"');
	for (int i = 0; i < 100000; i++)
		strbuf_puts(&text, "x\\\\");
	strbuf_putc(&text, '"');
	assert_int_equal(argfile_parse((struct slice){ text.buf, text.len }, 17, show, &out), 0);
	assert_int_equal(out.len, 200002);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_as_the_launcher_cuts_them),
		cmocka_unit_test(a_word_knows_the_line_it_starts_in),
		cmocka_unit_test(a_negative_result_of_the_callback_ends_it),
		cmocka_unit_test(a_long_word_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
