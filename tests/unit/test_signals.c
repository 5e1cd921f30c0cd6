/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's signals. Each case is a process of its own: dispositions and masks are its
 * state. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/signals.h"

#define CHECK(x)                               \
	do {                                   \
		if (!(x))                      \
			_exit(__LINE__ & 127); \
	} while (0)

/* The status of a process that does it. */
static int status_of(void (*doing)(void))
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		alarm(20);
		doing();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void holds(void (*doing)(void))
{
	int status = status_of(doing);

	if (status)
		fail_msg("status %#x (an exit code is the line, modulo 128)", status);
}

static void every_signal(void)
{
	struct signalfd_siginfo si;
	struct signals s;
	sigset_t mask;

	CHECK(signals_open(&s) == 0);
	CHECK(signals_read(&s, &si) == 0);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP || (sig > SIGSYS && sig < SIGRTMIN))
			continue;
		CHECK(sigismember(&mask, sig) == 1);
		CHECK(kill(getpid(), sig) == 0);
		if (sig == SIGPIPE || sig == SIGXFSZ)
			continue; /* as if by a write of our own */
		CHECK(signals_read(&s, &si) == 1 && (int)si.ssi_signo == sig);
		CHECK(!signals_from_terminal(&si));
	}
	CHECK(signals_read(&s, &si) == 0);
	signals_close(&s);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	CHECK(!sigismember(&mask, SIGTERM));
}

static void all_that_can_be_caught_is_read_once(void **state)
{
	holds(every_signal);
}

static void touch_nothing(void)
{
	volatile char *page = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct signals s;

	CHECK(page != MAP_FAILED && signals_open(&s) == 0);
	prctl(PR_SET_DUMPABLE, 0);
	*page = 1;
}

static void a_fault_of_our_own_ends_us(void **state)
{
	assert_int_equal(status_of(touch_nothing), SIGSEGV);
}

static void with_a_past(void)
{
	struct signalfd_siginfo si;
	struct signals s;
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	CHECK(signals_open(&s) == 0);
	CHECK(sigismember(&s.was_mask, SIGUSR2) && !sigismember(&s.was_mask, SIGTERM));
	CHECK(sigismember(&s.was_ignored, SIGINT) && sigismember(&s.was_ignored, SIGCHLD));
	CHECK(!sigismember(&s.was_ignored, SIGTERM));
	kill(getpid(), SIGINT); /* ignored, and yet passed on */
	CHECK(signals_read(&s, &si) == 1 && si.ssi_signo == SIGINT);
	CHECK(signal(SIGCHLD, SIG_DFL) == SIG_DFL); /* or nobody could wait for the JVM */
}

static void what_was_blocked_and_ignored_is_remembered(void **state)
{
	holds(with_a_past);
}

static void a_broken_pipe(void)
{
	struct signalfd_siginfo si;
	struct signals s;
	int ends[2];

	CHECK(signals_open(&s) == 0 && pipe(ends) == 0);
	close(ends[0]);
	CHECK(write(ends[1], "x", 1) < 0 && errno == EPIPE);
	CHECK(signals_read(&s, &si) == 0);
	if (!fork()) {
		kill(getppid(), SIGPIPE);
		_exit(0);
	}
	wait(NULL);
	do
		CHECK(signals_read(&s, &si) == 1);
	while (si.ssi_signo == SIGCHLD);
	CHECK(si.ssi_signo == SIGPIPE);
}

static void a_broken_pipe_of_ours_is_no_signal_from_somebody(void **state)
{
	holds(a_broken_pipe);
}

/* A terminal of its own: the master; the caller is the leader of its session. */
static int new_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	CHECK(master >= 0 && !grantpt(master) && !unlockpt(master));
	CHECK(setsid() > 0);
	slave = open(ptsname(master), O_RDWR | O_CLOEXEC);
	CHECK(slave >= 0 && ioctl(slave, TIOCSCTTY, 0) == 0);
	return master;
}

static void next(struct signals *s, int sig, bool from_terminal)
{
	struct pollfd p = { s->fd, POLLIN, 0 };
	struct signalfd_siginfo si;

	CHECK(poll(&p, 1, -1) == 1 && signals_read(s, &si) == 1);
	CHECK((int)si.ssi_signo == sig);
	CHECK(signals_from_terminal(&si) == from_terminal);
}

