/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of strings and environments. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/strv.h"

static void it_is_always_ready_for_exec(void **state)
{
	_cleanup_strv_ struct strv s = STRV_INIT;

	assert_null(strv_argv(&s)[0]);
	for (int i = 0; i < 100; i++) {
		strv_printf(&s, "%d", i);
		assert_null(strv_argv(&s)[i + 1]);
	}
	assert_string_equal(strv_argv(&s)[99], "99");
	assert_int_equal(s.err, 0);
}

static void inserting_and_removing_keep_the_order(void **state)
{
	_cleanup_strv_ struct strv s = STRV_INIT;

	strv_push(&s, "b");
	strv_insert(&s, 0, "a");
	strv_push_slice(&s, (struct slice){ "cde", 1 });
	strv_insert(&s, 99, "d");
	strv_remove(&s, 1);
	strv_remove(&s, 99);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.v[0], "a");
	assert_string_equal(s.v[1], "c");
	assert_string_equal(s.v[2], "d");
	assert_null(s.v[3]);
	assert_true(strv_has(&s, "c"));
	assert_false(strv_has(&s, "b"));
}

static void the_first_error_stays(void **state)
{
	_cleanup_strv_ struct strv s = STRV_INIT;

	strv_push(&s, "kept");
	strv_take(&s, NULL);
	strv_push(&s, "lost");
	assert_int_equal(s.err, -ENOMEM);
	assert_int_equal(s.n, 1);
}

static void setting_a_name_leaves_one_in_its_place(void **state)
{
	_cleanup_strv_ struct strv env = STRV_INIT;

	strv_push(&env, "A=1");
	strv_push(&env, "AB=2");
	strv_push(&env, "A=3");
	assert_string_equal(strv_env_get(&env, "A"), "1");
	strv_env_set(&env, "A", strv_env_get(&env, "AB"));
	assert_int_equal(env.n, 2);
	assert_string_equal(env.v[0], "A=2");
	assert_string_equal(env.v[1], "AB=2");
	strv_env_set(&env, "A", strv_env_get(&env, "A")); /* of itself */
	assert_string_equal(strv_env_get(&env, "A"), "2");
	strv_env_set(&env, "C", "");
	assert_string_equal(env.v[2], "C=");
	strv_env_set(&env, "AB", NULL);
	assert_null(strv_env_get(&env, "AB"));
	assert_int_equal(env.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_always_ready_for_exec),
		cmocka_unit_test(inserting_and_removing_keep_the_order),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(setting_a_name_leaves_one_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
