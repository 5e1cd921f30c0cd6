/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format: what is written is read, and no length is believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/tlv.h"

static void what_was_put_comes_back_in_order(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct tlv_item item;
	struct slice rest;
	uint64_t v = 0;

	tlv_put_u64(&b, 1, 0x1122334455667788);
	tlv_put_str(&b, 2, "heap");
	tlv_put_str(&b, 3, NULL);
	tlv_put(&b, 65535, NULL, 0);
	rest = (struct slice){ b.buf, b.len };
	assert_int_equal(tlv_next(&rest, &item), 1);
	assert_int_equal(item.tag, 1);
	assert_int_equal(tlv_u64(&item, &v), 0);
	assert_true(v == 0x1122334455667788);
	assert_int_equal(tlv_next(&rest, &item), 1);
	assert_true(slice_eq(item.data, "heap"));
	assert_int_equal(tlv_u64(&item, &v), -EBADMSG);
	assert_int_equal(tlv_next(&rest, &item), 1);
	assert_int_equal(item.tag, 65535);
	assert_int_equal(item.data.len, 0);
	assert_int_equal(tlv_next(&rest, &item), 0);
}

static void every_cut_record_is_refused(void **state)
{
	char array[64];
	struct strbuf b = STRBUF_FIXED(array);

	tlv_put_str(&b, 7, "text");
	for (size_t len = 1; len < b.len; len++) {
		struct slice rest = { b.buf, len };
		struct tlv_item item = { .tag = 99 };

		assert_int_equal(tlv_next(&rest, &item), -EBADMSG);
		assert_int_equal(item.tag, 99);
		assert_int_equal(rest.len, len);
	}
}

static void a_record_that_does_not_fit_is_an_error(void **state)
{
	char array[10];
	struct strbuf b = STRBUF_FIXED(array);

	tlv_put_u64(&b, 1, 1);
	assert_int_equal(strbuf_error(&b), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_comes_back_in_order),
		cmocka_unit_test(every_cut_record_is_refused),
		cmocka_unit_test(a_record_that_does_not_fit_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