static void keys(void)
{
	struct winsize size = { .ws_row = 7, .ws_col = 70 };
	int master = new_terminal();
	struct signals s;

	CHECK(signals_open(&s) == 0);
	CHECK(write(master, "\003", 1) == 1);
	next(&s, SIGINT, true);
	CHECK(write(master, "\034", 1) == 1);
	next(&s, SIGQUIT, true);
	CHECK(write(master, "\032", 1) == 1);
	next(&s, SIGTSTP, true);
	CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
	next(&s, SIGWINCH, true);
	kill(getpid(), SIGINT);
	next(&s, SIGINT, false);
}

static void the_keys_of_a_terminal_are_told_from_kill(void **state)
{
	holds(keys);
}

/* The kernel tells the session's leader alone: were it taken for told, the JVM would never hear. */
static void hangup_of_a_leader(void)
{
	int master = new_terminal();
	struct signals s;

	CHECK(signals_open(&s) == 0);
	close(master);
	next(&s, SIGHUP, false);
}

static void a_hangup_is_passed_on_by_the_leader_of_a_session(void **state)
{
	holds(hangup_of_a_leader);
}

/* When the leader goes, the others in the foreground are all told. */
static void hangup_of_a_group(void)
{
	int ready[2], status;
	char byte = 0;
	pid_t leader;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	CHECK(pipe(ready) == 0);
	leader = fork();
	CHECK(leader >= 0);
	if (!leader) {
		struct signals s;

		new_terminal();
		if (fork())
			_exit(read(ready[0], &byte, 1) == 1 ? 0 : 1);
		CHECK(signals_open(&s) == 0 && write(ready[1], &byte, 1) == 1);
		next(&s, SIGHUP, true);
		_exit(0);
	}
	CHECK(waitpid(leader, &status, 0) == leader && status == 0);
	CHECK(wait(&status) > 0);
	_exit(WEXITSTATUS(status));
}

static void a_hangup_by_the_end_of_the_leader_reaches_all_by_itself(void **state)
{
	holds(hangup_of_a_group);
}

static int end_by;

static void end(void)
{
	struct signals s;

	if (end_by % 2)
		signal(end_by, SIG_IGN);
	CHECK(signals_open(&s) == 0);
	CHECK(prctl(PR_GET_DUMPABLE) == 1);
	signals_end_by(end_by);
	_exit(99);
}

static void ending_by_a_signal_is_seen_as_such(void **state)
{
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGURG, SIGWINCH };

	for (end_by = 1; end_by <= SIGRTMAX; end_by++) {
		int status;

		if (end_by == SIGSTOP || end_by == SIGTSTP || end_by == SIGTTIN ||
		    end_by == SIGTTOU || (end_by > SIGSYS && end_by < SIGRTMIN))
			continue;
		status = status_of(end);
		for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
			if (end_by == harmless[i]) /* nobody ends by these */
				status = WEXITSTATUS(status) == 99 ? end_by : -1;
		if (status != end_by) /* the core bit is not set either */
			fail_msg("signal %d: status %#x", end_by, status);
	}
}

static void stop_thrice(void)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	struct signals s;
	sigset_t before = { 0 }, after = { 0 };

	/* A group with a parent outside of it in the same session: it is not orphaned, so it stops.
	 */
	CHECK(setpgid(0, 0) == 0);
	signal(SIGTTIN, SIG_IGN);
	CHECK(signals_open(&s) == 0);
	sigprocmask(SIG_BLOCK, NULL, &before);
	kill(getpid(), SIGTSTP); /* still waiting, as after ^Z: not a second stop */
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
		signals_stop_by(stops[i]);
	sigprocmask(SIG_BLOCK, NULL, &after);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	CHECK(signal(SIGTTIN, SIG_DFL) == SIG_IGN);
}

static void stopping_by_a_signal_is_seen_as_such_and_ends_with_cont(void **state)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		stop_thrice();
		_exit(0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
		assert_true(WIFSTOPPED(status));
		assert_int_equal(WSTOPSIG(status), stops[i]);
		kill(pid, SIGCONT);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_can_be_caught_is_read_once),
		cmocka_unit_test(a_fault_of_our_own_ends_us),
		cmocka_unit_test(what_was_blocked_and_ignored_is_remembered),
		cmocka_unit_test(a_broken_pipe_of_ours_is_no_signal_from_somebody),
		cmocka_unit_test(the_keys_of_a_terminal_are_told_from_kill),
		cmocka_unit_test(a_hangup_is_passed_on_by_the_leader_of_a_session),
		cmocka_unit_test(a_hangup_by_the_end_of_the_leader_reaches_all_by_itself),
		cmocka_unit_test(ending_by_a_signal_is_seen_as_such),
		cmocka_unit_test(stopping_by_a_signal_is_seen_as_such_and_ends_with_cont),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
