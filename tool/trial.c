/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl hooks EVENT --run: the event's real hooks, with the environment they will see, over an
 * incident that never was. Nothing of it is simulated but the incident, so a hook that deregisters
 * a service does deregister it: that is said before, and JVISOR_INCIDENT begins with "test-", by
 * which a hook can tell. JVISOR_PID is our own pid: it must be a process that nobody minds a hook
 * to look at.
 */
#include "tool/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "incident/hookrows.h"
#include "jvm/hookvars.h"
#include "jvm/verdict.h"
#include "tool/out.h"

#define LOG_MAX (HOOKS_OUTPUT_MAX + 4096) /* it ends in a line that tells what was dropped */

struct trial {
	const struct context *c;
	const struct hook_set *set;
	enum hook_event event;
	enum incident_kind kind;
	char id[64];
	char *folder;
	int dir, hooks; /* the folder and its hooks/ */
	struct js *results;
};

/* What the event tells of: at start and stop there is no incident yet. */
static enum incident_kind kind_of(enum hook_event e)
{
	switch (e) {
	case HOOK_START:
	case HOOK_STOP:
		return KIND_NONE;
	case HOOK_CRASH:
		return KIND_CRASH;
	default:
		return KIND_OOM;
	}
}

static const char verdict_text[] = "This is a trial of the hooks: nothing has happened.";

static int write_incident(const struct trial *t)
{
	_cleanup_strbuf_ struct strbuf json = STRBUF_INIT;
	_cleanup_js_ struct js *o = js_object();
	struct js *times = js_object();
	char iso[CLOCK_ISO_LEN];
	int r;

	clock_iso(clock_real(), iso);
	js_set_str(o, "id", t->id);
	js_set_int(o, "schema", 1);
	js_set_str(o, "kind", kind_names[t->kind]);
	js_set_str(o, "status", "complete");
	js_set_str(o, "verdict", verdict_text);
	js_set_str(o, "confidence", "presumed");
	js_set_str(times, "ended", iso);
	js_set(o, "times", times);
	r = js_format(o, false, &json);
	if (r >= 0)
		r = file_replace(t->dir, "incident.json", strbuf_str(&json), json.len, 0600, NULL);
	if (r >= 0)
		r = file_replace(t->dir, "report.txt", verdict_text, strlen(verdict_text), 0600,
				 NULL);
	return r;
}

