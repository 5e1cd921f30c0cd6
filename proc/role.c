/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running ourselves again in a role, and the lines it says.
 *
 * Lines come from a process that may be killed in the middle of one or, after looking into hostile
 * files, say anything: a line is whole, short and of a known form, or it is dropped.
 */
#include "proc/role.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/macro.h"

enum {
	ARGS_MAX = 8,
	FDS_MAX = 8,
	READS_MAX = 8 /* per call, so that a chatty role does not hold the loop */
};

/* What would end or stop it before its work is done. Writing to the terminal from the background
 * is TTOU's case, to a reader that has gone PIPE's; a Ctrl-Z hits it where it is not in its own
 * group yet, and then there would be nobody to let it go on. */
static const int ignored_signals[] = {
	SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGTTOU, SIGTSTP,
};

static int fill_argv(const struct role_spec *spec, const char *argv[static ARGS_MAX + 3])
{
	size_t n = 0;

	argv[n++] = ROLE_ARGV0;
	argv[n++] = spec->name;
	for (const char *const *a = spec->args; a && *a; a++) {
		if (n == ARGS_MAX + 2)
			return -E2BIG;
		argv[n++] = *a;
	}
	argv[n] = NULL;
	return 0;
}

static size_t fill_fds(const struct role_spec *spec, int null, int result,
		       struct child_fd fds[static FDS_MAX + 4])
{
	size_t n = 0;

	fds[n++] = (struct child_fd){ null, STDIN_FILENO };
	fds[n++] = (struct child_fd){ null, STDOUT_FILENO };
	fds[n++] = (struct child_fd){ spec->log_fd < 0 ? null : spec->log_fd, STDERR_FILENO };
	fds[n++] = (struct child_fd){ result, ROLE_RESULT_FD };
	for (unsigned i = 0; i < spec->n_fds; i++)
		if (spec->fds[i] >= 0)
			fds[n++] = (struct child_fd){ spec->fds[i], ROLE_FD((int)i) };
	return n;
}

static int end_signal(const struct role_spec *spec)
{
	return spec->has_groups ? ROLE_END : SIGKILL;
}

/* The first also when the file was replaced meanwhile; the second, the path that we were executed
 * by, is for a root without /proc. */
static const char *own_program(void)
{
	static const char link[] = "/proc/self/exe";

	return access(link, X_OK) == 0 ? link : (const char *)getauxval(AT_EXECFN);
}

static int spawn(const struct role_spec *spec, int null, int result, struct child *ret,
		 struct err *err)
{
	static const char *const no_env[] = { NULL };
	const char *argv[ARGS_MAX + 3];
	struct child_fd fds[FDS_MAX + 4];
	sigset_t ignored;
	struct child_spec c = {
		.path = own_program(),
		.argv = (char *const *)argv,
		.envp = (char *const *)(spec->env ? spec->env : no_env),
		.fds = fds,
		.close_others = true,
		.ignored = &ignored,
		.chdir_fd = -1,
		.umask = -1,
		.oom_score_adj = spec->oom_score_adj,
		.idle = spec->idle,
		.new_group = !spec->detached,
		.new_session = spec->detached,
		.death_signal = spec->detached ? 0 : end_signal(spec),
	};

	if (spec->n_fds > FDS_MAX || fill_argv(spec, argv) < 0)
		return err_set(err, E2BIG, "too many arguments for a role");
	c.n_fds = fill_fds(spec, null, result, fds);
	sigemptyset(&ignored);
	for (size_t i = 0; i < ARRAY_SIZE(ignored_signals); i++)
		sigaddset(&ignored, ignored_signals[i]);
	return child_spawn(&c, ret, err);
}

int role_spawn(const struct role_spec *spec, struct role *ret, struct err *err)
{
	_cleanup_close_ int null = -1, ours = -1, theirs = -1;
	struct role role;
	int ends[2], r;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return err_errno(err, errno, "cannot open /dev/null");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	ours = ends[0];
	theirs = ends[1];
	if (fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	r = spawn(spec, null, theirs, &role.child, err);
	if (r < 0)
		return err ? err_wrap(err, "the role \"%s\"", spec->name) : r;
	role.result = steal_fd(&ours);
	role.end_signal = end_signal(spec);
	*ret = role;
	return 0;
}

void role_kill(const struct role *r)
{
	/* Reaped, its number may be another's. */
	if (child_signal(&r->child, 0) == 0)
		kill(-r->child.pid, r->end_signal);
}

void role_say(int letter, const char *text)
{
	char line[PIPE_BUF];
	size_t n = 0;
	ssize_t done;

	line[n++] = (char)letter;
	line[n++] = ' ';
	for (; *text && n < sizeof(line) - 1; text++)
		line[n++] = *text == '\n' || *text == '\r' ? ' ' : *text;
	line[n++] = '\n';
	do
		done = write(ROLE_RESULT_FD, line, n);
	while (done < 0 && errno == EINTR);
}

static void serve_line(struct role_lines *l, void (*line)(void *, int, const char *), void *arg)
{
	l->buf[l->len] = '\0';
	if (l->len >= 2 && l->buf[1] == ' ' && l->buf[0] >= 'A' && l->buf[0] <= 'Z')
		line(arg, l->buf[0], l->buf + 2);
	l->len = 0;
}

static void take_byte(struct role_lines *l, char c,
		      void (*line)(void *arg, int letter, const char *text), void *arg)
{
	if (c == '\n') {
		if (!l->skipping)
			serve_line(l, line, arg);
		l->skipping = false;
	} else if (!l->skipping && c) {
		l->buf[l->len++] = c;
		if (l->len == sizeof(l->buf) - 1) {
			serve_line(l, line, arg);
			l->skipping = true;
		}
	}
}

int role_read(int fd, struct role_lines *l, void (*line)(void *arg, int letter, const char *text),
	      void *arg)
{
	for (int i = 0; i < READS_MAX; i++) {
		char chunk[4096];
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 1 : -errno;
		if (!n)
			return 0;
		for (ssize_t at = 0; at < n; at++)
			take_byte(l, chunk[at], line, arg);
	}
	return 1;
}
