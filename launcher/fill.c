/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a decision to the launch block: strings, vectors, records and numbers. Nothing is decided
 * here but what follows from the machine we are on: who the JVM's user is, whether somebody would
 * end the collector when we are gone, whether a predecessor left something.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/mask.h"
#include "hooks/hooks.h"
#include "jvm/verdict.h"
#include "launcher/fill.h"
#include "launcher/fill_env.h"
#include "launcher/leftovers.h"
#include "launcher/rights.h"
#include "launcher/termlog.h"
#include "policy/size.h"
#include "proc/child.h"
#include "proc/container.h"
#include "proc/procfs.h"

struct fill {
	const struct decision *d;
	const struct policy *p;
	const struct strv *env;
	const char *instance;
	struct block_builder b;
	struct strbuf facts;
	uid_t uid;
	gid_t gid;
	char user[64];
	bool nameless; /* user is the number */
};

/* As a pid template in the record: the collector fills in the pid and the start it was. */
static void put_template(struct fill *f, struct mask *mask, const char *text, bool tmpl,
			 struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf masked = STRBUF_INIT;

	mask_word(mask, text, &masked);
	if (tmpl)
		strbuf_puts(out, strbuf_str(&masked));
	else
		path_escape(slice_of(strbuf_str(&masked)), out);
	if (strbuf_error(&masked))
		f->facts.err = strbuf_error(&masked);
}

static void put_argv(struct fill *f)
{
	struct mask mask = { .names = &f->p->secrets };

	facts_put_list(&f->facts, FACT_ARGV, f->d->jdk.java);
	for (size_t i = 0; i < f->d->out.argv.n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		put_template(f, &mask, f->d->out.argv.v[i], f->d->out.tmpl && f->d->out.tmpl[i],
			     &word);
		facts_put_list(&f->facts, FACT_ARGV, strbuf_str(&word));
	}
}

static void put_flags(struct fill *f)
{
	for (size_t i = 0; i < f->d->plan.n_flags; i++) {
		const struct plan_flag *flag = &f->d->plan.flags[i];
		_cleanup_strbuf_ struct strbuf row = STRBUF_INIT;
		struct mask mask = { .names = &f->p->secrets };

		path_escape(slice_of(flag->name), &row);
		strbuf_putc(&row, '\t');
		put_template(f, &mask, flag->value, flag->tmpl, &row);
		strbuf_putc(&row, '\t');
		path_escape(slice_of(flag->where ? flag->where : flag_origin_names[flag->origin]),
			    &row);
		strbuf_putc(&row, '\t');
		path_escape(slice_of(flag->reason ? flag->reason : ""), &row);
		facts_put_list(&f->facts, FACT_FLAG, strbuf_str(&row));
	}
}

static void put_policy_source(struct fill *f)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, masked = STRBUF_INIT;

	for (size_t i = 0; i < f->p->sources.n; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", f->p->sources.v[i]);
	if (!f->p->sources.n)
		strbuf_printf(&text, "built-in profile %s", profile_names[f->p->profile]);
	for (size_t i = 0; i < f->p->overrides.n; i++)
		strbuf_printf(&text, ", %s", f->p->overrides.v[i]);
	mask_text(&f->p->secrets, slice_of(strbuf_str(&text)), &masked);
	facts_put_str(&f->facts, FACT_POLICY, strbuf_str(&masked));
}

static void put_warnings(struct fill *f)
{
	for (size_t i = 0; i < f->d->plan.warnings.n; i++) {
		_cleanup_strbuf_ struct strbuf masked = STRBUF_INIT;

		mask_text(&f->p->secrets, slice_of(f->d->plan.warnings.v[i]), &masked);
		facts_put_list(&f->facts, FACT_WARNING, strbuf_str(&masked));
	}
}

static void put_collect(struct fill *f)
{
	const struct policy *p = f->p;

	facts_put_num(&f->facts, FACT_COMPRESS, p->compress);
	facts_put_num(&f->facts, FACT_MAX_TOTAL, policy_size_bytes(p->max_total, f->d->store.fd));
	facts_put_num(&f->facts, FACT_MAX_INCIDENT,
		      policy_size_bytes(p->max_incident, f->d->store.fd));
	facts_put_num(&f->facts, FACT_MIN_FREE, policy_size_bytes(p->min_free, f->d->store.fd));
	facts_put_num(&f->facts, FACT_KEEP_TIME, p->keep_time);
	facts_put_num(&f->facts, FACT_KEEP_COUNT, p->keep_count);
	facts_put_num(&f->facts, FACT_DEADLINE, p->deadline);
	facts_put_num(&f->facts, FACT_REDACT, p->redact);
	for (size_t i = 0; i < p->secrets.n; i++)
		facts_put_list(&f->facts, FACT_SECRETS, p->secrets.v[i]);
	for (size_t i = 0; i < p->files.n; i++)
		facts_put_list(&f->facts, FACT_FILES, p->files.v[i]);
}

