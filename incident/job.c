/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outside of a job: fork, hand over, wait with a deadline, believe little.
 *
 * The child keeps three descriptors; everything else, the store's folder above all, is closed
 * before it looks at a byte. Its end is told by the pipe's, and nothing of it lives on after that:
 * a job that was taken over may close the pipe and go on.
 */
#include "incident/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/macro.h"
#include "base/parse.h"
#include "incident/sandbox.h"
#include "incident/work.h"

enum {
	FD_IN = 3,
	FD_OUT,
	FD_RESULT,
	FD_END, /* the first to be closed */
	FD_HIGH = 16,
	FD_GUESS = 1024,
};

static const uint64_t memory_max = 512ULL * 1024 * 1024;

void job_result_done(struct job_result *r)
{
	facts_done(&r->facts);
	*r = (struct job_result){ 0 };
}

static void close_above(void)
{
	if (!syscall(SYS_close_range, FD_END, ~0U, 0))
		return;
	for (int fd = FD_END; fd < FD_GUESS; fd++) /* before Linux 5.9 */
		close(fd);
}

/* Above all of them first, so that none lands on another. */
static int place(const int from[3])
{
	int high[3];

	for (int i = 0; i < 3; i++) {
		high[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, FD_HIGH);
		if (from[i] >= 0 && high[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++) {
		if (high[i] < 0)
			close(FD_IN + i);
		else if (dup2(high[i], FD_IN + i) < 0)
			return -errno;
	}
	close_above();
	return 0;
}

static void answer(int fd, int code, struct strbuf *record)
{
	file_write_all(fd, record->buf, record->len);
	_exit(code ? 1 : 0);
}

static void child_main(const struct job *job, int result, pid_t parent)
{
	const struct sandbox_limits limits = { .file_size = job->out_max,
					       .memory = memory_max,
					       .death_signal = SIGKILL };
	const int from[3] = { job->in, job->out, result };
	struct strbuf record = STRBUF_INIT;
	struct job mine = *job;
	struct err err = { 0 };
	int r;

	signal(SIGXFSZ, SIG_IGN); /* the limit is then EFBIG */
	signal(SIGPIPE, SIG_IGN);
	r = place(from);
	if (!r)
		r = sandbox_enter(&limits, &err);
	if (r || getppid() != parent)
		_exit(2);
	mine.in = FD_IN;
	mine.out = job->out < 0 ? -1 : FD_OUT;
	r = work_do(&mine, &record);
	answer(FD_RESULT, r, &record);
}

/* -ETIMEDOUT at the deadline. */
static int read_answer(int fd, uint64_t deadline, struct strbuf *ret)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_mono(), left = deadline > now ? deadline - now : 0;
		struct timespec t = { .tv_sec = (time_t)(left / NSEC_PER_SEC),
				      .tv_nsec = (long)(left % NSEC_PER_SEC) };
		int r = ppoll(&p, 1, deadline ? &t : NULL, NULL);
		ssize_t n;

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r ? -errno : -ETIMEDOUT;
		if (!strbuf_reserve(ret, 4096))
			return -ENOMEM;
		n = read(fd, ret->buf + ret->len, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		ret->len += (size_t)n;
		if (ret->len > WORK_RECORD_MAX)
			return -EFBIG;
	}
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

static int conclude(int r, int status, struct slice record, struct job_result *ret, struct err *err)
{
	char buf[16];

	if (r == -ETIMEDOUT)
		return err_set(err, ETIMEDOUT, "it was not done at the deadline");
	if (r < 0)
		return err_errno(err, -r, "no answer");
	if (WIFSIGNALED(status))
		return err_set(err, EIO, "the process that did it was ended by SIG%s",
			       signal_name(WTERMSIG(status), buf));
	if (WEXITSTATUS(status) == 2)
		return err_set(err, EPERM, "no sandbox to look into it safely");
	r = work_read(record, ret);
	if (r < 0)
		return err_set(err, EBADMSG, "the answer makes no sense");
	if (r == EBADMSG)
		return err_set(err, r, "it is not of the form that was expected");
	if (r == EFBIG)
		return err_set(err, r, "it does not get smaller, or there is no room");
	return r ? err_set(err, r, "%s", strerrordesc_np(r) ? strerrordesc_np(r) : "failed") : 0;
}

int job_run(const struct job *job, struct job_result *ret, struct err *err)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	_cleanup_close_ int ours = -1, theirs = -1;
	struct job_result result = { 0 };
	pid_t parent = getpid(), pid;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	ours = ends[0];
	theirs = ends[1];
	pid = fork();
	if (pid < 0)
		return err_errno(err, errno, "cannot fork");
	if (!pid)
		child_main(job, theirs, parent);
	close_fd(&theirs);
	r = read_answer(ours, job->deadline, &record);
	/* A pipe that ended because of _exit ended after the status was fixed: KILL changes it no
	 * more (SIGNAL_GROUP_EXIT, all kernels). */
	kill(pid, SIGKILL);
	r = conclude(r, wait_for(pid), (struct slice){ strbuf_str(&record), record.len }, &result,
		     err);
	if (r < 0) {
		job_result_done(&result);
		return r;
	}
	*ret = result;
	return 0;
}
