/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at children leaves them; taking them says how they ended; orphans are somebody's too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/reap.h"

static pid_t start(void (*doing)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		doing();
		_exit(7);
	}
	return pid;
}

/* Until the kernel has it to show: blocks without taking. */
static void wait_for(pid_t pid, int what)
{
	siginfo_t si;

	assert_int_equal(waitid(P_PID, (id_t)pid, &si, what | WNOWAIT), 0);
}

static void nothing(void)
{
}

static void wait_here(void)
{
	pause();
}

static void touch_memory(void)
{
	size_t size = 32 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	_exit(p == MAP_FAILED ? 1 : 255);
}

static void an_end_is_looked_at_and_then_taken(void **state)
{
	pid_t pid = start(touch_memory);
	struct reaped r;

	wait_for(pid, WEXITED);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(reap_look(pid, &r), 1);
		assert_int_equal(r.pid, pid);
		assert_int_equal(r.code, CLD_EXITED);
		assert_int_equal(r.status, 255);
		assert_true(r.max_rss > 32 << 20);
	}
	assert_int_equal(kill(pid, 0), 0); /* its /proc folder is still there */
	assert_int_equal(reap_take(pid, &r), 1);
	assert_int_equal(r.status, 255);
	assert_true(r.max_rss > 32 << 20 && r.cpu_time > 0);
	assert_int_equal(reap_take(pid, &r), -ECHILD);
	assert_int_equal(reap_look(pid, &r), -ECHILD);
}

static void stops_and_continues_are_consumed_and_the_signal_of_the_end_is_told(void **state)
{
	pid_t pid = start(wait_here);
	struct reaped r = { .pid = -1 };

	assert_int_equal(reap_look(pid, &r), 0);
	assert_int_equal(reap_take(pid, &r), 0);
	assert_int_equal(r.pid, -1);

	kill(pid, SIGSTOP);
	wait_for(pid, WSTOPPED);
	assert_int_equal(reap_look(pid, &r), 1);
	assert_int_equal(r.code, CLD_STOPPED);
	assert_int_equal(r.status, SIGSTOP);
	assert_int_equal(reap_look(pid, &r), 0);

	kill(pid, SIGCONT);
	wait_for(pid, WCONTINUED);
	assert_int_equal(reap_look(pid, &r), 1);
	assert_int_equal(r.code, CLD_CONTINUED);

	kill(pid, SIGSTOP);
	wait_for(pid, WSTOPPED);
	kill(pid, SIGKILL);
	wait_for(pid, WEXITED);
	assert_int_equal(reap_look(pid, &r), 1);
	assert_int_equal(r.code, CLD_KILLED);
	assert_int_equal(r.status, SIGKILL);
	assert_int_equal(reap_take(pid, &r), 1);
}

static void orphans_are_taken_and_what_is_kept_is_not(void **state)
{
	pid_t kept = start(wait_here), a = start(nothing), b = start(nothing);
	struct reaped r;

	wait_for(a, WEXITED);
	wait_for(b, WEXITED);
	assert_int_equal(reap_orphans(&kept, 1), 2);
	assert_int_equal(reap_orphans(&kept, 1), 0);
	kill(kept, SIGTERM);
	wait_for(kept, WEXITED);
	assert_int_equal(reap_orphans(&kept, 1), 0);
	assert_int_equal(reap_take(kept, &r), 1);
	assert_int_equal(r.status, SIGTERM);
	assert_int_equal(reap_orphans(&kept, 1), 0);
}

static void orphan_a_child(void)
{
	if (!fork())
		_exit(0);
}

static void children_of_a_child_come_to_a_subreaper(void **state)
{
	pid_t parent;
	siginfo_t si;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	parent = start(orphan_a_child);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(waitid(P_ALL, 0, &si, WEXITED | WNOWAIT), 0);
	assert_int_equal(reap_orphans(&parent, 1), 1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_looked_at_and_then_taken),
		cmocka_unit_test(
			stops_and_continues_are_consumed_and_the_signal_of_the_end_is_told),
		cmocka_unit_test(orphans_are_taken_and_what_is_kept_is_not),
		cmocka_unit_test(children_of_a_child_come_to_a_subreaper),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
