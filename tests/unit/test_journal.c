/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's protocol, with a socket in its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/journal.h"
#include "base/macro.h"

static char path[64], folder[32], text[64 * 1024];
static int listening;

static int listen_there(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	strcpy(folder, "/tmp/test_journal.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	strcpy(at.sun_path, path);
	listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return listening < 0 || bind(listening, (struct sockaddr *)&at, sizeof(at));
}

static int stop_listening(void **state)
{
	close_fd(&listening);
	unlink(path);
	return rmdir(folder);
}

static const char *received(void)
{
	ssize_t n = recv(listening, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void an_entry_has_its_fields(void **state)
{
	const struct log_field fields[] = {
		{ "MESSAGE_ID", "677fd4a989e24e47921ab71cfe582817" },
		{ "JVISOR_KIND", NULL },
		{ "JVISOR_VERDICT", "a\nFORGED=1 password=x" },
	};
	int fd = journal_open(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(journal_send(fd, "jvisor", LOG_LEVEL_ERROR, SLICE_LIT("it died"), fields,
				      ARRAY_SIZE(fields), NULL),
			 0);
	assert_string_equal(received(), "MESSAGE=it died\nPRIORITY=3\nSYSLOG_IDENTIFIER=jvisor\n"
					"MESSAGE_ID=677fd4a989e24e47921ab71cfe582817\n"
					"JVISOR_VERDICT=a FORGED=1 password=***\n");
	close(fd);
}

static void a_long_value_is_cut_and_the_entry_stays_whole(void **state)
{
	static char longest[4000];
	struct log_field fields[20];
	int fd = journal_open(path);

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fields[i] = (struct log_field){ "JVISOR_LONG", longest };
	assert_int_equal(journal_send(fd, "jvisor", LOG_LEVEL_INFO, SLICE_LIT("x"), fields,
				      ARRAY_SIZE(fields), NULL),
			 0);
	assert_true(strlen(received()) > 4096);
	assert_int_equal(text[strlen(text) - 1], '\n');
	close(fd);
}

static void the_log_goes_there_and_falls_back(void **state)
{
	int ends[2];
	char line[256] = "";
	const struct log_field field = { "JVISOR_PID", "7" };

	(void)state;
	assert_int_equal(pipe(ends), 0);
	log_open("jvisor", LOG_LEVEL_NOTICE, ends[1]);
	assert_int_equal(log_open_journal("/nowhere/socket"), -ENOENT);
	assert_int_equal(log_open_journal(path), 0);
	log_event(LOG_LEVEL_WARNING, &field, 1, "%s", "to the journal");
	assert_string_equal(received(), "MESSAGE=to the journal\nPRIORITY=4\n"
					"SYSLOG_IDENTIFIER=jvisor\nJVISOR_PID=7\n");
	log_event(LOG_LEVEL_DEBUG, &field, 1, "not shown");
	assert_string_equal(received(), "");
	close_fd(&listening); /* journald has gone: nothing is lost */
	errno = EXDEV;
	log_warning("to stderr");
	assert_int_equal(errno, EXDEV);
	assert_true(read(ends[0], line, sizeof(line) - 1) > 0);
	assert_string_equal(line, "jvisor: warning: to stderr\n");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_entry_has_its_fields, listen_there,
						stop_listening),
		cmocka_unit_test_setup_teardown(a_long_value_is_cut_and_the_entry_stays_whole,
						listen_there, stop_listening),
		cmocka_unit_test_setup_teardown(the_log_goes_there_and_falls_back, listen_there,
						stop_listening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
