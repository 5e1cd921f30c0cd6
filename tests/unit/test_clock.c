/* SPDX-License-Identifier: Apache-2.0 */
/* UTC text by arithmetic, checked against libc. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"

static void known_moments(void **state)
{
	char stamp[CLOCK_STAMP_LEN], iso[CLOCK_ISO_LEN];

	clock_stamp(0, stamp);
	assert_string_equal(stamp, "19700101T000000Z");
	clock_iso(1795317302123999999ULL, iso);
	assert_string_equal(iso, "2026-11-22T03:15:02.123Z");
	clock_stamp(951782400ULL * NSEC_PER_SEC, stamp);
	assert_string_equal(stamp, "20000229T000000Z");
}

static void every_day_until_2500_is_as_libc_says(void **state)
{
	for (time_t t = 86399; t < 16725225600; t += 86400) {
		char stamp[CLOCK_STAMP_LEN], want[64];
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%Y%m%dT%H%M%SZ", &tm);
		clock_stamp((uint64_t)t * NSEC_PER_SEC, stamp);
		if (strcmp(stamp, want))
			fail_msg("%s is not %s", stamp, want);
		if (clock_of_stamp(stamp) != (uint64_t)t * NSEC_PER_SEC)
			fail_msg("%s is not read back", stamp);
	}
}

static void only_whole_times_are_read(void **state)
{
	static const char *const wrong[] = { "",
					     "2026-11-22T03:15:02.12Z",
					     "2026-13-22T03:15:02.123Z",
					     "2026-11-22T24:15:02.123Z",
					     "1969-11-22T03:15:02.123Z",
					     "2026-11-22 03:15:02.123Z",
					     "20261122T031502Z" };

	assert_true(clock_of_iso("2026-11-22T03:15:02.123Z") == 1795317302123000000ULL);
	assert_true(clock_of_stamp("20261122T031502Z-oom-4242-a1b2") == 1795317302000000000ULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_true(clock_of_iso(wrong[i]) == 0);
}

static void the_monotonic_clock_goes_on(void **state)
{
	uint64_t before = clock_mono();

	assert_true(clock_mono() >= before);
	assert_true(clock_real() > 1700000000 * NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_moments),
		cmocka_unit_test(every_day_until_2500_is_as_libc_says),
		cmocka_unit_test(only_whole_times_are_read),
		cmocka_unit_test(the_monotonic_clock_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
