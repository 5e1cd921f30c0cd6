/* SPDX-License-Identifier: Apache-2.0 */
/* sd_notify's protocol: both ends are real sockets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/notify.h"

#define ALL (~NOTIFY_BIT(NOTIFY_OTHER))

static void only_known_lines_pass(void **state)
{
	static const struct {
		const char *in, *out;
		unsigned allowed, seen;
	} cases[] = {
		{ "", "", ALL, 0 },
		{ "READY=1", "READY=1\n", ALL, NOTIFY_BIT(NOTIFY_READY) },
		{ "READY=1\nMAINPID=7\n", "READY=1\n", ALL,
		  NOTIFY_BIT(NOTIFY_READY) | NOTIFY_BIT(NOTIFY_OTHER) },
		{ "NOTIFYACCESS=all\n", "", ALL, NOTIFY_BIT(NOTIFY_OTHER) },
		{ "READY=11\nREADY\nready=1\n", "", ALL, NOTIFY_BIT(NOTIFY_OTHER) },
		{ "STATUS=a = b\n\nWATCHDOG=trigger\n", "STATUS=a = b\nWATCHDOG=trigger\n", ALL,
		  NOTIFY_BIT(NOTIFY_STATUS) | NOTIFY_BIT(NOTIFY_WATCHDOG) },
		{ "WATCHDOG_USEC=5\nERRNO=2\n", "WATCHDOG_USEC=5\nERRNO=2\n", ALL,
		  NOTIFY_BIT(NOTIFY_DETAIL) },
		{ "STOPPING=1\nRELOADING=1\n", "RELOADING=1\n", ALL & ~NOTIFY_BIT(NOTIFY_STOPPING),
		  NOTIFY_BIT(NOTIFY_STOPPING) | NOTIFY_BIT(NOTIFY_RELOADING) },
		{ "FDSTORE=1\nFDNAME=x\nFDPOLL=0", "FDSTORE=1\nFDNAME=x\nFDPOLL=0\n", ALL,
		  NOTIFY_BIT(NOTIFY_FD_STORE) },
		{ "EXTEND_TIMEOUT_USEC=9\nBARRIER=1", "EXTEND_TIMEOUT_USEC=9\nBARRIER=1\n", ALL,
		  NOTIFY_BIT(NOTIFY_EXTEND) | NOTIFY_BIT(NOTIFY_BARRIER) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(notify_filter(slice_of(cases[i].in), cases[i].allowed, &out),
				 cases[i].seen);
		assert_string_equal(strbuf_str(&out), cases[i].out);
	}
}

static void addresses_are_paths_or_abstract_names(void **state)
{
	char longest[200] = "/";
	struct notify n;

	(void)state;
	memset(longest + 1, 'a', sizeof(longest) - 2);
	assert_int_equal(notify_open("vsock:2:1234", &n), -EAFNOSUPPORT);
	assert_int_equal(notify_open("relative", &n), -EAFNOSUPPORT);
	assert_int_equal(notify_open("", &n), -EAFNOSUPPORT);
	assert_int_equal(notify_open("/", &n), -EINVAL);
	assert_int_equal(notify_open(longest, &n), -E2BIG);
	assert_int_equal(notify_open("@jvisor-test-nobody-listens", &n), 0);
	assert_int_equal(notify_send(&n, SLICE_LIT("READY=1"), NULL, 0), -ECONNREFUSED);
	close_fd(&n.fd);
	assert_int_equal(notify_open("/nowhere/notify", &n), 0);
	assert_int_equal(notify_send(&n, SLICE_LIT("READY=1"), NULL, 0), -ENOENT);
	close_fd(&n.fd);
}

struct pair {
	char dir[32], path[64];
	int folder, in;
	struct notify out;
};

static void pair_open(struct pair *p)
{
	strcpy(p->dir, "/tmp/test_notify.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/notify", p->dir);
	p->folder = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->in = notify_bind(p->folder, "notify");
	assert_true(p->in >= 0);
	assert_int_equal(notify_open(p->path, &p->out), 0);
}

static void pair_close(struct pair *p)
{
	close_fd(&p->in);
	close_fd(&p->out.fd);
	assert_int_equal(unlinkat(p->folder, "notify", 0), 0);
	close_fd(&p->folder);
	assert_int_equal(rmdir(p->dir), 0);
}

static void a_message_arrives_with_its_sender_and_its_descriptors(void **state)
{
	static struct notify_message m;
	struct stat st;
	struct pair p;
	int ends[2];

	(void)state;
	pair_open(&p);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	assert_int_equal(notify_receive(p.in, &m), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(notify_send(&p.out, SLICE_LIT("FDSTORE=1\n"), ends, 2), 0);
	assert_int_equal(notify_send(&p.out, SLICE_LIT("READY=1\n"), NULL, 0), 0);
	assert_int_equal(notify_receive(p.in, &m), 1);
	assert_int_equal(m.pid, getpid());
	assert_int_equal(m.len, 10);
	assert_int_equal(m.n_fds, 2);
	assert_true(fcntl(m.fds[0], F_GETFD) & FD_CLOEXEC);
	notify_message_done(&m);
	assert_int_equal(m.n_fds, 0);
	assert_int_equal(notify_receive(p.in, &m), 1);
	assert_memory_equal(m.text, "READY=1\n", 8);
	assert_int_equal(m.n_fds, 0);
	assert_int_equal(notify_receive(p.in, &m), 0);
	close(ends[0]);
	close(ends[1]);
	pair_close(&p);
}

static void what_is_too_long_or_too_much_is_dropped(void **state)
{
	static struct notify_message m;
	static char text[NOTIFY_MAX + 1];
	struct pair p;
	int many[NOTIFY_FDS], sent = 0, last, r;

	(void)state;
	pair_open(&p);
	for (int i = 0; i < NOTIFY_FDS; i++)
		many[i] = p.folder;
	last = dup(p.folder);
	memset(text, 'a', sizeof(text));
	assert_int_equal(
		notify_send(&p.out, (struct slice){ text, sizeof(text) }, many, NOTIFY_FDS), 0);
	assert_int_equal(notify_receive(p.in, &m), 0);
	/* nothing of it is left open */
	assert_int_equal(dup(p.folder), last + 1);
	close(last + 1);
	close(last);
	/* a queue that is full is said so, not waited for */
	while ((r = notify_send(&p.out, SLICE_LIT("WATCHDOG=1\n"), NULL, 0)) == 0)
		assert_true(++sent < 100000);
	assert_int_equal(r, -EAGAIN);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_lines_pass),
		cmocka_unit_test(addresses_are_paths_or_abstract_names),
		cmocka_unit_test(a_message_arrives_with_its_sender_and_its_descriptors),
		cmocka_unit_test(what_is_too_long_or_too_much_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