/* The hooks run as the JVM's user, who is to read the incident; not hooks/, where we write. */
static int give_away(const struct trial *t)
{
	static const char *const names[] = { "incident.json", "report.txt", "." };

	if (geteuid() != 0 || t->set->uid == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (fchownat(t->dir, names[i], (uid_t)t->set->uid, (gid_t)t->set->gid,
			     AT_SYMLINK_NOFOLLOW) < 0)
			return -errno;
	return 0;
}

static int make_folder(struct trial *t)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	const char *tmp = secure_getenv("TMPDIR");
	int r;

	strbuf_printf(&path, "%s/jvisor-trial-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
	t->folder = strbuf_steal(&path);
	if (!t->folder)
		return -ENOMEM;
	if (!mkdtemp(t->folder)) {
		r = -errno;
		free(steal_ptr(t->folder));
		return r;
	}
	r = t->dir = dir_open(AT_FDCWD, t->folder, NULL);
	if (r >= 0 && mkdirat(t->dir, "hooks", 0700) < 0)
		r = -errno;
	if (r >= 0)
		r = t->hooks = dir_open(t->dir, "hooks", NULL);
	if (r >= 0)
		r = write_incident(t);
	return r >= 0 ? give_away(t) : r;
}

static void remove_folder(struct trial *t)
{
	close_fd(&t->hooks);
	close_fd(&t->dir);
	if (t->folder)
		dir_remove(AT_FDCWD, t->folder);
	free(t->folder);
}

/* The end of the sentence names a file of the folder that will be gone; what is in it is printed.
 */
static void on_sentence(void *arg, const char *text)
{
	struct slice s = slice_of(text);

	log_warning("%.*s", (int)(s.len - slice_search(s, "; what it said").len), text);
}

static void run(struct trial *t, int *ret_bad)
{
	_cleanup_strbuf_ struct strbuf report = STRBUF_INIT, pid = STRBUF_INIT;
	struct fact_nums nums = { 0 };
	struct hookvars vars;
	struct hookvars_in in = {
		.event = hook_event_names[t->event],
		.num = &nums,
		.app = "Trial",
		.message = t->kind == KIND_OOM ? "Java heap space" : NULL,
		.incident = t->kind == KIND_NONE ? NULL : t->id,
		.incident_dir = t->kind == KIND_NONE ? NULL : t->folder,
	};

	strbuf_printf(&report, "%s/report.txt", t->folder);
	strbuf_printf(&pid, "%ld", (long)getpid());
	in.report = t->kind == KIND_NONE ? NULL : strbuf_str(&report);
	fact_set(&nums, FACT_PID, (uint64_t)getpid());
	fact_set(&nums, FACT_RESTARTS, 0);
	fact_set(&nums, FACT_KIND, t->kind);
	if (t->kind == KIND_OOM) {
		fact_set(&nums, FACT_OOM_KIND, OOM_HEAP);
		fact_set(&nums, FACT_EXIT_CODE, 3);
	} else if (t->kind == KIND_CRASH) {
		fact_set(&nums, FACT_SIGNAL, SIGABRT);
	}
	hookvars_make(&in, &vars);
	*ret_bad = hooks_run(t->set, t->event, strbuf_str(&pid), vars.env, t->hooks, 0, on_sentence,
			     NULL);
}

static void print_result(const struct trial *t, const struct hook_row *h)
{
	_cleanup_strbuf_ struct strbuf name = STRBUF_INIT, log = STRBUF_INIT, b = STRBUF_INIT;
	struct js *o;

	strbuf_printf(&name, "%s.log", h->name);
	file_read(t->hooks, strbuf_str(&name), LOG_MAX, &log, NULL);
	if (t->c->json) {
		o = js_object();
		js_set_str(o, "name", h->name);
		js_set_str(o, "status", h->status);
		js_set_int(o, "exit_code", h->exit_code);
		js_set_int(o, "ms", (int64_t)h->ms);
		js_set(o, "output", js_slice((struct slice){ log.buf, log.len }));
		js_push(t->results, o);
		return;
	}
	strbuf_printf(&b, "%s: %s, exit code %lld, %llu ms\n", h->name, h->status,
		      (long long)h->exit_code, (unsigned long long)h->ms);
	out_foreign(t->c, (struct slice){ b.buf, b.len });
	out_foreign(t->c, (struct slice){ log.buf, log.len });
	if (log.len && log.buf[log.len - 1] != '\n')
		out_foreign(t->c, SLICE_LIT("\n"));
}

static int report(struct trial *t, int bad)
{
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_js_ struct js *o = js_object();

	t->results = js_array();
	js_set(o, "event", js_str(hook_event_names[t->event]));
	js_set(o, "trial", js_bool(true));
	js_set(o, "hooks", t->results);
	hook_rows_read(&inc, t->dir);
	for (size_t i = 0; i < inc.n_hooks; i++)
		print_result(t, &inc.hooks[i]);
	if (t->c->json && out_js(t->c, o) != TOOL_OK)
		return TOOL_FAILED;
	return bad ? TOOL_FAILED : TOOL_OK;
}

int trial_run(const struct context *c, const struct hook_set *s, enum hook_event e)
{
	struct trial t = {
		.c = c, .set = s, .event = e, .kind = kind_of(e), .dir = -1, .hooks = -1
	};
	struct strbuf id = STRBUF_FIXED(t.id);
	char stamp[CLOCK_STAMP_LEN];
	int r, status = TOOL_FAILED, bad = 0;

	clock_stamp(clock_real(), stamp);
	strbuf_printf(&id, "test-%s-%s-%ld", stamp, kind_names[t.kind], (long)getpid());
	log_notice("a trial: the hooks of %s run now, for an incident that is made up",
		   hook_event_names[e]);
	r = make_folder(&t);
	if (r >= 0) {
		run(&t, &bad);
		status = report(&t, bad);
	} else {
		log_error("no folder for the trial could be made: %s", strerror(-r));
	}
	remove_folder(&t);
	return status;
}
