/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a child from its description.
 *
 * The child shares our memory until its exec (CLONE_VM|CLONE_VFORK): nothing is copied, and why a
 * step failed is left in a struct of the parent's. So everything in the child's half must be a
 * plain system call: glibc's own setuid() would tell "all threads" of a process that is not the
 * child's. What is not shared: descriptors, signal dispositions, the working folder, the umask,
 * credentials. One thing is shared that is easily missed: a change of uid makes the *memory*
 * undumpable, ours too.
 */
#include "proc/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/fds.h"

enum step {
	STEP_NONE,
	STEP_FDS,
	STEP_CLOSE,
	STEP_SESSION,
	STEP_GROUP,
	STEP_RIGHTS,
	STEP_DEATH_SIGNAL,
	STEP_CHDIR,
	STEP_EXEC,
	STEP_COUNT
};

static const char *const step_texts[] = {
	[STEP_NONE] = "",
	[STEP_FDS] = "passing its descriptors on",
	[STEP_CLOSE] = "closing the other descriptors",
	[STEP_SESSION] = "making its session",
	[STEP_GROUP] = "making its process group",
	[STEP_RIGHTS] = "changing to its user and groups",
	[STEP_DEATH_SIGNAL] = "tying its life to ours",
	[STEP_CHDIR] = "entering its working folder",
	[STEP_EXEC] = "executing it",
};
static_assert(ARRAY_SIZE(step_texts) == STEP_COUNT, "a text for each step");

struct job {
	const struct child_spec *spec;
	pid_t parent;
	int exec_fd, chdir_fd;
	enum step step; /* that failed */
	int code;
	unsigned missed;
};

static _in_child_ void set_dispositions(const sigset_t *ignored)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		sa.sa_handler = ignored && sigismember(ignored, sig) == 1 ? SIG_IGN : SIG_DFL;
		sigaction(sig, &sa, NULL); /* glibc's own two refuse: they stay as inherited */
	}
}

/* Out of the way of every `to`, so that none is overwritten before it was copied. */
static _in_child_ int move_up(int *fd, int above)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, above);

	if (moved < 0)
		return -errno;
	*fd = moved;
	return 0;
}

static _in_child_ int place_fds(struct job *job)
{
	const struct child_spec *s = job->spec;
	int high[CHILD_FDS_MAX], above = 3, r = 0;

	for (size_t i = 0; i < s->n_fds; i++)
		if (s->fds[i].to >= above)
			above = s->fds[i].to + 1;
	for (size_t i = 0; i < s->n_fds && !r; i++) {
		high[i] = s->fds[i].from;
		r = move_up(&high[i], above);
	}
	if (!r && s->n_fds && job->exec_fd > 0)
		r = move_up(&job->exec_fd, above);
	if (!r && s->n_fds && job->chdir_fd >= 0)
		r = move_up(&job->chdir_fd, above);
	if (r)
		return r;
	if (s->close_others) {
		job->step = STEP_CLOSE;
		r = fds_cloexec(3);
		if (r)
			return r;
		job->step = STEP_FDS;
	}
	for (size_t i = 0; i < s->n_fds; i++)
		if (dup2(high[i], s->fds[i].to) < 0)
			return -errno;
	return 0;
}

/* Best effort: a helper that keeps its full weight still does its work. */
static _in_child_ void become_idle(void)
{
	struct sched_param none = { 0 };
	const int who_process = 1,
		  class_idle = 3 << 13; /* linux/ioprio.h, since 5.15 in its uapi form */

	syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &none);
	syscall(SYS_ioprio_set, who_process, 0, class_idle);
}

/* Best effort, as above. A vfork child may have a value of its own although it shares our memory
 * (__set_oom_adj in fs/proc/base.c, since 4.8). */
