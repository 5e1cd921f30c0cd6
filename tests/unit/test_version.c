/* SPDX-License-Identifier: Apache-2.0 */
/* Java versions and ranges of releases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/macro.h"
#include "jvm/version.h"

static void versions_of_all_releases_are_read(void **state)
{
	static const struct {
		const char *text;
		struct jvm_version v;
	} cases[] = {
		{ "1.8.0_504", { 8, 0, 504 } },
		{ "1.8.0_504-8u504-ga-1-b01", { 8, 0, 504 } },
		{ "1.8.0-internal", { 8, 0, 0 } },
		{ "1.8", { 8, 0, 0 } },
		{ "9", { 9, 0, 0 } },
		{ "11.0.33-ea", { 11, 0, 33 } },
		{ "17.0.21.0.3", { 17, 0, 21 } },
		{ "17.0.21+9-Debian", { 17, 0, 21 } },
		{ "21", { 21, 0, 0 } },
		{ "28-ea+18-1-Debian", { 28, 0, 0 } },
		{ "1", { 1, 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jvm_version v = { 0 };

		print_message("# %s\n", cases[i].text);
		assert_int_equal(jvm_version_parse(slice_of(cases[i].text), &v), 0);
		assert_memory_equal(&v, &cases[i].v, sizeof(v));
	}
}

static void what_is_no_version_is_refused_and_nothing_written(void **state)
{
	static const char *const cases[] = { "",     "x",     "17.",	".17",	       "17..1",
					     "17 ",  "17.0x", "1.8.0_", "99999999999", "-1",
					     "17_a", " 17" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jvm_version v = { 7, 7, 7 };

		print_message("# '%s'\n", cases[i]);
		assert_int_equal(jvm_version_parse(slice_of(cases[i]), &v), -EINVAL);
		assert_int_equal(v.feature, 7);
	}
}

static void a_range_holds_its_ends(void **state)
{
	static const struct {
		const char *text;
		unsigned in[2], out[2];
	} cases[] = {
		{ "17", { 17, 17 }, { 16, 18 } },
		{ "17+", { 17, 99 }, { 16, 8 } },
		{ "11-20", { 11, 20 }, { 10, 21 } },
		{ "8-8", { 8, 8 }, { 7, 9 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jvm_range r;

		assert_int_equal(jvm_range_parse(slice_of(cases[i].text), &r), 0);
		for (int k = 0; k < 2; k++) {
			assert_true(jvm_range_holds(r, cases[i].in[k]));
			assert_false(jvm_range_holds(r, cases[i].out[k]));
		}
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const cases[] = { "",     "0", "+",	  "17-", "20-11",
					     "17++", "x", "17 +", "-17" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jvm_range r;

		print_message("# '%s'\n", cases[i]);
		assert_int_equal(jvm_range_parse(slice_of(cases[i]), &r), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_of_all_releases_are_read),
		cmocka_unit_test(what_is_no_version_is_refused_and_nothing_written),
		cmocka_unit_test(a_range_holds_its_ends),
		cmocka_unit_test(what_is_no_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