static void put_facts(struct fill *f, pid_t jvisor, const char *app, const char *cwd)
{
	const struct decision *d = f->d;
	struct utsname host = { 0 };
	char boot[37] = "";
	_cleanup_close_ int proc = procfs_open();

	(void)uname(&host);
	if (proc >= 0)
		(void)procfs_boot_id(proc, boot);
	facts_begin(&f->facts);
	facts_put_str(&f->facts, FACT_INSTANCE, f->instance);
	facts_put_str(&f->facts, FACT_STORE, d->store.path);
	facts_put_str(&f->facts, FACT_HOST, host.nodename);
	facts_put_str(&f->facts, FACT_BOOT_ID, boot);
	facts_put_str(&f->facts, FACT_USER, f->user);
	facts_put_str(&f->facts, FACT_JAVA, d->jdk.java);
	facts_put_str(&f->facts, FACT_JAVA_HOME, d->jdk.home);
	facts_put_str(&f->facts, FACT_JVM_VERSION, d->jdk.version_text);
	facts_put_str(&f->facts, FACT_JVM_VENDOR, d->jdk.vendor);
	facts_put_str(&f->facts, FACT_JVM_KIND, jvm_kind_names[d->jdk.kind]);
	facts_put_str(&f->facts, FACT_APP, app);
	facts_put_str(&f->facts, FACT_CWD, cwd);
	facts_put_str(&f->facts, FACT_HS_ERR_PATH, d->plan.hs_err_path);
	facts_put_str(&f->facts, FACT_HEAP_DUMP_PATH, d->plan.heap_dump_path);
	put_policy_source(f);
	put_argv(f);
	put_flags(f);
	put_warnings(f);
	facts_put_num(&f->facts, FACT_JVISOR_PID, (uint64_t)jvisor);
	facts_put_num(&f->facts, FACT_UID, f->uid);
	facts_put_num(&f->facts, FACT_GID, f->gid);
	facts_put_num(&f->facts, FACT_JVM_FEATURE, d->jdk.version.feature);
	facts_put_nums(&f->facts, &d->plan.nums);
	put_collect(f);
}

/* A hook that will not run is better told of now than at the death it was made for. */
static void warn_of_hooks(const struct hook_set *set, enum hook_event e)
{
	struct hook_list l = { 0 };

	if (hooks_list(set, e, geteuid() == 0, &l, NULL) < 0)
		return;
	for (size_t i = 0; i < l.n; i++) {
		const struct hook *h = &l.items[i];

		if (h->unsafe)
			log_warning("the %s hook %s will not be run: %s%s%s", hook_event_names[e],
				    h->name, h->unsafe, *h->path ? ": " : "", h->path);
	}
	hook_list_done(&l);
}

static int put_hooks(struct fill *f, const char *cwd)
{
	struct hook_set set = {
		.dir = f->p->hooks_dir,
		.uid = f->uid,
		.gid = f->gid,
		.denied = f->b.head.privs.denied,
		.no_root = f->b.head.privs.no_root,
	};
	struct hook_section *sections = NULL;
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	uint32_t events = 0;
	size_t n = 0;
	int r;

	if (f->p->n_hooks && !(sections = calloc(f->p->n_hooks, sizeof(*sections))))
		return -ENOMEM;
	for (size_t i = 0; i < f->p->n_hooks; i++) {
		const struct policy_hook *h = &f->p->hooks[i];

		sections[n++] = (struct hook_section){
			.name = h->name,
			.run = h->run,
			.user = h->user,
			.event = (enum hook_event)hook_event_find(h->event),
			.order = (unsigned)h->order,
			.timeout = h->timeout,
			.shell = h->shell,
			.stop_on_failure = h->on_failure == FAILURE_STOP,
			.env = &h->env,
		};
	}
	set.sections = sections;
	set.n_sections = n;
	set.cwd = (char *)cwd;
	set.instance = (char *)f->instance;
	set.started = clock_real();
	for (int e = 0; e < HOOK_EVENT_COUNT; e++)
		events |= hooks_any(&set, (enum hook_event)e) ? 1u << e : 0;
	r = events ? hook_env(f->d->out.env.v, &set.env) : 0;
	if (r >= 0 && events) {
		r = hook_set_encode(&set, &record);
		f->b.head.hook_set = block_add_bytes(&f->b, strbuf_str(&record), record.len);
		f->b.head.hook_set_len = (uint32_t)record.len;
	}
	for (int e = 0; e < HOOK_EVENT_COUNT; e++)
		if (events & 1u << e)
			warn_of_hooks(&set, (enum hook_event)e);
	f->b.head.hook_events = events;
	strv_done(&set.env);
	free(sections);
	return r;
}

