/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `collected` hooks: what they are told, and that they are waited for.
 *
 * They may run as the JVM's user, who cannot write to an incident of root's and should not, but
 * must be able to read it.
 */
#include "incident/collected.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "incident/hookrows.h"
#include "incident/share.h"
#include "jvm/hookvars.h"
#include "proc/role.h"

/* DIR/ID/NAME, "" for an artifact that is not there. */
static void put_path(struct strbuf *out, const struct incident *inc, const char *name)
{
	const char *store = inc->facts.str[FACT_STORE];

	if (store && name)
		strbuf_printf(out, "%s/%s%s%s", store, inc->id, *name ? "/" : "", name);
}

static void put_artifact(struct strbuf *out, const struct incident *inc, enum artifact_type type)
{
	const struct artifact *a = incident_find_artifact(inc, type);

	if (!a)
		return;
	if (a->state == ARTIFACT_REFERENCED)
		strbuf_puts(out, a->source ? a->source : "");
	else
		put_path(out, inc, a->name);
}

static int spawn(const struct folder *f, struct incident *inc, int set, struct role *ret,
		 struct err *err)
{
	_cleanup_strbuf_ struct strbuf dir = STRBUF_INIT, report = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf hs_err = STRBUF_INIT, core = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf dump = STRBUF_INIT;
	_cleanup_close_ int hooks = folder_sub(f->dir, "hooks", err);
	const struct facts *facts = &inc->facts;
	struct hookvars vars;
	char pid[24];
	const char *const args[] = { "collected", pid, "0", NULL };
	const int fds[] = { set, hooks };
	struct role_spec spec = {
		.name = "hooks",
		.args = args,
		.fds = fds,
		.n_fds = ARRAY_SIZE(fds),
		.has_groups = true,
		.log_fd = STDERR_FILENO,
	};

	if (hooks < 0)
		return hooks;
	put_path(&dir, inc, "");
	put_path(&report, inc, "report.txt");
	put_artifact(&hs_err, inc, ARTIFACT_HS_ERR);
	put_artifact(&core, inc, ARTIFACT_CORE);
	put_artifact(&dump, inc, ARTIFACT_HEAP_DUMP);
	if (strbuf_error(&dir) || strbuf_error(&report) || strbuf_error(&hs_err) ||
	    strbuf_error(&core) || strbuf_error(&dump))
		return err_errno(err, ENOMEM, "cannot run the collected hooks");
	const struct hookvars_in in = {
		.event = args[0],
		.num = &facts->num,
		.app = facts->str[FACT_APP],
		.java_home = facts->str[FACT_JAVA_HOME],
		.java_version = facts->str[FACT_JVM_VERSION],
		.message = facts->str[FACT_OOM_MESSAGE],
		.incident = inc->id,
		.incident_dir = strbuf_str(&dir),
		.report = strbuf_str(&report),
		.hs_err = strbuf_str(&hs_err),
		.core = strbuf_str(&core),
		.heap_dump = strbuf_str(&dump),
	};
	hookvars_make(&in, &vars);
	spec.env = (const char *const *)vars.env;
	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)fact_get(&facts->num, FACT_PID, 0));
	return role_spawn(&spec, ret, err);
}

/* Each hook has its own deadline, which the role keeps, so there is none here. */
static void wait_for(struct role *role, void (*say)(void *arg, int letter, const char *text))
{
	struct role_lines lines = { 0 };
	struct pollfd p = { .fd = role->result, .events = POLLIN };
	int status;

	while (poll(&p, 1, -1) > 0 || errno == EINTR)
		if (role_read(role->result, &lines, say, NULL) <= 0)
			break;
	while (waitpid(role->child.pid, &status, 0) < 0 && errno == EINTR)
		;
	close_fd(&role->result);
	close_fd(&role->child.pidfd);
}

int collected_hooks(const struct folder *f, struct incident *inc,
		    void (*say)(void *arg, int letter, const char *text), struct err *err)
{
	struct folder_name name = folder_name(inc->id, ".hooks");
	_cleanup_close_ int set = -1;
	struct role role;
	struct stat st;
	int r;

	set = file_open_source(f->run, name.text, geteuid(), &st, err);
	if (set < 0)
		return set == -ENOENT ? 0 : set;
	if (unlinkat(f->run, name.text, 0) < 0)
		return err_errno(err, errno, "cannot remove %s", name.text);
	r = incident_share(f->dir, inc);
	if (r < 0)
		incident_step(inc, "share", STEP_FAILED, 0, 0,
			      "the JVM's user cannot be let in to read the incident");
	r = spawn(f, inc, set, &role, err);
	if (r < 0)
		return r;
	wait_for(&role, say);
	hook_rows_read(inc, f->dir);
	return 0;
}
