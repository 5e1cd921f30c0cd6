/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: this program is run again in one, as jvisor is. And the reader of what they say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/strbuf.h"
#include "proc/role.h"

/* In the role. */

static void say_number(const char *what, long n)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %ld", what, n);
	role_say(ROLE_SAYS_NOTICE, text);
}

static int report(int argc, char *argv[])
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP };
	char byte[2] = "";

	for (int i = 2; i < argc; i++)
		role_say('A', argv[i]);
	role_say('E', getenv("ONLY") ? getenv("ONLY") : "?");
	say_number("home", getenv("HOME") != NULL);
	say_number("leader", getpgrp() == getpid());
	say_number("session", getsid(0) == getpid());
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		kill(getpid(), ignored[i]);
	for (int fd = 0; fd < 12; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			say_number("fd", fd);
	if (read(ROLE_FD(0), byte, 1) == 1)
		role_say('D', byte);
	if (write(STDERR_FILENO, "log\n", 4) != 4)
		return 1;
	role_say(ROLE_SAYS_WARNING, "two\nlines");
	return 5;
}

/* With a child of its own in its group; both hold the log open. */
static _Noreturn void hang(void)
{
	if (!fork())
		for (;;)
			pause();
	role_say(ROLE_SAYS_NOTICE, "hanging");
	for (;;)
		pause();
}

static int in_role(int argc, char *argv[])
{
	if (!strcmp(argv[1], "hang"))
		hang();
	return report(argc, argv);
}

/* Outside. */

static void add_line(void *arg, int letter, const char *text)
{
	strbuf_printf(arg, "%c:%s\n", letter, text);
}

static void read_to_the_end(int fd, struct strbuf *out)
{
	struct role_lines lines = { 0 };
	struct pollfd p = { fd, POLLIN, 0 };

	while (role_read(fd, &lines, add_line, out) == 1)
		poll(&p, 1, -1);
}

static void run(struct role_spec *spec, struct role *r)
{
	struct err err;

	if (role_spawn(spec, r, &err) < 0)
		fail_msg("%s", err.msg);
}

static int end_of(struct role *r)
{
	int status;

	assert_int_equal(waitpid(r->child.pid, &status, 0), r->child.pid);
	close(r->child.pidfd);
	close(r->result);
	return status;
}

static void a_role_gets_what_is_given_and_nothing_else(void **state)
{
	static const char *const args[] = { "claim", "", "a b", NULL }, *const env[] = { "ONLY=x",
											 NULL };
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT;
	int data[2], log[2], fds[] = { -1, -1, -1 };
	struct role_spec spec = {
		.name = "report", .args = args, .env = env, .fds = fds, .n_fds = 3
	};
	struct role r;
	char text[16] = "";

	assert_int_equal(pipe(data), 0); /* without CLOEXEC: closed by force */
	assert_int_equal(pipe(log), 0);
	assert_int_equal(write(data[1], "d", 1), 1);
	fds[0] = data[0];
	fds[2] = data[0];
	spec.log_fd = log[1];
	run(&spec, &r);
	read_to_the_end(r.result, &said);
	assert_string_equal(strbuf_str(&said),
			    "A:claim\nA:\nA:a b\nE:x\nN:home 0\nN:leader 1\nN:session 0\n"
			    "N:fd 0\nN:fd 1\nN:fd 2\nN:fd 3\nN:fd 4\nN:fd 6\n"
			    "D:d\nW:two lines\n");
	assert_int_equal(WEXITSTATUS(end_of(&r)), 5);
	assert_int_equal(read(log[0], text, sizeof(text)), 4);
	assert_string_equal(text, "log\n");
	for (int i = 0; i < 2; i++) {
		close(data[i]);
		close(log[i]);
	}
}

static void a_detached_role_has_a_session(void **state)
{
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT;
	struct role_spec spec = { .name = "report", .detached = true, .log_fd = -1 };
	struct role r;

	run(&spec, &r);
	read_to_the_end(r.result, &said);
	assert_non_null(strstr(strbuf_str(&said), "N:leader 1\nN:session 1\n"));
	end_of(&r);
}

static void killing_a_role_kills_its_group(void **state)
{
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT;
	struct role_spec spec = { .name = "hang", .log_fd = -1 };
	struct role_lines lines = { 0 };
	struct role r;
	int status;

	run(&spec, &r);
	while (!said.len) {
		poll(&(struct pollfd){ r.result, POLLIN, 0 }, 1, -1);
		assert_int_equal(role_read(r.result, &lines, add_line, &said), 1);
	}
	role_kill(&r);
	read_to_the_end(r.result, &said); /* the end comes when both are gone */
	assert_int_equal(waitpid(r.child.pid, &status, 0), r.child.pid);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	role_kill(&r); /* gone: nobody else's group is hit */
	close(r.child.pidfd);
	close(r.result);
}

static void too_many_arguments_are_refused(void **state)
{
	static const char *const args[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL };
	struct role_spec spec = { .name = "report", .args = args, .log_fd = -1 };
	struct err err;
	struct role r;

	assert_int_equal(role_spawn(&spec, &r, &err), -E2BIG);
	assert_string_equal(err.msg, "the role \"report\": too many arguments for a role");
}

static void read_text(const char *text, size_t len, struct strbuf *out)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(write(ends[1], text, len), (ssize_t)len);
	close(ends[1]);
	read_to_the_end(ends[0], out);
	close(ends[0]);
}

static void only_whole_lines_of_the_form_are_heard(void **state)
{
	static const struct {
		const char *text, *heard;
	} cases[] = {
		{ "", "" },
		{ "W one\nI id\n", "W:one\nI:id\n" },
		{ "W \n", "W:\n" },
		{ "W cut", "" },
		{ "\n\nX\nXtext\n x\nw small\n1 x\nV yes\n", "V:yes\n" },
	};
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strbuf_reset(&out);
		read_text(cases[i].text, strlen(cases[i].text), &out);
		assert_string_equal(strbuf_str(&out), cases[i].heard);
	}
	strbuf_reset(&out);
	read_text("W a\0b\nV c\n", 10, &out);
	assert_string_equal(strbuf_str(&out), "W:ab\nV:c\n");
}

static void an_over_long_line_is_cut_and_the_next_one_heard(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_puts(&text, "W ");
	for (int i = 0; i < 20000; i++)
		strbuf_putc(&text, 'x');
	strbuf_puts(&text, "\nV next\n");
	read_text(text.buf, text.len, &out);
	assert_int_equal(out.len, 4095 + strlen("\nV:next\n"));
	assert_string_equal(out.buf + 4095, "\nV:next\n");
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_gets_what_is_given_and_nothing_else),
		cmocka_unit_test(a_detached_role_has_a_session),
		cmocka_unit_test(killing_a_role_kills_its_group),
		cmocka_unit_test(too_many_arguments_are_refused),
		cmocka_unit_test(only_whole_lines_of_the_form_are_heard),
		cmocka_unit_test(an_over_long_line_is_cut_and_the_next_one_heard),
	};

	if (argc > 1 && !strcmp(argv[0], ROLE_ARGV0))
		return in_role(argc, argv);
	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