static _in_child_ bool set_oom_score(const int *to, int by)
{
	int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	char text[16] = "";
	int value = 0, sign = 1, n;
	ssize_t len;

	if (fd < 0)
		return false;
	len = pread(fd, text, sizeof(text) - 1, 0);
	for (ssize_t i = 0; i < len && text[i] != '\n'; i++) {
		if (text[i] == '-')
			sign = -1;
		else
			value = value * 10 + (text[i] - '0');
	}
	value = to ? *to : sign * value + by;
	if (value > 1000)
		value = 1000;
	n = snprintf(text, sizeof(text), "%d", value);
	len = len > 0 ? pwrite(fd, text, (size_t)n, 0) : -1;
	close(fd);
	return len == n;
}

/* What only a privileged process may raise goes as far as it can. */
static _in_child_ bool set_limit(const struct child_limit *l)
{
	struct rlimit now, want = l->value;

	if (!setrlimit((__rlimit_resource_t)l->which, &want))
		return true;
	if (getrlimit((__rlimit_resource_t)l->which, &now) < 0)
		return false;
	if (want.rlim_max > now.rlim_max)
		want.rlim_max = now.rlim_max;
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	setrlimit((__rlimit_resource_t)l->which, &want);
	return false;
}

static _in_child_ void set_resources(struct job *job)
{
	const struct child_spec *s = job->spec;

	for (unsigned i = 0; i < s->n_limits; i++)
		if (!set_limit(&s->limits[i]))
			job->missed |= 1u << i;
	if (s->core)
		setrlimit(RLIMIT_CORE, s->core); /* over the hard limit: no core, but a start */
	if ((s->oom_score || s->oom_score_adj) && !set_oom_score(s->oom_score, s->oom_score_adj))
		job->missed |= CHILD_MISSED_SCORE;
}

/* Set after the change of uid, which clears it. The parent may have died before: then nobody sends
 * the signal any more. 0: the parent is in another PID namespace, where its number has no meaning.
 */
static _in_child_ int tie_to_parent(const struct job *job)
{
	pid_t now;

	if (prctl(PR_SET_PDEATHSIG, job->spec->death_signal) < 0)
		return -errno;
	now = getppid();
	if (now && now != job->parent)
		syscall(SYS_kill, getpid(), SIGKILL);
	return 0;
}

static _in_child_ int group_and_limits(struct job *job)
{
	const struct child_spec *s = job->spec;

	job->step = STEP_SESSION;
	if (s->new_session && setsid() < 0)
		return -errno;
	job->step = STEP_GROUP;
	if (s->new_group && !s->new_session && setpgid(0, 0) < 0)
		return -errno;
	set_resources(job);
	if (s->idle)
		become_idle();
	if (s->umask >= 0)
		umask((mode_t)s->umask);
	return 0;
}

static _in_child_ int rights_and_folder(struct job *job)
{
	const struct child_spec *s = job->spec;
	int r;

	job->step = STEP_RIGHTS;
	if (s->privs && (r = privs_become(s->privs)) < 0)
		return r;
	job->step = STEP_DEATH_SIGNAL;
	if (s->death_signal && (r = tie_to_parent(job)) < 0)
		return r;
	job->step = STEP_CHDIR;
	if (job->chdir_fd >= 0 && fchdir(job->chdir_fd) < 0)
		return -errno;
	if (s->chdir && chdir(s->chdir) < 0)
		return -errno;
	return 0;
}

static _in_child_ int execute(struct job *job)
{
	const struct child_spec *s = job->spec;
	sigset_t none;
	int r;

	set_dispositions(s->ignored);
	if (s->privs)
		(void)privs_raise(); /* our credentials are our own */
	job->step = STEP_FDS;
	r = place_fds(job);
	if (!r)
		r = group_and_limits(job);
	if (!r)
		r = rights_and_folder(job);
	if (r)
		return r;
	if (s->before_exec)
		s->before_exec(s->arg, getpid());

	/* Killed from here on, by a signal that was waiting, it is a child that started and ended.
	 */
	job->step = STEP_NONE;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, s->mask ? s->mask : &none, NULL);
	if (job->exec_fd > 0)
		syscall(SYS_execveat, job->exec_fd, "", s->argv, s->envp, AT_EMPTY_PATH);
	else
		syscall(SYS_execve, s->path, s->argv, s->envp);
	job->step = STEP_EXEC;
	return -errno;
}

