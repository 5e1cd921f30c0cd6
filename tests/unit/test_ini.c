/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of a policy's text: what is an entry, where it stands, and what is a finding. Each case
 * is a text with the entries and findings it gives, one a line.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "policy/ini.h"

#define TEN    "0123456789"
#define FIFTY  TEN TEN TEN TEN TEN
#define TWO_H  FIFTY FIFTY FIFTY FIFTY
#define TWO_K  TWO_H TWO_H TWO_H TWO_H TWO_H TWO_H TWO_H TWO_H TWO_H TWO_H
#define FOUR_K TWO_K TWO_K TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	const char *text;
	const char *entries;  /* line:key_col:value_col [section] key=value, or [section] alone */
	const char *findings; /* what each one begins with */
} cases[] = {
	{ "", "", "" },
	{ "\n\n", "", "" },
	{ "[oom]\naction = exit\n", "1 [oom]\n2:1:10 [oom] action=exit\n", "" },
	{ "[oom]\naction=exit", "1 [oom]\n2:1:8 [oom] action=exit\n", "" },
	{ "a = b\n", "1:1:5 [] a=b\n", "" },
	{ "[ oom ]\n", "1 [oom]\n", "" },
	{ "[]\na = b\n", "", "1:1: []" },
	{ "[oom\na = b\n[crash]\nc = d\n", "3 [crash]\n4:1:5 [crash] c=d\n",
	  "1:1: [oom: the ']' is" },
	{ "[oom] action = exit\n", "", "1:6: [oom]: more text behind" },
	{ "[" FIFTY "]\na = b\n", "", "1:1: [" TEN TEN TEN TEN "...]: the name is too long" },
	/* Comments are lines; in a value the signs are ordinary. */
	{ "# x = y\n  ; x = y\n", "", "" },
	{ "a = x ; y # z\n", "1:1:5 [] a=x ; y # z\n", "" },
	{ "OnError = a ; b;c\n", "1:1:11 [] OnError=a ; b;c\n", "" },
	/* The first '=' divides. */
	{ "options = -XX:MaxRAMPercentage=75 -Da=b\n",
	  "1:1:11 [] options=-XX:MaxRAMPercentage=75 -Da=b\n", "" },
	{ "-XX:MaxRAMPercentage = 75\n", "", "1:4: '-XX:MaxRAMPercentage = 75': ':' where" },
	{ "key: value\n", "", "1:4: 'key: value': ':' where" },
	{ "a =\n", "1:1:4 [] a=\n", "" },
	{ "a = = b\n", "1:1:5 [] a== b\n", "" },
	{ "= b\n", "", "1:1: '= b': the key" },
	{ "  nonsense  \n", "", "1:3: 'nonsense': no section" },
	{ "a ;b = c\n", "", "1:1: 'a ;b = c': no section" },
	{ "x\ny\na = b\nz", "3:1:5 [] a=b\n", "1:1: 'x'|2:1: 'y'|4:1: 'z'" },
	/* Indentation means nothing, a backslash goes on. */
	{ "[s]\n\ta = 1\n    b = 2\n", "1 [s]\n2:2:6 [s] a=1\n3:5:9 [s] b=2\n", "" },
	{ "a = 1\\\n  2 \\\n3\nb = 4\n", "1:1:5 [] a=1 2 3\n4:1:5 [] b=4\n", "" },
	{ "a = 1 \\\r\n\t2\r\nb = 3\r\n", "1:1:5 [] a=1 2\n3:1:5 [] b=3\n", "" },
	{ "a = \\\n  b\n", "1:1:5 [] a=b\n", "" },
	{ "a = 1 \\", "1:1:5 [] a=1\n", "" },
	{ "# never \\\na = 1\n", "2:1:5 [] a=1\n", "" },
	{ "run = one\n  --two\n", "1:1:7 [] run=one\n", "2:3: '--two': no section" },
	/* Marks and bytes. */
	{ "\xef\xbb\xbf[oom]\r\naction = exit\r\n", "1 [oom]\n2:1:10 [oom] action=exit\n", "" },
	{ "a = \xff\xfe\n", "1:1:5 [] a=\xff\xfe\n", "" },
	/* Length: inih's own limit is 199. */
	{ "a = " TWO_H "\n", "1:1:5 [] a=" TWO_H "\n", "" },
	{ "a = " FOUR_K "\nb = 1\n", "2:1:5 [] b=1\n",
	  "1:1: 'a = " TEN TEN TEN "012345...': the line" },
	{ FIFTY FIFTY FIFTY " = 1\n", "", "1:1: '" TEN TEN TEN TEN "...': the key is too long" },
};

