/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collect role: claims and digests one incident, or finishes what predecessors left. The only
 * file of this layer that says anything; everybody else returns.
 *
 * Who started it may be gone by the time it speaks, so all that matters is in the incident too.
 */
#include "incident/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "incident/claim.h"
#include "incident/collected.h"
#include "incident/digest.h"
#include "incident/finish.h"
#include "incident/folder.h"
#include "incident/prune.h"
#include "incident/share.h"
#include "proc/privs.h"
#include "proc/role.h"

/* linux/ioprio.h, which glibc has no call for */
enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_IDLE = 3, IOPRIO_CLASS_SHIFT = 13 };

static _printf_(2, 3) void sayf(int letter, const char *fmt, ...)
{
	char text[1024];
	struct strbuf b = STRBUF_FIXED(text);
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(&b, fmt, ap);
	va_end(ap);
	role_say(letter, strbuf_str(&b));
}

static void forward(void *arg, int letter, const char *text)
{
	role_say(letter, text);
}

static void become_idle(void)
{
	const struct sched_param none = { 0 };

	sched_setscheduler(0, SCHED_IDLE, &none);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT);
}

static void prune(int store, const struct fact_nums *n)
{
	const struct retain_limits limits = store_limits(n);
	struct err err = { 0 };

	if (store_prune(store, &limits, false, NULL, NULL, &err) < 0)
		sayf(ROLE_SAYS_WARNING, "retention: %s", err.msg);
}

static int look_into(const struct folder *f, struct incident *inc, struct err *err)
{
	uint64_t allowed = fact_get(&inc->facts.num, FACT_DEADLINE, 0);
	uint64_t deadline = allowed ? clock_mono() + allowed : 0;
	int r = incident_read(f, inc, deadline, err);

	if (r > 0)
		role_say(ROLE_SAYS_VERDICT, inc->facts.str[FACT_VERDICT]);
	return r < 0 ? r : incident_pack(f, inc, deadline, err);
}

/* Everything after the claim. */
static int digest(struct folder *f, struct incident *inc)
{
	struct err err = { 0 };

	become_idle();
	if (look_into(f, inc, &err) < 0) {
		sayf(ROLE_SAYS_WARNING, "incident %s could not be written: %s", inc->id, err.msg);
		return COLLECT_PARTIAL;
	}
	if (collected_hooks(f, inc, forward, &err) < 0)
		sayf(ROLE_SAYS_WARNING, "the collected hooks did not run: %s", err.msg);
	if (incident_write(inc, f->dir, &err) < 0)
		sayf(ROLE_SAYS_WARNING, "incident %s could not be written: %s", inc->id, err.msg);
	incident_share(f->dir, inc); /* what was written again since the hooks */
	folder_finish(f, inc);
	prune(f->store, &inc->facts.num);
	return inc->status == INCIDENT_COMPLETE ? COLLECT_COMPLETE : COLLECT_PARTIAL;
}

static void say_where_files_are(const struct incident *inc, const struct err *err)
{
	const char *store = inc->facts.str[FACT_STORE], *run = inc->facts.str[FACT_RUN_NAME];

	sayf(ROLE_SAYS_WARNING,
	     "no incident could be filed: %s. What the JVM left stays in %s/.run/%s; the next "
	     "start or `jvisorctl finish` tries again",
	     err->msg, store ? store : "the store", run ? run : "");
}

static int claim_and_digest(int store, struct incident *inc, int hook_set)
{
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	struct err err = { 0 };
	int r = claim_new(store, inc, hook_set, &f, &err);

	if (r < 0) {
		say_where_files_are(inc, &err);
		return COLLECT_NOTHING;
	}
	role_say(ROLE_SAYS_INCIDENT, inc->id);
	return digest(&f, inc);
}

static int claim_role(int store)
{
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	int hook_set = fcntl(ROLE_FD(2), F_GETFD) < 0 ? -1 : ROLE_FD(2);
	int r = file_read_fd(ROLE_FD(0), FACTS_MAX, &record);

	if (!r)
		r = facts_decode((struct slice){ strbuf_str(&record), record.len }, &inc.facts);
	if (r < 0) {
		sayf(ROLE_SAYS_WARNING, "no incident could be filed: the record of the life: %s",
		     strerrordesc_np(-r));
		return COLLECT_NOTHING;
	}
	return claim_and_digest(store, &inc, hook_set);
}

static void finish_incident(int store, const char *id)
{
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	struct err err = { 0 };
	int r = folder_resume(store, id, &inc, &f, &err);

	if (r == X_FOLDER_BUSY || r == X_FOLDER_GONE)
		return;
	if (!r)
		r = f.published ? incident_reload(&inc, f.dir, &err) : claim_finish(&f, &inc, &err);
	if (r < 0) {
		sayf(ROLE_SAYS_WARNING, "incident %s could not be finished: %s", id, err.msg);
		return;
	}
	role_say(ROLE_SAYS_INCIDENT, inc.id);
	digest(&f, &inc);
}

static void finish_lost_life(int store, const char *name)
{
	_cleanup_incident_ struct incident inc = { 0 };
	_cleanup_close_ int lock = -1;
	struct err err = { 0 };
	int r = finish_life(store, name, &inc, &lock, &err);

	if (r == X_FINISH_ALIVE || r == X_FINISH_NOTHING)
		return;
	if (r < 0)
		sayf(ROLE_SAYS_WARNING, ".run/%s could not be filed: %s", name, err.msg);
	else if (incident_kind(&inc) != KIND_NONE)
		claim_and_digest(store, &inc, -1);
}

static void finish_one(void *arg, enum finish_what what, const char *name)
{
	int *store = arg;

	if (what == FINISH_INCIDENT)
		finish_incident(*store, name);
	else
		finish_lost_life(*store, name);
}

static int finish_role(int store)
{
	int r = finish_each(store, finish_one, &store);

	if (r < 0)
		sayf(ROLE_SAYS_WARNING, "the store's .run folder: %s", strerrordesc_np(-r));
	return r < 0 ? COLLECT_NOTHING : COLLECT_COMPLETE;
}

int collect_role(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	umask(0077);
	privs_in_force(privs_of_collector);
	if (!strcmp(what, "claim"))
		return claim_role(ROLE_FD(1));
	if (!strcmp(what, "finish"))
		return finish_role(ROLE_FD(1));
	role_say(ROLE_SAYS_WARNING, "collect: unknown task");
	return COLLECT_NOTHING;
}
