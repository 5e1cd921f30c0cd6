/* SPDX-License-Identifier: Apache-2.0 */
/* The restart policy, with time advanced by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/clock.h"
#include "launcher/restart.h"
#include "policy/policy.h"

#define SEC NSEC_PER_SEC

static const struct restart_policy failure = {
	.when = RESTART_FAILURE,
	.delay = 1 * SEC,
	.delay_max = 60 * SEC,
	.window = 600 * SEC,
	.limit = 5,
};

static void the_first_restart_is_immediate_and_back_off_begins_with_the_second(void **state)
{
	static const uint64_t delays[] = { 0, 1 * SEC, 2 * SEC, 4 * SEC, 8 * SEC };
	struct restart_history h = { 0 };
	uint64_t now = 1000 * SEC, delay;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(delays); i++) {
		assert_int_equal(restart_decide(&failure, &h, KIND_OOM, false, false, now, &delay),
				 RESTART_YES);
		assert_int_equal(delay, delays[i]);
		now += delay + SEC;
	}
	assert_int_equal(restart_decide(&failure, &h, KIND_OOM, false, false, now, &delay),
			 RESTART_GIVE_UP);
}

static void a_quiet_window_forgives_everything(void **state)
{
	struct restart_history h = { 0 };
	uint64_t now = 1000 * SEC, delay = 7;

	(void)state;
	for (int i = 0; i < 5; i++)
		(void)restart_decide(&failure, &h, KIND_CRASH, false, false, now++, &delay);
	now += 600 * SEC;
	assert_int_equal(restart_decide(&failure, &h, KIND_CRASH, false, false, now, &delay),
			 RESTART_YES);
	assert_int_equal(delay, 0);
}

static void the_delay_never_exceeds_its_maximum(void **state)
{
	struct restart_policy p = failure;
	struct restart_history h = { 0 };
	uint64_t delay = 0;

	(void)state;
	p.limit = 0;
	for (int i = 0; i < 90; i++)
		assert_int_equal(restart_decide(&p, &h, KIND_OOM, false, false, 5 * SEC, &delay),
				 RESTART_YES);
	assert_int_equal(delay, 60 * SEC);
}

static void without_a_limit_it_never_gives_up(void **state)
{
	struct restart_policy p = failure;
	struct restart_history h = { 0 };
	uint64_t delay;

	(void)state;
	p.limit = 0;
	for (int i = 0; i < 3 * RESTART_LIMIT_MAX; i++)
		assert_int_equal(restart_decide(&p, &h, KIND_OOM, false, false, 5 * SEC, &delay),
				 RESTART_YES);
	assert_int_equal(h.count, 3 * RESTART_LIMIT_MAX);
}

static void each_kind_of_end_is_restarted_by_the_words_that_name_it(void **state)
{
	static const struct {
		enum incident_kind kind;
		bool exit_zero;
		uint64_t bits;
	} rows[] = {
		{ KIND_OOM, false, RESTART_OOM | RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_OOM, true, RESTART_ALWAYS }, /* it went on and ended well */
		{ KIND_CRASH, false, RESTART_CRASH | RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_OOM_KILLER, false, RESTART_KILLED | RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_KILLED, false, RESTART_KILLED | RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_EXIT, false, RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_START_FAILED, false, RESTART_FAILURE | RESTART_ALWAYS },
		{ KIND_STOP_TIMEOUT, false, 0 },
		{ KIND_NONE, true, RESTART_ALWAYS },
		{ KIND_NONE, false, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		for (uint64_t bit = 1; bit <= RESTART_ALWAYS; bit <<= 1) {
			struct restart_policy p = failure;
			struct restart_history h = { 0 };
			uint64_t delay;

			p.when = bit;
			assert_int_equal(restart_decide(&p, &h, rows[i].kind, rows[i].exit_zero,
							false, SEC, &delay),
					 rows[i].bits & bit ? RESTART_YES : RESTART_NO);
			assert_int_equal(restart_decide(&p, &h, rows[i].kind, rows[i].exit_zero,
							true, SEC, &delay),
					 RESTART_NO);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_restart_is_immediate_and_back_off_begins_with_the_second),
		cmocka_unit_test(a_quiet_window_forgives_everything),
		cmocka_unit_test(the_delay_never_exceeds_its_maximum),
		cmocka_unit_test(without_a_limit_it_never_gives_up),
		cmocka_unit_test(each_kind_of_end_is_restarted_by_the_words_that_name_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