static _in_child_ int child_main(void *arg)
{
	struct job *job = arg;

	job->code = execute(job);
	syscall(SYS_exit_group, 127); /* no cleanup of the parent's */
	return 127;
}

static int exec_failed(const struct child_spec *s, int code, struct err *err)
{
	const char *what = s->path ? s->path : s->argv[0];

	switch (code) {
	case ENOEXEC:
		return err_set(err, code,
			       "cannot execute %s: the kernel does not know its format (a script "
			       "begins with a line such as #!/bin/sh)",
			       what);
	case ENOENT:
		if (!s->path || access(s->path, F_OK) < 0)
			break;
		return err_set(
			err, code,
			"cannot execute %s: it is there, but the interpreter or dynamic loader "
			"that it names is not",
			what);
	case EACCES:
		return err_set(err, code,
			       "cannot execute %s: permission denied (no run bit, or a file system "
			       "mounted noexec)",
			       what);
	default:
		break;
	}
	return err_errno(err, code, "cannot execute %s", what);
}

static int failed(const struct job *job, struct err *err)
{
	const struct child_spec *s = job->spec;

	if (job->step == STEP_EXEC)
		return exec_failed(s, -job->code, err);
	return err_errno(err, -job->code, "cannot start %s: %s failed%s",
			 s->path ? s->path : s->argv[0], step_texts[job->step],
			 job->step == STEP_RIGHTS && job->code == -EPERM
				 ? " (the capabilities setuid and setgid are needed)"
				 : "");
}

static pid_t clone_child(struct job *job, int *ret_pidfd)
{
	static char stack[64 * 1024] __attribute__((aligned(4096)));
	int dumpable = prctl(PR_GET_DUMPABLE), code;
	sigset_t all, was;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &was);
	pid = clone(child_main, stack + sizeof(stack),
		    CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, job, ret_pidfd);
	code = errno;
	madvise(stack, sizeof(stack), MADV_DONTNEED); /* not needed for months */
	if (job->spec->privs && dumpable == 1)
		prctl(PR_SET_DUMPABLE, 1);
	sigprocmask(SIG_SETMASK, &was, NULL);
	return pid < 0 ? -code : pid;
}

int child_spawn(const struct child_spec *spec, struct child *ret, struct err *err)
{
	struct job job = {
		.spec = spec,
		.parent = getpid(),
		.exec_fd = spec->exec_fd,
		.chdir_fd = spec->chdir_fd,
	};
	_cleanup_close_ int pidfd = -1;
	pid_t pid;

	if (spec->n_fds > CHILD_FDS_MAX)
		return err_set(err, E2BIG, "cannot pass %zu descriptors to a child", spec->n_fds);
	pid = clone_child(&job, &pidfd);
	if (pid < 0)
		return err_errno(err, -pid, "cannot make a process for %s",
				 spec->path ? spec->path : spec->argv[0]);
	if (job.step == STEP_NONE && pidfd >= 0) {
		*ret = (struct child){ .pid = pid,
				       .pidfd = steal_fd(&pidfd),
				       .missed = job.missed };
		return 0;
	}
	/* An old kernel ignores the flag that it does not know. */
	if (job.step == STEP_NONE)
		kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (job.step == STEP_NONE)
		return err_set(err, ENOSYS, "this kernel has no pidfd: Linux 5.4 is needed");
	return failed(&job, err);
}

int child_signal(const struct child *c, int sig)
{
	return syscall(SYS_pidfd_send_signal, c->pidfd, sig, NULL, 0) < 0 ? -errno : 0;
}
