/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's own signals: blocked and read from a signalfd, and the two ways in which it
 * repeats what happened to the JVM, ending and stopping.
 *
 * A signal that is ignored and blocked still arrives in the signalfd (the kernel keeps a blocked
 * one, since its handler may change), so what was ignored at our start is passed on to a JVM that
 * ignores it too. Only SIGCHLD must not stay ignored: the kernel would reap our children. Faults
 * are blocked with the rest: sent by somebody they are passed on, and for one of our own code the
 * kernel takes the default action all the same (force_sig_info_to_task in kernel/signal.c).
 */
#include "proc/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>
#include "base/macro.h"

static void remember_ignored(sigset_t *ret)
{
	struct sigaction sa;

	sigemptyset(ret);
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (!sigaction(sig, NULL, &sa) && sa.sa_handler == SIG_IGN)
			sigaddset(ret, sig);
}

int signals_open(struct signals *s)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t mask;

	*s = (struct signals){ .fd = -1 };
	remember_ignored(&s->was_ignored);
	sigfillset(&mask);
	s->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd < 0)
		return -errno;
	sigaction(SIGCHLD, &by_default, NULL);
	sigprocmask(SIG_SETMASK, &mask, &s->was_mask);
	return 0;
}

void signals_close(struct signals *s)
{
	if (s->fd < 0)
		return;
	close_fd(&s->fd);
	if (sigismember(&s->was_ignored, SIGCHLD) == 1)
		(void)signal(SIGCHLD, SIG_IGN);
	sigprocmask(SIG_SETMASK, &s->was_mask, NULL);
}

/* A write of ours into a closed pipe or over a file size limit: nobody sent it, so nobody must be
 * told. The kernel sends both in our own name (send_sig with priv 0). */
static bool by_our_own_write(const struct signalfd_siginfo *si)
{
	return (si->ssi_signo == SIGPIPE || si->ssi_signo == SIGXFSZ) &&
	       si->ssi_pid == (uint32_t)getpid();
}

int signals_read(struct signals *s, struct signalfd_siginfo *ret)
{
	struct signalfd_siginfo si;

	for (;;) {
		ssize_t n = read(s->fd, &si, sizeof(si));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n != sizeof(si))
			return -EIO;
		if (by_our_own_write(&si))
			continue;
		*ret = si;
		return 1;
	}
}

bool signals_from_terminal(const struct signalfd_siginfo *si)
{
	if (si->ssi_code != SI_KERNEL)
		return false;
	switch (si->ssi_signo) {
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGWINCH:
		return true;
	case SIGHUP:
	case SIGCONT:
		/* A hangup goes to the session's leader alone (__tty_hangup in
		 * drivers/tty/tty_jobctrl.c); the others hear of it when the leader has gone. */
		return getsid(0) != getpid();
	default:
		return false; /* a resource limit, a timer: ours alone */
	}
}

void signals_end_by(int sig)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t set;

	/* Our core would take the place of the JVM's, which lies in the same folder under
	 * core_pattern "core" (observed). */
	prctl(PR_SET_DUMPABLE, 0);
	sigaction(sig, &by_default, NULL);
	kill(getpid(), sig);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void signals_stop_by(int sig)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL }, was;
	sigset_t set, was_mask;

	if (sigaction(sig, &by_default, &was) < 0)
		return;
	sigemptyset(&set);
	sigaddset(&set, sig);
	/* Sent while it is blocked, and to the process as the terminal does: it then merges with
	 * one that is still pending, and we stop once. */
	sigprocmask(SIG_BLOCK, &set, &was_mask);
	kill(getpid(), sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_SETMASK, &was_mask, NULL);
	sigaction(sig, &was, NULL);
}
