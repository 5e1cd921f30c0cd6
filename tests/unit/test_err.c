/* SPDX-License-Identifier: Apache-2.0 */
/* An error keeps its code and a sentence that is whole, whatever does not fit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "base/err.h"
#include "base/macro.h"

static void setting_returns_the_negative_code(void **state)
{
	struct err err = { 0 };

	assert_int_equal(err_set(&err, ENOENT, "no %s", "policy"), -ENOENT);
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.msg, "no policy");
	assert_int_equal(err_set(NULL, EPERM, "nobody reads this"), -EPERM);
}

static void the_text_of_the_errno_follows(void **state)
{
	struct err err;

	assert_int_equal(err_errno(&err, EACCES, "cannot open x"), -EACCES);
	assert_string_equal(err.msg, "cannot open x: Permission denied");
	err_errno(&err, 100000, "x");
	assert_string_equal(err.msg, "x: unknown error");
}

static void a_context_comes_in_front(void **state)
{
	struct err err;

	err_set(&err, EINVAL, "bad size");
	assert_int_equal(err_wrap(&err, "line %d", 7), -EINVAL);
	assert_string_equal(err.msg, "line 7: bad size");
	assert_int_equal(err_wrap(NULL, "x"), -EINVAL);
}

static void a_message_may_be_made_of_itself(void **state)
{
	struct err err;

	err_set(&err, EIO, "disk");
	err_set(&err, EIO, "%s and %s", err.msg, err.msg);
	assert_string_equal(err.msg, "disk and disk");
}

static void a_long_message_ends_in_a_whole_character(void **state)
{
	/* Lead bytes fall on each of the last places as the text before them grows. */
	for (int before = 0; before < 4; before++) {
		char text[400] = "";
		struct err err;
		size_t len;

		memset(text, 'a', (size_t)before);
		while (strlen(text) < 300)
			strcat(text, "\xf0\x9f\x92\xa5");
		err_set(&err, EIO, "%s", text);
		len = strlen(err.msg);
		assert_true(len > sizeof(err.msg) - 5 && len < sizeof(err.msg));
		assert_int_equal((len - (size_t)before) % 4, 0);
	}
}

static void closing_leaves_errno_alone(void **state)
{
	int fd = 12345; /* not open: close fails */

	errno = ENOSPC;
	close_fd(&fd);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_returns_the_negative_code),
		cmocka_unit_test(the_text_of_the_errno_follows),
		cmocka_unit_test(a_context_comes_in_front),
		cmocka_unit_test(a_message_may_be_made_of_itself),
		cmocka_unit_test(a_long_message_ends_in_a_whole_character),
		cmocka_unit_test(closing_leaves_errno_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
