/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl finish: the collect role in the foreground, over what a supervisor left that is gone.
 * The role looks into what may be hostile; here only its sentences are printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include "base/log.h"
#include "incident/collect.h"
#include "proc/role.h"
#include "tool/cmd.h"
#include "tool/out.h"

struct finishing {
	const struct context *c;
	struct js *ids, *warnings;
};

static void on_line(void *arg, int letter, const char *text)
{
	struct finishing *f = arg;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	switch (letter) {
	case ROLE_SAYS_WARNING:
		log_warning("%s", text);
		js_push(f->warnings, js_str(text));
		break;
	case ROLE_SAYS_NOTICE:
		log_notice("%s", text);
		break;
	case ROLE_SAYS_INCIDENT:
		js_push(f->ids, js_str(text));
		if (f->c->json)
			break;
		strbuf_printf(&b, "%s\n", text);
		out_foreign(f->c, (struct slice){ b.buf, b.len });
		break;
	case ROLE_SAYS_VERDICT:
		if (f->c->terminal)
			log_notice("%s", text);
		break;
	default:
		break;
	}
}

static void read_lines(int fd, struct finishing *f)
{
	struct role_lines lines = { .len = 0 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	do {
		r = poll(&p, 1, -1);
		if (r > 0)
			r = role_read(fd, &lines, on_line, f);
	} while (r > 0 || (r < 0 && errno == EINTR));
}

static int wait_for(struct child *child)
{
	siginfo_t end = { 0 };
	int r;

	do
		r = waitid(P_PIDFD, (id_t)child->pidfd, &end, WEXITED);
	while (r < 0 && errno == EINTR);
	close_fd(&child->pidfd);
	if (r < 0 || end.si_code != CLD_EXITED) {
		log_error("the collector was ended by a signal; what it did not get to is left for "
			  "the next finish");
		return TOOL_FAILED;
	}
	if (end.si_status == COLLECT_COMPLETE)
		return TOOL_OK;
	log_error(end.si_status == COLLECT_PARTIAL ? "not all of it could be finished"
						   : "nothing could be finished");
	return TOOL_FAILED;
}

static int finish(struct context *c, struct finishing *f)
{
	static const char *const role_args[] = { "finish", NULL };
	static const char *const role_env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", NULL };
	_cleanup_close_ int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int fds[] = { nothing, c->store };
	struct role_spec spec = {
		.name = "collect",
		.args = role_args,
		.env = role_env,
		.fds = fds,
		.n_fds = ARRAY_SIZE(fds),
		.log_fd = STDERR_FILENO,
	};
	struct role role;
	struct err err = { 0 };

	if (nothing < 0 || role_spawn(&spec, &role, &err) < 0) {
		log_error("the collector could not be started: %s",
			  nothing < 0 ? strerror(errno) : err.msg);
		return TOOL_FAILED;
	}
	read_lines(role.result, f);
	close_fd(&role.result);
	return wait_for(&role.child);
}

int cmd_finish(struct context *c, int argc, char *argv[])
{
	_cleanup_js_ struct js *o = js_object();
	struct finishing f = { .c = c, .ids = js_array(), .warnings = js_array() };
	struct tool_args args;
	int status, printed;

	js_set(o, "incidents", f.ids);
	js_set(o, "warnings", f.warnings);
	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	status = context_store(c, false);
	if (status == TOOL_OK && c->store >= 0)
		status = finish(c, &f);
	if (!c->json)
		return status;
	printed = out_js(c, o);
	return status == TOOL_OK ? printed : status;
}
