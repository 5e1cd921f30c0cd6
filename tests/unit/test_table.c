/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "tool/table.h"

static const struct table_column columns[] = {
	{ .title = "NAME" },
	{ .title = "SIZE", .right = true },
	{ .title = "WHAT", .cut = true },
};

static const struct table_style piped = { .terminal = false };
static const struct table_style wide = { .terminal = true, .width = 120 };

static void make(struct table *t)
{
	*t = (struct table){ .columns = columns, .n_columns = ARRAY_SIZE(columns) };
}

static void add(struct table *t, const char *name, const char *size, const char *what)
{
	table_cell(t, name);
	table_cell(t, size);
	table_cell(t, what);
}

static void assert_formatted(struct table *t, struct table_style style, const char *expected)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	table_format(t, style, &b);
	assert_int_equal(strbuf_error(&b), 0);
	assert_string_equal(strbuf_str(&b), expected);
}

static void piped_rows_have_tabs_and_no_titles(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "a", "12", "the first");
	add(&t, "long-name", "3", "");
	assert_formatted(&t, piped, "a\t12\tthe first\nlong-name\t3\t\n");
}

static void an_empty_table_is_nothing_in_a_pipe(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	assert_formatted(&t, piped, "");
}

static void a_terminal_gets_titles_and_aligned_columns(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "a", "12", "the first");
	add(&t, "long-name", "3", "the second");
	assert_formatted(&t, wide,
			 "NAME       SIZE  WHAT\n"
			 "a            12  the first\n"
			 "long-name     3  the second\n");
}

static void a_cell_cannot_break_its_row(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "a\tb", "1\n2", "c\rd");
	assert_formatted(&t, piped, "a b\t1 2\tc?d\n");
}

static void a_missing_cell_is_empty(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "a", NULL, "b");
	assert_formatted(&t, piped, "a\t\tb\n");
}

static void a_cell_cannot_drive_a_terminal(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "\033[2J",
	    "\xc2\x9b"
	    "1m",
	    "\xff\x7f");
	assert_formatted(&t, piped, "?[2J\t??1m\t??\n");
}

/* The longest line of a table whose WHAT is longer than any terminal. */
static size_t longest_line(unsigned width, const char *what)
{
	_cleanup_table_ struct table t;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct slice rest, line;
	size_t longest = 0;

	make(&t);
	add(&t, "name", "1", what);
	table_format(&t, (struct table_style){ .terminal = true, .width = width }, &b);
	assert_int_equal(strbuf_error(&b), 0);
	rest = (struct slice){ b.buf, b.len };
	while (slice_next_line(&rest, &line)) {
		size_t chars = 0;

		for (size_t i = 0; i < line.len; i++)
			chars += ((unsigned char)line.ptr[i] & 0xc0) != 0x80;
		longest = chars > longest ? chars : longest;
	}
	return longest;
}

static void a_long_text_is_cut_to_the_terminal(void **state)
{
	char text[300];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(longest_line(80, text), 80);
	assert_int_equal(longest_line(200, text), 200);
	assert_true(longest_line(1000, text) < 330);
}

static void a_narrow_terminal_leaves_some_of_the_text(void **state)
{
	assert_int_equal(longest_line(10, "0123456789012345678901234567890123456789"), 36);
}

static void a_spare_column_goes_before_the_text_is_cut_short(void **state)
{
	static const struct table_column spare[] = {
		{ .title = "ID" },
		{ .title = "TIME", .spare = true },
		{ .title = "WHAT", .cut = true },
	};
	_cleanup_table_ struct table t = { .columns = spare, .n_columns = ARRAY_SIZE(spare) };

	add(&t, "id", "12:34", "0123456789012345678901234");
	assert_formatted(&t, (struct table_style){ .terminal = true, .width = 36 },
			 "ID  TIME   WHAT\nid  12:34  0123456789012345678901234\n");
	assert_formatted(&t, (struct table_style){ .terminal = true, .width = 35 },
			 "ID  TIME   WHAT\nid  12:34  012345678901234567890...\n");
	assert_formatted(&t, (struct table_style){ .terminal = true, .width = 34 },
			 "ID  WHAT\nid  0123456789012345678901234\n");
	assert_formatted(&t, piped, "id\t12:34\t0123456789012345678901234\n");
}

static void a_cut_text_ends_in_dots_after_a_whole_character(void **state)
{
	_cleanup_table_ struct table t;

	make(&t);
	add(&t, "n", "1",
	    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
	    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
	    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
	    "\xc3\xa4\xc3\xb6\xc3\xbc");
	assert_formatted(&t, (struct table_style){ .terminal = true, .width = 36 },
			 "NAME  SIZE  WHAT\n"
			 "n        1  "
			 "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
			 "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
			 "\xc3\xa4\xc3\xb6\xc3\xbc...\n");
}

static void colours_come_only_when_asked_for(void **state)
{
	_cleanup_table_ struct table t;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct table_style colour = wide;

	make(&t);
	table_cell_colour(&t, TABLE_RED, "a");
	table_cell(&t, "1");
	table_cell(&t, "b");
	assert_formatted(&t, wide, "NAME  SIZE  WHAT\na        1  b\n");
	assert_formatted(&t, piped, "a\t1\tb\n");

	colour.colour = true;
	table_format(&t, colour, &b);
	assert_non_null(strstr(strbuf_str(&b), "\033[1;31ma\033[0m     "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(piped_rows_have_tabs_and_no_titles),
		cmocka_unit_test(an_empty_table_is_nothing_in_a_pipe),
		cmocka_unit_test(a_terminal_gets_titles_and_aligned_columns),
		cmocka_unit_test(a_cell_cannot_break_its_row),
		cmocka_unit_test(a_missing_cell_is_empty),
		cmocka_unit_test(a_cell_cannot_drive_a_terminal),
		cmocka_unit_test(a_long_text_is_cut_to_the_terminal),
		cmocka_unit_test(a_narrow_terminal_leaves_some_of_the_text),
		cmocka_unit_test(a_spare_column_goes_before_the_text_is_cut_short),
		cmocka_unit_test(a_cut_text_ends_in_dots_after_a_whole_character),
		cmocka_unit_test(colours_come_only_when_asked_for),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
