/* SPDX-License-Identifier: Apache-2.0 */
/* The facts record: every row of the table there and back, parts that are appended, hostile bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/tlv.h"
#include "jvm/facts.h"

static struct slice record(const struct strbuf *b)
{
	return (struct slice){ b->buf, b->len };
}

static void every_fact_comes_back_as_it_was_put(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT, again = STRBUF_INIT;
	_cleanup_facts_ struct facts in = { 0 }, out = { 0 };
	char text[32];

	for (int i = 0; i < FACT_NUM_COUNT; i++)
		fact_set(&in.num, (enum fact_num)i, UINT64_MAX - (uint64_t)i);
	for (int i = 0; i < FACT_STR_COUNT; i++) {
		snprintf(text, sizeof(text), "text %d \xff\n", i);
		assert_int_equal(facts_set_str(&in, (enum fact_str)i, text), 0);
	}
	for (int i = 0; i < FACT_LIST_COUNT; i++) {
		for (int k = 0; k <= i; k++)
			strv_printf(&in.list[i], "%s%d", k ? "item " : "", k);
		strv_push(&in.list[i], "");
	}
	facts_put(&b, &in);
	assert_int_equal(strbuf_error(&b), 0);
	assert_int_equal(facts_decode(record(&b), &out), 0);

	for (int i = 0; i < FACT_NUM_COUNT; i++) {
		assert_true(out.num.has[i]);
		assert_true(out.num.v[i] == UINT64_MAX - (uint64_t)i);
	}
	for (int i = 0; i < FACT_STR_COUNT; i++)
		assert_string_equal(out.str[i], in.str[i]);
	for (int i = 0; i < FACT_LIST_COUNT; i++) {
		assert_int_equal(out.list[i].n, (size_t)i + 2);
		for (size_t k = 0; k < out.list[i].n; k++)
			assert_string_equal(out.list[i].v[k], in.list[i].v[k]);
	}
	facts_put(&again, &out);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.buf, b.buf, b.len);
}

static void what_is_missing_stays_missing(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	facts_begin(&b);
	facts_put_str(&b, FACT_APP, NULL);
	facts_put_str(&b, FACT_HOST, "");
	facts_put_num(&b, FACT_PID, 0);
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_null(f.str[FACT_APP]);
	assert_string_equal(f.str[FACT_HOST], "");
	assert_true(f.num.has[FACT_PID]);
	assert_false(f.num.has[FACT_UID]);
	assert_int_equal(fact_get(&f.num, FACT_UID, 7), 7);
}

static void what_comes_later_overrides_and_lists_grow(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	facts_begin(&b);
	facts_put_num(&b, FACT_PID, 1);
	facts_put_str(&b, FACT_APP, "Leak");
	facts_put_list(&b, FACT_ARGV, "java");
	facts_begin(&b);
	facts_put_num(&b, FACT_PID, 2);
	facts_put_str(&b, FACT_APP, "Orders");
	facts_put_list(&b, FACT_ARGV, "Orders");
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_int_equal(f.num.v[FACT_PID], 2);
	assert_string_equal(f.str[FACT_APP], "Orders");
	assert_int_equal(f.list[FACT_ARGV].n, 2);
	assert_string_equal(f.list[FACT_ARGV].v[1], "Orders");
}

static void ids_of_a_newer_jvisor_are_skipped(void **state)
{
	static const uint16_t ids[] = { 18, 39, 179, 999, 65535 };
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	facts_begin(&b);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		tlv_put(&b, ids[i], "any\0thing", 9);
	facts_put_num(&b, FACT_PID, 42);
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_int_equal(f.num.v[FACT_PID], 42);
}

static void the_ids_are_those_of_records_already_written(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	tlv_put_str(&b, 0, "jvisor facts 1");
	tlv_put_str(&b, 12, "Orders");
	tlv_put_u64(&b, 41, 4242);
	tlv_put_str(&b, 20, "java");
	tlv_put_u64(&b, 180, 3);
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_string_equal(f.str[FACT_APP], "Orders");
	assert_int_equal(f.num.v[FACT_PID], 4242);
	assert_string_equal(f.list[FACT_ARGV].v[0], "java");
	assert_int_equal(f.num.v[FACT_KIND], 3);
}

static void a_cut_record_keeps_what_was_read(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	size_t whole;

	facts_begin(&b);
	facts_put_num(&b, FACT_PID, 42);
	whole = b.len;
	facts_put_str(&b, FACT_APP, "Orders");
	for (size_t len = whole + 1; len < b.len; len++) {
		_cleanup_facts_ struct facts f = { 0 };
		char *copy = malloc(len); /* so that a read behind it is seen */

		assert_non_null(copy);
		memcpy(copy, b.buf, len);
		assert_int_equal(facts_decode((struct slice){ copy, len }, &f), -EBADMSG);
		assert_int_equal(f.num.v[FACT_PID], 42);
		assert_null(f.str[FACT_APP]);
		free(copy);
	}
}

