/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at children and taking them.
 *
 * The system call is used directly: it has a fifth argument, the child's resource use, which the
 * function of the C library lacks, and gives it for a look (WNOWAIT) too.
 */
#include "proc/reap.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"

static uint64_t nanoseconds(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * NSEC_PER_SEC + (uint64_t)t->tv_usec * 1000;
}

static int wait_for(pid_t pid, int options, struct reaped *ret)
{
	siginfo_t si = { 0 };
	struct rusage use = { 0 };

	if (syscall(SYS_waitid, P_PID, pid, &si, options | WNOHANG, &use) < 0)
		return -errno;
	if (!si.si_pid)
		return 0;
	*ret = (struct reaped){
		.pid = si.si_pid,
		.code = si.si_code,
		.status = si.si_status,
	};
	if (options & WEXITED) {
		ret->max_rss = (uint64_t)use.ru_maxrss * 1024;
		ret->cpu_time = nanoseconds(&use.ru_utime) + nanoseconds(&use.ru_stime);
	}
	return 1;
}

int reap_look(pid_t pid, struct reaped *ret)
{
	/* The end first: a stop before it no longer matters. */
	int r = wait_for(pid, WEXITED | WNOWAIT, ret);

	return r ? r : wait_for(pid, WSTOPPED | WCONTINUED, ret);
}

int reap_take(pid_t pid, struct reaped *ret)
{
	return wait_for(pid, WEXITED, ret);
}

static bool is_kept(pid_t pid, const pid_t *keep, unsigned n_keep)
{
	for (unsigned i = 0; i < n_keep; i++)
		if (keep[i] == pid)
			return true;
	return false;
}

int reap_orphans(const pid_t *keep, unsigned n_keep)
{
	siginfo_t si;
	int taken = 0;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0)
			return errno == ECHILD ? taken : -errno;
		if (!si.si_pid || is_kept(si.si_pid, keep, n_keep))
			return taken;
		if (waitid(P_PID, (id_t)si.si_pid, &si, WEXITED | WNOHANG) == 0)
			taken++;
	}
}
