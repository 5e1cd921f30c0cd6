/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed text: comparing, searching and cutting, also of nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/slice.h"
#include "base/macro.h"

static const struct slice nothing;

static void empty_and_null_are_the_same(void **state)
{
	struct slice piece, rest = nothing;

	assert_true(slice_eq(nothing, ""));
	assert_true(slice_ieq(nothing, ""));
	assert_true(slice_starts(nothing, ""));
	assert_true(slice_ends(nothing, ""));
	assert_false(slice_starts(nothing, "a"));
	assert_int_equal(slice_find(nothing, 'a'), -1);
	assert_null(slice_search(nothing, "a").ptr);
	assert_false(slice_next(&rest, ',', &piece));
	assert_int_equal(slice_skip(slice_trim(nothing), 3).len, 0);
	assert_int_equal(slice_of(NULL).len, 0);
}

static void comparing(void **state)
{
	struct slice s = SLICE_LIT("HeapDump");

	assert_true(slice_eq(s, "HeapDump"));
	assert_false(slice_eq(s, "Heap"));
	assert_true(slice_ieq(s, "heapdump"));
	assert_true(slice_starts(s, "Heap"));
	assert_false(slice_starts(s, "HeapDumpPath"));
	assert_true(slice_ends(s, "Dump"));
	assert_false(slice_ends(s, "dump"));
	assert_int_equal(slice_find(s, 'D'), 4);
	assert_true(slice_eq(slice_search(s, "Du"), "Dump"));
	assert_null(slice_search(s, "du").ptr);
}

static void trimming_takes_both_ends_only(void **state)
{
	assert_true(slice_eq(slice_trim(SLICE_LIT(" \t a b\r\n")), "a b"));
	assert_int_equal(slice_trim(SLICE_LIT(" \r\n")).len, 0);
}

static void pieces_between_separators(void **state)
{
	static const struct {
		const char *text, *pieces[4];
		size_t n;
	} cases[] = {
		{ "", { 0 }, 0 },
		{ "a", { "a" }, 1 },
		{ "a,b", { "a", "b" }, 2 },
		{ ",a", { "", "a" }, 2 },
		{ "a,,b", { "a", "", "b" }, 3 },
		{ "a,", { "a" }, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slice rest = slice_of(cases[i].text), piece;
		size_t n = 0;

		while (slice_next(&rest, ',', &piece)) {
			assert_true(n < cases[i].n);
			assert_true(slice_eq(piece, cases[i].pieces[n++]));
		}
		assert_int_equal(n, cases[i].n);
	}
}

static void lines_end_in_lf_or_cr_lf(void **state)
{
	struct slice rest = SLICE_LIT("one\r\n\ntwo\rx\nlast"), line;
	static const char *const lines[] = { "one", "", "two\rx", "last" };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_true(slice_next_line(&rest, &line));
		assert_true(slice_eq(line, lines[i]));
	}
	assert_false(slice_next_line(&rest, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_and_null_are_the_same),
		cmocka_unit_test(comparing),
		cmocka_unit_test(trimming_takes_both_ends_only),
		cmocka_unit_test(pieces_between_separators),
		cmocka_unit_test(lines_end_in_lf_or_cr_lf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
