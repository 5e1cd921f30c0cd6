/* SPDX-License-Identifier: Apache-2.0 */
/* What is a character, what may drive a terminal, where a text may be cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/macro.h"
#include "base/utf8.h"

static void only_the_shortest_legal_form_is_a_character(void **state)
{
	static const struct {
		const char *bytes;
		size_t chars, printable;
	} cases[] = {
		{ "", 0, 0 },
		{ "a", 1, 1 },
		{ "\x1b", 1, 0 },
		{ "\x7f", 1, 0 },
		{ "\xc3\xa4", 2, 2 },
		{ "\xc2\x9b", 2, 0 }, /* CSI */
		{ "\xc2\xa0", 2, 2 },
		{ "\xe2\x82\xac", 3, 3 },
		{ "\xf0\x9f\x92\xa5", 4, 4 },
		{ "\xf4\x8f\xbf\xbf", 4, 4 },
		{ "\x80", 0, 0 },     /* a stray second byte */
		{ "\xc0\xaf", 0, 0 }, /* overlong */
		{ "\xe0\x80\xaf", 0, 0 },
		{ "\xf0\x80\x80\xaf", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },     /* a surrogate */
		{ "\xf4\x90\x80\x80", 0, 0 }, /* past the last */
		{ "\xe2\x82", 0, 0 },	      /* cut */
		{ "\xe2\x82x", 0, 0 },
		{ "\xff", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(utf8_char(slice_of(cases[i].bytes)), cases[i].chars);
		assert_int_equal(utf8_printable(slice_of(cases[i].bytes)), cases[i].printable);
	}
}

static void a_cut_character_at_the_end_goes(void **state)
{
	struct slice euro = SLICE_LIT("a\xe2\x82\xac");

	assert_int_equal(utf8_whole(euro), 4);
	euro.len = 3;
	assert_int_equal(utf8_whole(euro), 1);
	euro.len = 2;
	assert_int_equal(utf8_whole(euro), 1);
	assert_int_equal(utf8_whole(SLICE_LIT("")), 0);
	assert_int_equal(utf8_whole(SLICE_LIT("\x80\x80\x80\x80")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_shortest_legal_form_is_a_character),
		cmocka_unit_test(a_cut_character_at_the_end_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
