/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running an event's hooks, one after the other, with plain blocking code.
 *
 * A hook ends when its first process has ended, not when its output does: what it left running
 * in the background on purpose may keep the pipe open for ever. Only a hook that did not end in
 * time has its whole group killed, or one whose time is cut short by our own end. The hook shares
 * nothing with us: a group of its own, no descriptor but three, and it is killed with us.
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "hooks/output.h"
#include "hooks/words.h"
#include "proc/child.h"
#include "proc/reap.h"

#define GRACE (2 * NSEC_PER_SEC) /* from TERM to KILL */
#define LAST_CUT \
	(3 * NSEC_PER_SEC) /* of the deadline for all, kept for TERM, KILL and the report */
#define DIE_TIME (1 * NSEC_PER_SEC) /* from KILL to leaving it: it hangs in the kernel */

struct run {
	const struct hook_set *set;
	const char *event, *pid;
	char *const *vars;
	int out_dir, null;
	uint64_t last;	/* when the running hook is told to end, UINT64_MAX: never */
	uint64_t grace; /* at most, between TERM and KILL */
	struct utsname host;
	void (*say)(void *arg, const char *text);
	void *arg;
};

/* One hook on its way. */
struct going {
	struct child child;
	int pipe; /* -1: closed or none */
	enum { RUNNING, TOLD, KILLED, LEFT } phase;
	uint64_t deadline; /* of the phase */
	uint64_t grace;
	struct output out;
};

static volatile pid_t running; /* group of the hook that runs; 0: none */

static void end_now(int sig)
{
	if (running)
		kill(-running, SIGKILL);
	_exit(128 + sig);
}

