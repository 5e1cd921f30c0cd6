/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentinel: what kills the JVM with us where PR_SET_PDEATHSIG cannot.
 *
 * It is a bare process that holds the read end of a pipe and the JVM's pidfd, and nothing else: a
 * copy of our stdout would keep a reader of it waiting, a copy of the terminal a hangup. It is in a
 * session of its own, so that what kills our process group leaves it to do its work, and it is no
 * child of ours, so that there is nobody to reap.
 */
#include "proc/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/fds.h"

enum { GUARD_PIPE, GUARD_PIDFD, GUARD_FDS };

/* With every signal blocked. The pidfd of a child that has ended and was reaped finds nobody. */
static _Noreturn void guard(int pipe, int pidfd)
{
	char byte;
	ssize_t n;

	setsid();
	prctl(PR_SET_NAME, "jvisor-guard");
	privs_keep_only(privs_of_guard);
	pipe = fcntl(pipe, F_DUPFD_CLOEXEC, GUARD_FDS);
	pidfd = fcntl(pidfd, F_DUPFD_CLOEXEC, GUARD_FDS);
	if (pipe < 0 || pidfd < 0 || dup2(pipe, GUARD_PIPE) < 0 || dup2(pidfd, GUARD_PIDFD) < 0)
		_exit(1);
	fds_close(GUARD_FDS);
	if (chdir("/") < 0)
		_exit(1);
	do
		n = read(GUARD_PIPE, &byte, sizeof(byte));
	while (n > 0 || (n < 0 && errno == EINTR));
	syscall(SYS_pidfd_send_signal, GUARD_PIDFD, SIGCONT, NULL, 0);
	syscall(SYS_pidfd_send_signal, GUARD_PIDFD, SIGKILL, NULL, 0);
	_exit(0);
}

static int fork_twice(int pipe, int pidfd)
{
	sigset_t all, was;
	int status = 0, code;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &was);
	pid = fork();
	code = errno;
	if (!pid) {
		pid = fork();
		if (!pid)
			guard(pipe, pidfd);
		_exit(pid < 0 ? errno : 0);
	}
	sigprocmask(SIG_SETMASK, &was, NULL);
	if (pid < 0)
		return -code;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

int child_sentinel(const struct child *c, int *ret_fd, struct err *err)
{
	_cleanup_close_ int ours = -1, theirs = -1;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make the pipe of the sentinel");
	theirs = ends[0];
	ours = ends[1];
	r = fork_twice(theirs, c->pidfd);
	if (r < 0)
		return err_errno(err, -r, "cannot start the sentinel");
	*ret_fd = steal_fd(&ours);
	return 0;
}

int child_loses_death_signal(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (st.st_mode & S_ISUID || (st.st_mode & S_ISGID && st.st_mode & S_IXGRP))
		return 1;
	return privs_file_caps(path);
}