/* How long to wait for the digest after the end: where we are the one thing that keeps the
 * collector alive (the first process of a container, the main process of a unit) to its end,
 * otherwise not at all. */
static uint64_t wait_for_digest(const struct fill *f)
{
	switch (f->p->wait) {
	case WAIT_YES:
		return UINT64_MAX;
	case WAIT_NO:
		return 0;
	case WAIT_TIME:
		return f->p->wait_time;
	default:
		if (container_ends_with_us() || strv_env_get(f->env, "NOTIFY_SOCKET"))
			return UINT64_MAX;
		/* A terminal inside a service of systemd --user has it too. */
		return strv_env_get(f->env, "INVOCATION_ID") && !isatty(STDIN_FILENO) ? UINT64_MAX
										      : 0;
	}
}

/* The limit that [process] sets is the one that [crash] core goes by. */
static void put_core_limit(struct fill *f)
{
	const struct policy_limit *given = &f->p->limits[RLIMIT_CORE];
	struct block *h = &f->b.head;

	if (getrlimit(RLIMIT_CORE, &h->core) < 0)
		return;
	if (given->given && given->hard < h->core.rlim_max)
		h->core.rlim_max = given->hard;
	if (given->given)
		h->core.rlim_cur = given->soft < h->core.rlim_max ? given->soft : h->core.rlim_max;
	if (f->d->plan.core_wanted) {
		h->set_core = true;
		h->core.rlim_cur = h->core.rlim_max;
		if (f->p->core_limit < h->core.rlim_max)
			h->core.rlim_cur = f->p->core_limit;
	} else if (!java_line_bool(&f->d->line, "CreateCoredumpOnCrash", false)) {
		h->set_core = true;
		h->core.rlim_cur = 0;
	}
	fact_set(&h->known, FACT_CORE_LIMIT, h->core.rlim_cur);
}

static void put_numbers(struct fill *f)
{
	struct block *h = &f->b.head;
	const struct policy *p = f->p;

	h->outcome = BLOCK_SUPERVISE;
	h->known = f->d->plan.nums;
	h->incident_on = p->on;
	h->wait = wait_for_digest(f);
	h->restart = (struct restart_policy){
		.when = p->restart_when,
		.delay = p->restart_delay,
		.delay_max = p->restart_delay_max,
		.window = p->restart_window,
		.limit = p->restart_limit,
	};
	h->stop_signal = (int)p->stop_signal;
	h->stop_timeout = p->stop_timeout;
	h->stop_hooks_deadline = p->stop_hooks_deadline;
	h->sample_interval = p->sample_interval;
	h->oom_hooks_deadline = p->hooks_deadline;
	h->dump_deadline = p->dump_deadline;
	h->oom_exit_code = (int)p->oom_exit_code;
	h->min_free = p->min_free;
	h->may_skip_dump = p->heap_dump &&
			   !java_line_flag(&f->d->line, "HeapDumpOnOutOfMemoryError") &&
			   (fact_get(&f->d->plan.nums, FACT_EXIT_ON_OOM, 0) ||
			    fact_get(&f->d->plan.nums, FACT_CRASH_ON_OOM, 0));
	h->dump_packed =
		f->d->plan.heap_dump_path && slice_ends(slice_of(f->d->plan.heap_dump_path), ".gz");
	h->uid = f->uid;
	h->umask = p->umask == UINT64_MAX ? -1 : (int64_t)p->umask;
	h->collect = f->d->store.path != NULL;
	h->leftovers = h->collect && leftovers_any(f->d->store.fd);
	h->perf_data = fact_get(&f->d->plan.nums, FACT_PERF_DATA, 0) && !f->nameless;
	h->sentinel = child_loses_death_signal(f->d->jdk.java) > 0;
	h->log_level = (unsigned)p->log_level;
	put_core_limit(f);
}