void hooks_end_by(int sig)
{
	const struct sigaction sa = { .sa_handler = end_now };

	sigaction(sig, &sa, NULL);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A sum of times that stays at "never". */
static uint64_t after(uint64_t now, uint64_t span)
{
	return span > UINT64_MAX - now ? UINT64_MAX : now + span;
}

static int timeout_ms(uint64_t deadline)
{
	uint64_t now = clock_mono(), ms;

	if (deadline == UINT64_MAX)
		return -1;
	if (deadline <= now)
		return 0;
	ms = (deadline - now - 1) / NSEC_PER_MSEC + 1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Entries NAME=VALUE, each taking the place of what there is by its name. */
static void set_entries(struct strv *env, char *const *entries)
{
	for (; *entries; entries++) {
		const char *eq = strchr(*entries, '=');
		_cleanup_free_ char *name = eq ? strndup(*entries, (size_t)(eq - *entries)) : NULL;

		if (name)
			strv_env_set(env, name, eq + 1);
		else if (eq)
			env->err = -ENOMEM;
	}
}

static void make_env(const struct run *run, const struct hook *h, struct strv *env)
{
	static char *const none[] = { NULL };

	for (size_t i = 0; i < run->set->env.n; i++)
		strv_push(env, run->set->env.v[i]);
	if (h->section && h->section->env)
		set_entries(env, strv_argv(h->section->env));
	set_entries(env, run->vars ? run->vars : none);
	strv_env_set(env, "JVISOR_EVENT", run->event);
	strv_env_set(env, "JVISOR_PID", run->pid);
}

static int make_argv(const struct run *run, const struct hook *h, const struct strv *env,
		     struct strv *argv)
{
	const char *incident = strv_env_get(env, "JVISOR_INCIDENT");
	struct words_in in = {
		.pid = run->pid,
		.host = run->host.nodename,
		.incident = incident && *incident ? incident : run->set->instance,
		.started = run->set->started,
		.env = env,
	};

	if (!h->section) {
		strv_push(argv, h->path);
		strv_push(argv, run->event);
		strv_push(argv, run->pid);
	} else if (h->section->shell) {
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

		words_expand(h->section->run, &in, &text);
		strv_push(argv, "sh");
		strv_push(argv, "-c");
		strv_push(argv, strbuf_str(&text));
		return strbuf_error(&text) ? strbuf_error(&text) : argv->err;
	} else {
		return words_split(h->section->run, &in, argv);
	}
	return argv->err;
}

static int find_rights(const struct hook_set *s, const struct hook *h, struct privs *ret,
		       struct err *err)
{
	char uid[24], gid[24];
	int r;

	if (h->section && h->section->user)
		return privs_find("", h->section->user, NULL, ret, err);
	snprintf(uid, sizeof(uid), "%llu", (unsigned long long)s->uid);
	snprintf(gid, sizeof(gid), "%llu", (unsigned long long)s->gid);
	r = privs_find("", uid, gid, ret, err);
	if (r < 0)
		return r;
	ret->denied = s->denied;
	ret->no_root = s->no_root && ret->change;
	return 0;
}

/* In the child, with its rights. The JVM's folder may be gone, or closed to this user. */
static void enter_folder(void *arg, pid_t self)
{
	const char *cwd = arg;

	if ((!cwd || chdir(cwd) < 0) && chdir("/") < 0)
		return;
}

static int start(const struct run *run, const struct hook *h, int output, struct child *ret,
		 struct err *err)
{
	_cleanup_strv_ struct strv env = STRV_INIT, argv = STRV_INIT;
	const struct child_fd fds[] = {
		{ run->null, STDIN_FILENO },
		{ output, STDOUT_FILENO },
		{ output, STDERR_FILENO },
	};
	struct privs privs;
	struct child_spec spec = {
		.path = h->path,
		.fds = fds,
		.n_fds = ARRAY_SIZE(fds),
		.close_others = true,
		.privs = &privs,
		.chdir_fd = -1,
		.umask = -1,
		.new_group = true,
		.death_signal = SIGKILL,
		.before_exec = enter_folder,
		.arg = run->set->cwd,
	};
	int r;

	make_env(run, h, &env);
	r = make_argv(run, h, &env, &argv);
	if (env.err || r == -ENOMEM)
		return err_set(err, ENOMEM, "out of memory");
	if (r < 0)
		return err_errno(err, -r, "its run cannot be split into words");
	r = find_rights(run->set, h, &privs, err);
	if (r < 0)
		return r;
	spec.argv = strv_argv(&argv);
	spec.envp = strv_argv(&env);
	return child_spawn(&spec, ret, err);
}

/* The hook has its time, then TERM, then KILL; both go to its whole group. */
static void next_phase(struct going *g)
{
	uint64_t now = clock_mono();

	switch (g->phase) {
	case RUNNING:
		kill(-g->child.pid, SIGTERM);
		g->phase = TOLD;
		g->deadline = after(now, g->grace);
		break;
	case TOLD:
		kill(-g->child.pid, SIGKILL);
		g->phase = KILLED;
		g->deadline = after(now, DIE_TIME);
		break;
	case KILLED:
	case LEFT:
		g->phase = LEFT;
		break;
	}
}

/* Until its first process has ended, or will not even by KILL. */
static void wait_for_end(struct going *g)
{
	while (g->phase != LEFT) {
		struct pollfd p[] = {
			{ .fd = g->child.pidfd, .events = POLLIN },
			{ .fd = g->pipe, .events = POLLIN },
		};
		int n = poll(p, ARRAY_SIZE(p), timeout_ms(g->deadline));

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && p[1].revents && !output_drain(&g->out, g->pipe))
			close_fd(&g->pipe);
		if (n > 0 && p[0].revents)
			return;
		if (clock_mono() >= g->deadline)
			next_phase(g);
	}
}

static void finish(struct going *g, struct hook_result *ret)
{
	struct reaped end = { 0 };

	if (g->pipe >= 0)
		(void)output_drain(&g->out, g->pipe);
	close_fd(&g->pipe);
	/* While its first process is a zombie the group's number is nobody else's. */
	if (g->phase != RUNNING)
		kill(-g->child.pid, SIGKILL);
	ret->exit_code = -1;
	if (g->phase != LEFT && reap_take(g->child.pid, &end) == 1) {
		if (end.code == CLD_EXITED)
			ret->exit_code = end.status;
		else
			ret->signal = end.status;
	}
	if (g->phase != RUNNING)
		ret->status = HOOK_TIMEOUT;
	else
		ret->status = ret->exit_code == 0 ? HOOK_OK : HOOK_FAILED;
	close_fd(&g->child.pidfd);
}

/* Output goes through a pipe of which only the hook keeps the other end; *ret_ours -1 without one.
 */
static int open_output(const struct run *run, int *ret_ours, int *ret_theirs, struct err *err)
{
	int ends[2];

	*ret_ours = -1;
	if (run->out_dir < 0) {
		*ret_theirs = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		return *ret_theirs < 0 ? err_errno(err, errno, "no stderr for its output") : 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, errno, "no pipe for its output");
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*ret_ours = ends[0];
	*ret_theirs = ends[1];
	return 0;
}

static void run_one(const struct run *run, const struct hook *h, struct hook_result *ret,
		    struct output *out, struct err *err)
{
	_cleanup_close_ int theirs = -1;
	struct going g = { .pipe = -1, .child.pidfd = -1 };
	uint64_t started = clock_mono();

	*ret = (struct hook_result){ .status = HOOK_NOT_RUN, .exit_code = -1 };
	output_begin(&g.out, run->out_dir, run->event, h->name);
	if (h->unsafe)
		err_set(err, EPERM, "%s", h->unsafe);
	else if (started >= run->last)
		err_set(err, ETIME, "no time was left");
	else if (open_output(run, &g.pipe, &theirs, err) == 0 &&
		 start(run, h, theirs, &g.child, err) == 0) {
		close_fd(&theirs);
		g.deadline = earlier(after(started, h->timeout), run->last);
		g.grace = earlier(h->timeout, run->grace);
		running = g.child.pid;
		wait_for_end(&g);
		running = 0; /* not ours any more once it is reaped */
		finish(&g, ret);
	}
	close_fd(&g.pipe);
	ret->ms = (clock_mono() - started) / NSEC_PER_MSEC;
	output_end(&g.out);
	*out = g.out;
}

/* What went wrong; "" where nothing did. */
static void put_reason(struct strbuf *b, const struct hook *h, const struct hook_result *r,
		       const struct err *err)
{
	char name[16];

	switch (r->status) {
	case HOOK_NOT_RUN:
		strbuf_printf(b, "was not run: %s", err->msg);
		if (h->unsafe && h->path[0] == '/')
			strbuf_printf(b, " (%s)", h->path);
		break;
	case HOOK_TIMEOUT:
		strbuf_puts(b, "was ended after ");
		strbuf_duration(b, r->ms * NSEC_PER_MSEC);
		strbuf_puts(b, ": its time was over");
		break;
	case HOOK_FAILED:
		if (r->signal)
			strbuf_printf(b, "ended by SIG%s (%s)", signal_name(r->signal, name),
				      signal_text(r->signal));
		else
			strbuf_printf(b, "ended with exit code %d", r->exit_code);
		break;
	default:
		break;
	}
}

static void tell(const struct run *run, const struct hook *h, const char *reason,
		 const struct output *out)
{
	char text[1024];
	struct strbuf b = STRBUF_FIXED(text);

	strbuf_printf(&b, "the %s hook %.*s %s", run->event, 200, h->name, reason);
	if (out->kept)
		strbuf_printf(&b, "; what it said is in hooks/%s", out->file);
	run->say(run->arg, text);
}

/* The folder lies in one of the JVM's user, who may have put another in its place. */
static int open_results(int dir)
{
	_cleanup_close_ int fd =
		openat(dir, "results",
		       O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) && st.st_nlink == 1 ? steal_fd(&fd) : -EPERM;
}

/* The name of a file may hold anything but a slash. */
static void put_field(struct strbuf *b, const char *text)
{
	for (; *text; text++)
		strbuf_putc(b, (unsigned char)*text < ' ' ? '?' : *text);
}

/* One write a line: the events of a death are roles of their own and may overlap. */
static void record(const struct run *run, const struct hook *h, const struct hook_result *r,
		   const char *reason)
{
	_cleanup_close_ int fd = -1;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (run->out_dir < 0)
		return;
	strbuf_printf(&b, "%s\t", run->event);
	put_field(&b, h->name);
	strbuf_printf(&b, "\t%s\t%d\t%llu", hook_status_names[r->status], r->exit_code,
		      (unsigned long long)r->ms);
	strbuf_puts(&b, *reason ? "\t" : "");
	put_field(&b, reason);
	strbuf_putc(&b, '\n');
	if (strbuf_error(&b))
		return;
	fd = open_results(run->out_dir);
	if (fd >= 0)
		(void)file_write_all(fd, b.buf, b.len);
}

static int run_list(const struct run *run, const struct hook_list *l)
{
	bool stopped = false;
	int bad = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct hook *h = &l->items[i];
		struct hook_result r = { .status = HOOK_NOT_RUN, .exit_code = -1 };
		struct output out = { .fd = -1 };
		char text[512] = "";
		struct strbuf reason = STRBUF_FIXED(text);
		struct err err = { 0 };

		if (stopped)
			err_set(&err, ECANCELED, "one before it failed, whose on_failure is stop");
		else
			run_one(run, h, &r, &out, &err);
		put_reason(&reason, h, &r, &err);
		record(run, h, &r, text);
		if (r.status == HOOK_OK)
			continue;
		tell(run, h, text, &out);
		stopped = stopped || (h->section && h->section->stop_on_failure);
		bad++;
	}
	return bad;
}

int hooks_run(const struct hook_set *s, enum hook_event e, const char *pid, char *const *vars,
	      int out_dir, uint64_t deadline, void (*say)(void *arg, const char *text), void *arg)
{
	uint64_t now = clock_mono(), cut = earlier(deadline / 4, LAST_CUT);
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct run run = {
		.set = s,
		.event = hook_event_names[e],
		.pid = pid,
		.vars = vars,
		.out_dir = out_dir,
		.null = null,
		.last = deadline ? after(now, deadline - cut) : UINT64_MAX,
		.grace = deadline ? earlier(cut / 2, GRACE) : GRACE,
		.say = say,
		.arg = arg,
	};
	struct hook_list l = { 0 };
	int r;

	if (null < 0)
		return -errno;
	(void)uname(&run.host);
	r = hooks_list(s, e, geteuid() == 0, &l, NULL);
	if (r >= 0)
		r = run_list(&run, &l);
	hook_list_done(&l);
	return r;
}