static int write_entry(void *arg, const struct ini_entry *e)
{
	struct strbuf *out = arg;

	if (e->key.ptr)
		strbuf_printf(out, "%u:%u:%u [%.*s] %.*s=%.*s\n", e->line, e->key_col, e->value_col,
			      SLICE_FMT(e->section), SLICE_FMT(e->key), SLICE_FMT(e->value));
	else
		strbuf_printf(out, "%u [%.*s]\n", e->line, SLICE_FMT(e->section));
	return 0;
}

/* In a block of its own size, so that the sanitizer sees a read past the end. */
static int read_copy(struct slice text, struct diags *diags, struct strbuf *entries)
{
	char *copy = malloc(text.len ? text.len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text.len ? text.ptr : "", text.len);
	r = ini_read(copy, text.len, "f", diags, write_entry, entries);
	free(copy);
	return r;
}

static void every_text_gives_its_entries_and_findings(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf entries = STRBUF_INIT;
		struct slice rest = slice_of(cases[i].findings), want;
		struct diags diags = { 0 };
		size_t n = 0;

		assert_int_equal(read_copy(slice_of(cases[i].text), &diags, &entries), 0);
		assert_string_equal(strbuf_str(&entries), cases[i].entries);
		for (; slice_next(&rest, '|', &want); n++) {
			_cleanup_strbuf_ struct strbuf got = STRBUF_INIT, expected = STRBUF_INIT;

			assert_true(n < diags.n);
			strbuf_printf(&got, "%u:%u: %s", diags.items[n].line, diags.items[n].col,
				      diags.items[n].text);
			if (got.len > want.len)
				got.buf[want.len] = '\0';
			strbuf_slice(&expected, want);
			assert_string_equal(strbuf_str(&got), strbuf_str(&expected));
		}
		assert_int_equal(diags.n, n);
		assert_int_equal(diags.errors, n);
		diags_done(&diags);
	}
}

static void a_nul_byte_refuses_the_whole_text_at_its_line(void **state)
{
	static const char text[] = "[oom]\naction = e\0it\n";
	_cleanup_strbuf_ struct strbuf entries = STRBUF_INIT;
	struct diags diags = { 0 };

	assert_int_equal(read_copy((struct slice){ text, sizeof(text) - 1 }, &diags, &entries), 0);
	assert_int_equal(entries.len, 0);
	assert_int_equal(diags.n, 1);
	assert_int_equal(diags.items[0].line, 2);
	diags_done(&diags);
}

static void a_text_full_of_errors_is_given_up(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, entries = STRBUF_INIT;
	struct diags diags = { 0 };

	for (int i = 0; i < 1000; i++)
		strbuf_puts(&text, "nonsense\n");
	assert_int_equal(read_copy((struct slice){ text.buf, text.len }, &diags, &entries), 0);
	assert_int_equal(diags.n, 101);
	assert_non_null(strstr(diags.items[100].text, "more errors"));
	diags_done(&diags);
}

static int refuse(void *arg, const struct ini_entry *e)
{
	++*(int *)arg;
	return -ECANCELED;
}

static void what_the_callback_refuses_ends_the_reading(void **state)
{
	char text[] = "[a]\nb = c\n";
	struct diags diags = { 0 };
	int calls = 0;

	assert_int_equal(ini_read(text, strlen(text), "f", &diags, refuse, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	diags_done(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_gives_its_entries_and_findings),
		cmocka_unit_test(a_nul_byte_refuses_the_whole_text_at_its_line),
		cmocka_unit_test(a_text_full_of_errors_is_given_up),
		cmocka_unit_test(what_the_callback_refuses_ends_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
