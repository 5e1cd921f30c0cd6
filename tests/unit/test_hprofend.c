/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a heap dump has its end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"
#include "jvm/hprofend.h"

#define END "\x2c\0\0\0\0\0\0\0\0"

static const struct {
	const char *what, *bytes;
	size_t len;
	int want;
} cases[] = {
	{ "whole", "JAVA PROFILE 1.0.2\0data" END, 23 + 9, 1 },
	{ "without its end", "JAVA PROFILE 1.0.2\0data and more", 32, 0 },
	{ "cut in its end", "JAVA PROFILE 1.0.2\0data" END, 23 + 8, 0 },
	{ "zeros of a file that was made longer", "JAVA PROFILE 1.0.2\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	  32, 0 },
	{ "empty", "", 0, 0 },
	{ "shorter than a head", "JAVA PROF", 9, -EINVAL },
	{ "packed", "\x1f\x8b\x08 and what follows in such a file", 36, -EINVAL },
};

static void a_dump_without_its_end_is_cut(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char path[] = "/tmp/test-hprofend-XXXXXX";
		int fd = mkostemp(path, O_CLOEXEC), got;

		assert_true(fd >= 0);
		unlink(path);
		assert_int_equal(file_write_all(fd, cases[i].bytes, cases[i].len), 0);
		got = hprof_is_whole(fd);
		if (got != cases[i].want)
			fail_msg("%s: %d", cases[i].what, got);
		close(fd);
	}
	assert_int_equal(hprof_is_whole(-1), -EBADF);
}

static void parts_are_known_by_their_names(void **state)
{
	assert_true(hprof_is_part("heap.hprof.p0") && hprof_is_part("files/x.hprof.p17"));
	assert_false(hprof_is_part("heap.hprof") || hprof_is_part("heap.hprof.p") ||
		     hprof_is_part("p0") || hprof_is_part("") || hprof_is_part("x.p0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_without_its_end_is_cut),
		cmocka_unit_test(parts_are_known_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