static void foreign_and_impossible_records_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "", 0 },
		{ "PK\3\4", 4 },
		{ "\x29\0\x08\0\0\0\1\0\0\0\0\0\0\0", 14 },		 /* a number, no mark */
		{ "\0\0\x0e\0\0\0jvisor facts 2", 20 },			 /* another mark */
		{ "\0\0\x0e\0\0\0jvisor facts 1\x29\0\1\0\0\0\7", 27 },	 /* a number of 1 byte */
		{ "\0\0\x0e\0\0\0jvisor facts 1\x0c\0\2\0\0\0a\0", 28 }, /* a text with a NUL */
		{ "\0\0\x0e\0\0\0jvisor facts 1\x14\0\2\0\0\0a\0", 28 }, /* the same in a list */
		{ "\0\0\x0e\0\0\0jvisor facts 1\x0c\0\xff\xff\xff\xff", 26 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_facts_ struct facts f = { 0 };

		assert_int_equal(facts_decode((struct slice){ cases[i].bytes, cases[i].len }, &f),
				 -EBADMSG);
	}
}

static void a_record_is_bounded_in_bytes_and_items(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	facts_begin(&b);
	for (int i = 0; i < FACTS_LIST_MAX; i++)
		facts_put_list(&b, FACT_FILES, "");
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_int_equal(f.list[FACT_FILES].n, FACTS_LIST_MAX);
	facts_done(&f);

	facts_put_list(&b, FACT_FILES, "one more");
	assert_int_equal(facts_decode(record(&b), &f), -EBADMSG);
	facts_done(&f);

	while (b.len <= FACTS_MAX)
		facts_put_num(&b, FACT_PID, 1);
	assert_int_equal(facts_decode(record(&b), &f), -EBADMSG);
	assert_int_equal(f.list[FACT_FILES].n, 0);
}

static void numbers_are_put_without_memory(void **state)
{
	char room[2048];
	struct strbuf b = STRBUF_FIXED(room);
	struct fact_nums n = { 0 };
	_cleanup_facts_ struct facts f = { 0 };

	fact_set(&n, FACT_SIGNAL, 11);
	fact_set(&n, FACT_CORE_DUMPED, 1);
	facts_begin(&b);
	facts_put_nums(&b, &n);
	assert_int_equal(strbuf_error(&b), 0);
	assert_ptr_equal(b.buf, room);
	assert_int_equal(facts_decode(record(&b), &f), 0);
	assert_int_equal(f.num.v[FACT_SIGNAL], 11);
	assert_int_equal(f.num.v[FACT_CORE_DUMPED], 1);
	assert_false(f.num.has[FACT_EXIT_CODE]);
}

static void a_text_is_replaced_or_taken_away(void **state)
{
	_cleanup_facts_ struct facts f = { 0 };

	assert_int_equal(facts_set_str(&f, FACT_VERDICT, "first"), 0);
	assert_int_equal(facts_set_str(&f, FACT_VERDICT, "second"), 0);
	assert_string_equal(f.str[FACT_VERDICT], "second");
	assert_int_equal(facts_set_str(&f, FACT_VERDICT, NULL), 0);
	assert_null(f.str[FACT_VERDICT]);
}

static void what_another_knows_is_added(void **state)
{
	_cleanup_facts_ struct facts f = { 0 }, more = { 0 };

	fact_set(&f.num, FACT_PID, 1);
	fact_set(&f.num, FACT_UID, 2);
	strv_push(&f.list[FACT_ARGV], "java");
	fact_set(&more.num, FACT_PID, 3);
	assert_int_equal(facts_set_str(&more, FACT_APP, "Leak"), 0);
	strv_push(&more.list[FACT_ARGV], "Leak");
	assert_int_equal(facts_add(&f, &more), 0);
	assert_int_equal(f.num.v[FACT_PID], 3);
	assert_int_equal(f.num.v[FACT_UID], 2);
	assert_string_equal(f.str[FACT_APP], "Leak");
	assert_int_equal(f.list[FACT_ARGV].n, 2);
	assert_string_equal(f.list[FACT_ARGV].v[1], "Leak");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_comes_back_as_it_was_put),
		cmocka_unit_test(what_is_missing_stays_missing),
		cmocka_unit_test(what_comes_later_overrides_and_lists_grow),
		cmocka_unit_test(ids_of_a_newer_jvisor_are_skipped),
		cmocka_unit_test(the_ids_are_those_of_records_already_written),
		cmocka_unit_test(a_cut_record_keeps_what_was_read),
		cmocka_unit_test(foreign_and_impossible_records_are_refused),
		cmocka_unit_test(a_record_is_bounded_in_bytes_and_items),
		cmocka_unit_test(numbers_are_put_without_memory),
		cmocka_unit_test(a_text_is_replaced_or_taken_away),
		cmocka_unit_test(what_another_knows_is_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
