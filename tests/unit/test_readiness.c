/* SPDX-License-Identifier: Apache-2.0 */
/* When a JVM is taken for ready. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/clock.h"
#include "base/macro.h"
#include "launcher/readiness.h"

#define MS NSEC_PER_MSEC

static void hsperfdata_decides_where_there_is_one(void **state)
{
	static const struct {
		struct readiness_seen seen;
		bool expected;
		uint64_t since;
		enum readiness answer;
	} cases[] = {
		{ { .has_file = true, .initialised = true }, true, 0, READINESS_TOLD },
		{ { .has_file = true, .initialised = true }, false, 0, READINESS_TOLD },
		/* touching all of a large heap takes minutes */
		{ { .has_file = true }, true, 600000 * MS, READINESS_NOT_YET },
		{ { 0 }, true, 0, READINESS_NOT_YET },
		{ { .handles_quit = true }, true, 20000 * MS, READINESS_NOT_YET },
		{ { .handles_quit = true }, true, 30000 * MS, READINESS_GUESSED },
		{ { .handles_quit = true }, false, 900 * MS, READINESS_NOT_YET },
		{ { .handles_quit = true }, false, 1000 * MS, READINESS_GUESSED },
		{ { 0 }, false, 4900 * MS, READINESS_NOT_YET },
		{ { 0 }, false, 5000 * MS, READINESS_GUESSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (readiness_decide(&cases[i].seen, cases[i].expected, cases[i].since) !=
		    cases[i].answer)
			fail_msg("case %zu", i);
}

static void it_is_looked_at_a_bounded_number_of_times(void **state)
{
	uint64_t at = 0;
	unsigned looks = 0;

	(void)state;
	for (; at < 30000 * MS; looks++) {
		uint64_t pause = readiness_pause(at);

		assert_in_range(pause, 5 * MS, 500 * MS);
		assert_true(pause <= 5 * MS || pause <= at / 8);
		at += pause;
	}
	assert_in_range(looks, 50, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hsperfdata_decides_where_there_is_one),
		cmocka_unit_test(it_is_looked_at_a_bounded_number_of_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
