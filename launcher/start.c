/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One start of the JVM: its folder, its life file, its process. The folder is new for each start
 * (STORE/.run/INSTANCE.NNNN), so that a dump or an hs_err log never meets an old file. Whatever of
 * it cannot be made costs one warning and that extra: the JVM starts without.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "launcher/rights.h"
#include "launcher/sup.h"
#include "proc/procfs.h"

/* An hs_err log is found by its path, so a store without folders below .run is of no use: no store.
 */
static int make_run_folder(struct sup *s)
{
	const struct block *b = s->block;

	(void)snprintf(s->run_name, sizeof(s->run_name), "%s.%04u", block_str(b, b->instance),
		       s->starts);
	if (mkdirat(s->runs, s->run_name, 0700) < 0)
		return -errno;
	s->run = openat(s->runs, s->run_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->run < 0)
		return -errno;
	if (b->privs.change && fchown(s->run, b->privs.uid, b->privs.gid) < 0)
		return -errno;
	return 0;
}

static int make_life(struct sup *s)
{
	s->life =
		openat(s->run, LIFE_NAME, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->life < 0)
		return -errno;
	return flock(s->life, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static void tell_no_run(const struct sup *s, int r)
{
	log_warning("cannot make %s/.run/%s: %s; an end of this JVM leaves no incident",
		    block_str(s->block, s->block->store), s->run_name, strerror(-r));
}

/* Before the start: the JVM may write into it at once. */
static void open_run(struct sup *s)
{
	int r;

	s->run = s->life = -1;
	if (s->runs < 0)
		return;
	r = make_run_folder(s);
	if (r < 0)
		tell_no_run(s, r);
}

/* Beside the JVM's start: it is for the case that we die. */
static void open_life(struct sup *s)
{
	int r = make_life(s);

	if (r < 0)
		tell_no_run(s, r);
}

static void read_counters(struct sup *s)
{
	struct cgroup_reading cg;

	if (!s->starts)
		cgroup_open("", &s->cgroup);
	s->head.host_kills = s->head.kills_all = UINT64_MAX;
	cgroup_read(&s->cgroup, &cg);
	if (cg.has_limit)
		fact_set(&s->nums, FACT_CGROUP_LIMIT, cg.limit);
	if (cg.has_oom_kills)
		fact_set(&s->nums, FACT_OOM_KILLS_START, cg.oom_kills);
	s->head.cgroup_limit = cg.has_limit ? cg.limit : UINT64_MAX;
	s->head.cgroup_used = cg.has_usage ? cg.usage : UINT64_MAX;
	s->head.oom_kills = cg.has_oom_kills ? cg.oom_kills : UINT64_MAX;
	s->head.cgroup_id = s->cgroup.id ? s->cgroup.id : UINT64_MAX;
	if (!cg.has_oom_kills) /* all that is left to tell a kill by */
		sampler_read_host(s);
	if (s->head.host_kills != UINT64_MAX)
		fact_set(&s->nums, FACT_HOST_KILLS_START, s->head.host_kills);
}

/* What cannot be written of it costs the incident that only a next start could file. */
static void write_life(struct sup *s)
{
	const struct block *b = s->block;
	static const char pad[LIFE_HEAD - sizeof(s->head)];
	char text[4096];
	struct strbuf more = STRBUF_FIXED(text);
	struct iovec parts[] = {
		{ &s->head, sizeof(s->head) },
		{ (void *)pad, sizeof(pad) },
		{ (char *)b + b->facts, b->facts_len },
		{ text, 0 },
	};
	int proc;

	if (s->life < 0)
		return;
	facts_put_str(&more, FACT_RUN_NAME, s->run_name);
	facts_put_nums(&more, &s->nums);
	parts[3].iov_len = more.len;
	proc = procfs_open();
	if (proc >= 0) {
		(void)procfs_start_time(proc, s->jvm.pid, &s->head.start_time);
		(void)close(proc);
	}
	s->head.magic = LIFE_MAGIC;
	s->head.pid = (uint64_t)s->jvm.pid;
	s->head.at = clock_real();
	s->head.rss = s->head.heap_used = s->head.heap_committed = s->head.heap_max = UINT64_MAX;
	s->head.ended = s->head.held_at = 0;
	if (pwritev(s->life, parts, ARRAY_SIZE(parts), 0) < (ssize_t)(LIFE_HEAD + b->facts_len))
		log_warning("cannot write %s/.run/%s/" LIFE_NAME ": %s", block_str(b, b->store),
			    s->run_name, errno ? strerror(errno) : "the disk is full");
}

static void write_pidfile(struct sup *s)
{
	const char *path = block_str(s->block, s->block->pidfile);
	struct err err = { 0 };
	char text[24];
	int n;

	if (!path)
		return;
	n = snprintf(text, sizeof(text), "%ld\n", (long)s->jvm.pid);
	if (file_replace(AT_FDCWD, path, text, (size_t)n, 0644, &err) < 0)
		log_warning("[process] pidfile: %s", err.msg);
}

static void before_exec(void *arg, pid_t self)
{
	struct sup *s = arg;

	block_fill(s->block, self, s->starts);
}

static int spawn(struct sup *s, struct err *err)
{
	struct block *b = s->block;
	struct child_spec spec = {
		.path = block_str(b, b->java),
		.argv = block_vec(b, b->argv),
		.envp = block_vec(b, b->envp),
		.mask = &s->signals.was_mask,
		.ignored = &s->signals.was_ignored,
		.privs = &b->privs,
		.chdir_fd = -1,
		.chdir = block_str(b, b->chdir),
		.umask = (long)b->umask,
		.core = b->set_core ? &b->core : NULL,
		.limits = b->limits,
		.n_limits = b->n_limits,
		.oom_score = b->oom_score_set ? &b->oom_score : NULL,
		.death_signal = SIGKILL,
		.before_exec = before_exec,
		.arg = s,
	};

	return child_spawn(&spec, &s->jvm, err);
}

static void guard(struct sup *s)
{
	struct err err = { 0 };

	s->sentinel = -1;
	if (s->block->sentinel && child_sentinel(&s->jvm, &s->sentinel, &err) < 0)
		log_warning("if jvisor is killed the JVM will be left behind: %s", err.msg);
}

int start_jvm(struct sup *s, struct err *err)
{
	_cleanup_lower_ struct privs_scope raised = privs_raise();
	int r;

	s->nums = s->block->known;
	s->told = (struct told){ 0 };
	s->hooks_ran = false;
	s->events_ran = 0;
	open_run(s);
	fact_set(&s->nums, FACT_RUN, s->starts);
	fact_set(&s->nums, FACT_RESTARTS, s->starts);
	fact_set(&s->nums, FACT_STARTED, clock_real());
	s->started = clock_mono();
	notify_prepare(s);
	r = spawn(s, err);
	if (r < 0) {
		s->jvm = (struct child){ .pidfd = -1 };
		start_clean(s);
		return r;
	}
	s->jvm_pid = s->jvm.pid;
	rights_tell_missed(s->block, s->jvm.missed);
	fact_set(&s->nums, FACT_PID, (uint64_t)s->jvm.pid);
	hold_arm(s);
	guard(s);
	if (s->run >= 0)
		open_life(s);
	read_counters(s);
	write_life(s);
	sampler_start(s);
	write_pidfile(s);
	s->starts++;
	return 0;
}

void start_note_held(struct sup *s)
{
	s->head.held_at = fact_get(&s->nums, FACT_HELD_AT, 0);
	if (s->life >= 0 && pwrite(s->life, &s->head, sizeof(s->head), 0) < 0)
		log_debug("the life file does not tell the hold: %s", strerror(errno));
}

void start_note_end(struct sup *s)
{
	life_put_end(&s->head, &s->nums);
	if (pwrite(s->life, &s->head, sizeof(s->head), 0) < 0)
		log_debug("the life file does not tell the end: %s", strerror(errno));
}

void start_let_go(struct sup *s)
{
	close_fd(&s->life); /* and with it the lock */
	close_fd(&s->run);
	close_fd(&s->sentinel);
	close_fd(&s->jvm.pidfd);
}

void start_clean(struct sup *s)
{
	_cleanup_lower_ struct privs_scope raised = privs_raise();

	if (s->run >= 0) {
		(void)unlinkat(s->run, LIFE_NAME, 0);
		(void)unlinkat(s->run, LIFE_NOTIFY_NAME, 0);
		if (s->hooks_ran)
			(void)dir_remove(s->run, "hooks");
		if (unlinkat(s->runs, s->run_name, AT_REMOVEDIR) < 0)
			log_notice("%s/.run/%s stays: %s", block_str(s->block, s->block->store),
				   s->run_name, strerror(errno));
	}
	start_let_go(s);
}

void start_remove_pidfile(const struct sup *s)
{
	const char *path = block_str(s->block, s->block->pidfile);
	_cleanup_lower_ struct privs_scope raised = privs_raise();

	if (path)
		(void)unlink(path);
}