/* Hooks that need not wait for the death. Without such hooks nothing is watched. */
static void put_early_hooks(struct fill *f)
{
	struct block *h = &f->b.head;
	const struct plan *plan = &f->d->plan;

	h->hold = plan->hold && h->hook_events & 1u << HOOK_OOM && h->incident_on & 1u << KIND_OOM;
	h->watch_report = h->hook_events & 1u << HOOK_CRASH && h->incident_on & 1u << KIND_CRASH &&
			  fact_get(&plan->nums, FACT_HS_ERR_OURS, 0);
}

static void put_strings(struct fill *f, const char *app, const char *cwd)
{
	struct block *h = &f->b.head;
	const struct decision *d = f->d;
	const char *target = f->p->log_target;

	h->java = block_add_str(&f->b, d->jdk.java);
	h->java_home = block_add_str(&f->b, d->jdk.home);
	h->java_version = block_add_str(&f->b, d->jdk.version_text);
	h->store = block_add_str(&f->b, d->store.path);
	h->instance = block_add_str(&f->b, f->instance);
	h->app = block_add_str(&f->b, app);
	h->log_journal = target && !strcmp(target, "journal");
	h->log_file = target && *target == '/' ? block_add_str(&f->b, target) : 0;
	h->termination_log = block_add_str(&f->b, termlog_path(f->p->termination_log));
	h->pidfile = block_add_str(&f->b, f->p->pidfile);
	h->chdir = block_add_str(&f->b, f->p->chdir);
	h->user_name = block_add_str(&f->b, f->user);
	h->cwd = block_add_str(&f->b, cwd);
	h->hs_err_path = block_add_str(&f->b, d->plan.hs_err_path);
	h->heap_dump_path = block_add_str(&f->b, d->plan.heap_dump_path);
	h->argv = block_add_vec(&f->b, d->jdk.java, strv_argv(&d->out.argv), d->out.tmpl);
}

static int find_user(struct fill *f, struct err *err)
{
	struct block *h = &f->b.head;
	int r = rights_find(f->p, f->d->jdk.java, h, err);

	if (r < 0)
		return r;
	f->uid = h->privs.uid;
	f->gid = h->privs.gid;
	/* A JVM whose uid has no name keeps no hsperfdata file (HotSpot 8 to 28). */
	f->nameless = privs_user_name("", f->uid, f->user, sizeof(f->user)) < 0;
	if (f->nameless)
		(void)snprintf(f->user, sizeof(f->user), "%lu", (unsigned long)f->uid);
	return 0;
}

int fill_block(const struct decision *d, const struct fill_query *q, int memfd, struct err *err)
{
	struct fill f = { .d = d, .p = &d->policy, .env = q->env, .instance = q->instance };
	_cleanup_free_ char *here = getcwd(NULL, 0);
	const char *cwd = d->policy.chdir ? d->policy.chdir : here;
	char app[128];
	int r;

	cmdline_app(&d->line.cmd, app, sizeof(app));
	block_begin(&f.b);
	r = find_user(&f, err);
	if (r < 0)
		goto out;
	if (d->policy.on_error == ON_ERROR_LAST_GOOD && d->store.path &&
	    policy_keep_good(&d->policy, d->store.fd, err) < 0)
		log_warning("%s", err->msg); /* an extra: the start goes on */
	put_facts(&f, q->jvisor, app, cwd);
	put_strings(&f, app, cwd);
	put_numbers(&f);
	fill_env(d, q, &f.b);
	r = put_hooks(&f, cwd);
	put_early_hooks(&f);
	if (r >= 0)
		r = strbuf_error(&f.facts);
	f.b.head.facts = block_add_bytes(&f.b, strbuf_str(&f.facts), f.facts.len);
	f.b.head.facts_len = (uint32_t)f.facts.len;
	if (r >= 0)
		r = block_finish(&f.b, memfd);
	if (r < 0)
		err_errno(err, -r, "the launch block");
out:
	strbuf_done(&f.facts);
	block_builder_done(&f.b);
	return r;
}
