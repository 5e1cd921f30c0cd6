/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at a systemd unit: the one thing in it that makes a stop end badly is KillMode. A unit file
 * alone does not tell what holds, since drop-ins may say something else; systemctl does.
 */
#include "tool/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/strbuf.h"
#include "proc/child.h"

#define TEXT_MAX (64 * 1024)

bool unit_setting(struct slice text, const char *section, const char *key, struct slice *ret,
		  unsigned *ret_line)
{
	struct slice line, name;
	bool inside = !section, found = false;
	unsigned n = 0;

	while (slice_next_line(&text, &line)) {
		n++;
		line = slice_trim(line);
		if (!line.len || *line.ptr == '#' || *line.ptr == ';')
			continue;
		if (section && *line.ptr == '[') {
			name = slice_skip(line, 1);
			inside = name.len && name.ptr[name.len - 1] == ']' &&
				 slice_eq((struct slice){ name.ptr, name.len - 1 }, section);
			continue;
		}
		if (!inside || slice_find(line, '=') < 0)
			continue;
		slice_next(&line, '=', &name);
		if (!slice_eq(slice_trim(name), key))
			continue;
		*ret = slice_trim(line);
		*ret_line = n;
		found = true;
	}
	return found;
}

static void judge(const char *unit, struct slice text, const char *section, struct diags *diags)
{
	struct slice mode = SLICE_LIT("control-group");
	unsigned line = 0;

	unit_setting(text, section, "KillMode", &mode, &line);
	if (slice_eq(mode, "mixed"))
		return;
	diags_add(diags, DIAG_WARNING, unit, section ? line : 0, 0,
		  "KillMode=%.*s%s: %s; write KillMode=mixed", SLICE_FMT(mode),
		  line ? "" : " by default",
		  slice_eq(mode, "control-group")
			  ? "a stop reaches the JVM beside jvisor, before the stop hooks have run, "
			    "and ends hook scripts that still run"
			  : "a stop leaves processes behind");
}

/* What the command prints, at most TEXT_MAX; -errno, or its exit status. */
static int output_of(const char *path, const char *const *argv, struct strbuf *out)
{
	int ends[2], status = 0;
	struct child child;
	struct err err = { 0 };
	ssize_t n = 1;
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = child_spawn(
		&(struct child_spec){
			.path = path,
			.argv = (char *const *)argv,
			.envp = environ,
			.fds = (struct child_fd[]){ { ends[1], STDOUT_FILENO } },
			.n_fds = 1,
			.chdir_fd = -1,
			.umask = -1,
		},
		&child, &err);
	(void)close(ends[1]);
	while (r >= 0 && n > 0 && out->len < TEXT_MAX && strbuf_reserve(out, 4096)) {
		n = read(ends[0], out->buf + out->len, 4096);
		out->len += n > 0 ? (size_t)n : 0;
	}
	(void)close(ends[0]);
	if (r < 0)
		return r;
	(void)close(child.pidfd);
	while (waitpid(child.pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void ask_systemctl(const char *unit, struct diags *diags)
{
	const char *const argv[] = { "systemctl", "show", "--property=KillMode,LoadState",
				     "--",	  unit,	  NULL };
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct slice state = { 0 }, all;
	unsigned line;
	int r = output_of("/usr/bin/systemctl", argv, &text);

	if (r == -ENOENT)
		r = output_of("/bin/systemctl", argv, &text);
	all = (struct slice){ text.buf, text.len };
	if (r != 0)
		diags_add(diags, DIAG_WARNING, unit, 0, 0,
			  "systemctl cannot tell about it%s%s; name its file for what that says",
			  r < 0 ? ": " : "", r < 0 ? strerror(-r) : "");
	else if (!unit_setting(all, NULL, "LoadState", &state, &line) || !slice_eq(state, "loaded"))
		diags_add(diags, DIAG_ERROR, unit, 0, 0, "there is no such unit (%.*s)",
			  SLICE_FMT(state));
	else
		judge(unit, all, NULL, diags);
}

void unit_check(const char *unit, struct diags *diags)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct err err = { 0 };

	if (!strchr(unit, '/'))
		ask_systemctl(unit, diags);
	else if (file_read(AT_FDCWD, unit, TEXT_MAX, &text, &err) < 0)
		diags_add(diags, DIAG_ERROR, unit, 0, 0, "%s", err.msg);
	else
		judge(unit, (struct slice){ text.buf, text.len }, "Service", diags);
}

/* "...:/system.slice/orders.service", the last line being version 2's. */
bool unit_own(char *ret, size_t size)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct strbuf name = { .buf = ret, .cap = size, .fixed = true };
	struct slice all, line, path = { 0 };
	const char *last;

	if (!getenv("INVOCATION_ID") || !getenv("JOURNAL_STREAM") ||
	    file_read(AT_FDCWD, "/proc/self/cgroup", TEXT_MAX, &text, NULL) < 0)
		return false;
	all = (struct slice){ text.buf, text.len };
	while (slice_next_line(&all, &line))
		if (slice_ends(line, ".service"))
			path = line;
	last = path.len ? memrchr(path.ptr, '/', path.len) : NULL;
	if (!last)
		return false;
	strbuf_slice(&name, slice_skip(path, (size_t)(last + 1 - path.ptr)));
	return !strbuf_error(&name);
}
