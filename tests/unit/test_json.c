/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written and read back, with bad bytes, bad texts and lost memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include "base/json.h"

static const char *compact(const struct js *v, struct strbuf *b)
{
	strbuf_reset(b);
	assert_int_equal(js_format(v, true, b), 0);
	return strbuf_str(b);
}

static void keys_keep_their_order_and_empty_texts_are_left_out(void **state)
{
	_cleanup_js_ struct js *o = js_object();
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct js *list = js_array();

	js_set_str(o, "z", "1");
	js_set_str(o, "none", "");
	js_set_str(o, "null", NULL);
	js_set_int(o, "a", INT64_MIN);
	js_set_bool(o, "yes", true);
	js_push(list, js_real(0.1));
	js_push(list, js_real(NAN));
	js_push(list, js_str(NULL));
	js_set(o, "list", list);
	assert_string_equal(compact(o, &b), "{\"z\":\"1\",\"a\":-9223372036854775808,\"yes\":true,"
					    "\"list\":[0.1,null,null]}");
	strbuf_reset(&b);
	assert_int_equal(js_format(list, false, &b), 0);
	assert_string_equal(strbuf_str(&b), "[\n  0.1,\n  null,\n  null\n]\n");
}

static void bad_bytes_become_replacement_characters(void **state)
{
	_cleanup_js_ struct js *o = js_object();
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	js_set(o, "k\xff", js_slice((struct slice){ "a\xff\xc3\xa4\0\xe2\x82", 7 }));
	assert_string_equal(compact(o, &b), "{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd\xc3\xa4"
					    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}");
}

static void values_are_found_by_path_and_type(void **state)
{
	_cleanup_js_ struct js *o = NULL;

	assert_int_equal(
		js_parse(SLICE_LIT("{\"m\":{\"rss\":5,\"t\":\"x\",\"b\":true},\"l\":[1,2]}"), &o,
			 NULL),
		0);
	assert_int_equal(js_get_int(js_path(o, "m"), "rss", -1), 5);
	assert_non_null(js_path(o, "m.rss"));
	assert_null(js_path(o, "m.rss.deeper"));
	assert_null(js_path(o, "x.y"));
	assert_string_equal(js_get_str(js_get(o, "m"), "t"), "x");
	assert_null(js_get_str(js_get(o, "m"), "rss"));
	assert_int_equal(js_get_int(js_get(o, "m"), "t", -1), -1);
	assert_true(js_get_bool(js_get(o, "m"), "b", false));
	assert_true(js_get_bool(o, "none", true));
	assert_int_equal(js_len(js_get(o, "l")), 2);
	assert_null(js_at(js_get(o, "l"), 2));
	assert_null(js_get(NULL, "a"));
	assert_int_equal(js_len(NULL), 0);
}

static void what_is_not_json_is_refused_with_its_place(void **state)
{
	static const char *const bad[] = {
		"", "{", "{} x", "{\"a\":1,\"a\":2}", "[1,]", "\"\xff\"", "99999999999999999999"
	};
	struct js *v = NULL;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(js_parse(slice_of(bad[i]), &v, &err), -EBADMSG);
		assert_null(v);
		assert_int_equal(strncmp(err.msg, "JSON, line 1, column ", 21), 0);
	}
}

static void depth_is_bounded_and_brackets_in_text_do_not_count(void **state)
{
	char text[200];
	struct js *v = NULL;

	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	assert_int_equal(js_parse((struct slice){ text, 130 }, &v, NULL), -EBADMSG);
	assert_int_equal(js_parse((struct slice){ text + 1, 128 }, &v, NULL), 0);
	js_free(v);
	text[0] = text[129] = '"';
	assert_int_equal(js_parse((struct slice){ text, 130 }, &v, NULL), 0);
	js_free(v);
}

/* The last test: the loss is remembered for good. */
static void a_lost_value_spoils_every_later_document(void **state)
{
	_cleanup_js_ struct js *o = js_object();
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	assert_int_equal(js_format(NULL, true, &b), -ENOMEM);
	js_set(o, "gone", NULL);
	js_set(NULL, "k", js_int(1));
	js_push(NULL, js_int(1));
	js_free(NULL);
	assert_int_equal(js_format(o, true, &b), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_keep_their_order_and_empty_texts_are_left_out),
		cmocka_unit_test(bad_bytes_become_replacement_characters),
		cmocka_unit_test(values_are_found_by_path_and_type),
		cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
		cmocka_unit_test(depth_is_bounded_and_brackets_in_text_do_not_count),
		cmocka_unit_test(a_lost_value_spoils_every_later_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
