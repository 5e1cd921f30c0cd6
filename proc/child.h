/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include "base/err.h"
#include "proc/privs.h"

#define CHILD_FDS_MAX 32 /* more are refused, -E2BIG */

/* A child described by data. The caller keeps all of it valid until child_spawn returns; nothing is
 * allocated, the caller's signal handlers never run in the child. */
struct child_fd {
	int from, to; /* to gets a copy of from without CLOEXEC; from may equal to */
};

/* A limit on resources; a hard one that we may not raise leaves the soft one as near as it goes. */
struct child_limit {
	int which; /* RLIMIT_* */
	struct rlimit value;
};

struct child_spec {
	const char *path; /* exec'ed as it is, no PATH search */
	int exec_fd; /* >0: execveat(exec_fd, "", AT_EMPTY_PATH) instead of path, which then only
		      * stands in messages; no script, whose interpreter could not open it */
	char *const *argv;
	char *const *envp;

	const struct child_fd *fds;
	size_t n_fds;
	bool close_others; /* everything but 0, 1, 2 and what is listed is closed (our roles and
			    * hooks); the JVM inherits what we inherited, ours are all CLOEXEC */

	const sigset_t *mask;	 /* to be set at the exec; NULL: empty */
	const sigset_t *ignored; /* SIG_IGN at the exec, all others default; NULL: none */

	const struct privs *privs;	  /* NULL: as we are */
	int chdir_fd;			  /* fchdir, -1: none */
	const char *chdir;		  /* after the rights are dropped; NULL: none */
	long umask;			  /* -1: as it is */
	const struct rlimit *core;	  /* RLIMIT_CORE, best effort; NULL: as it is */
	int oom_score_adj;		  /* raised by this much, best effort: for our helpers */
	const int *oom_score;		  /* this one, best effort; NULL: as it is */
	const struct child_limit *limits; /* best effort */
	unsigned n_limits;		  /* at most 16 */
	bool idle;	  /* SCHED_IDLE and the idle I/O class, best effort: for the digest */
	bool new_group;	  /* its own process group */
	bool new_session; /* and session */
	int death_signal; /* PR_SET_PDEATHSIG, set after the rights are dropped (before, it is
			   * lost), then the parent compared with the one known before; 0: none */

	/* Runs in the child just before exec; it may only write memory and make async-signal-safe
	 * calls. For what depends on the pid. The child shares our memory (CLONE_VM|CLONE_VFORK).
	 */
	void (*before_exec)(void *arg, pid_t self);
	void *arg;
};

struct child {
	pid_t pid;
	int pidfd;	 /* O_CLOEXEC */
	unsigned missed; /* of what is best effort: bit n for limit n, CHILD_MISSED_SCORE */
};
#define CHILD_MISSED_SCORE (1u << 16)

/* Blocks until the exec happened or failed. A failure in the child is -errno with a sentence that
 * names the step (ENOENT, EACCES of the exec as such). */
int child_spawn(const struct child_spec *spec, struct child *ret, struct err *err);

/* Signals by pidfd; 0, -ESRCH when it is gone. */
int child_signal(const struct child *c, int sig);

/* A sentinel stands in for PDEATHSIG where the kernel drops it (file capabilities, set-id): a tiny
 * forked process that waits for the end of our pipe, then sends CONT and KILL to the child by
 * pidfd. *ret_fd: our end; close it at the child's normal end, once it is reaped: the sentinel then
 * finds nobody and leaves. It is no child of ours. */
int child_sentinel(const struct child *c, int *ret_fd, struct err *err);

/* The kernel will drop PDEATHSIG at the exec of this file: set-id bits, or file capabilities. 1, 0,
 * -errno. */
int child_loses_death_signal(const char *path);
