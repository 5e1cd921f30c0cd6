/* SPDX-License-Identifier: Apache-2.0 */
/* One message is one harmless line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/log.h"

static int ends[2];
static char line[4096];

static const char *written(void)
{
	ssize_t n = read(ends[0], line, sizeof(line) - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

static int open_pipe(void **state)
{
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

static int close_pipe(void **state)
{
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void the_level_is_in_front_and_errno_is_kept(void **state)
{
	log_open("jvisorctl", LOG_LEVEL_INFO, ends[1]);
	errno = ENOSPC;
	log_warning("disk %s", "full");
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(written(), "jvisorctl: warning: disk full\n");
	log_error("x");
	assert_string_equal(written(), "jvisorctl: error: x\n");
	log_notice("x");
	assert_string_equal(written(), "jvisorctl: x\n");
	log_debug("not shown");
	assert_string_equal(written(), "");
}

static void nothing_printed_drives_a_terminal(void **state)
{
	log_open("j", LOG_LEVEL_DEBUG, ends[1]);
	log_debug("%s", "a\033[2Jb\nc\xff\xc2\x9b"
			"d\xc3\xa4");
	assert_string_equal(written(), "j: debug: a?[2Jb c???d\xc3\xa4\n");
}

static void a_long_message_is_cut_and_still_one_line(void **state)
{
	char text[3000];
	size_t len;

	memset(text, 'x', sizeof(text));
	log_open("j", LOG_LEVEL_ERROR, ends[1]);
	log_error("%.*s", (int)sizeof(text), text);
	len = strlen(written());
	assert_true(len > 1000 && len < 1200);
	assert_string_equal(line + len - 4, "...\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_level_is_in_front_and_errno_is_kept),
		cmocka_unit_test(nothing_printed_drives_a_terminal),
		cmocka_unit_test(a_long_message_is_cut_and_still_one_line),
	};

	return cmocka_run_group_tests(tests, open_pipe, close_pipe);
}
