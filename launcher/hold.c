/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks before the heap dump, with nothing loaded into the JVM: at an OutOfMemoryError it creates
 * the file of its dump and goes to a safepoint before it writes the first byte (8 to 28). Who hears
 * of the file in time stops the process there, runs the oom hooks, and lets it go.
 *
 * What one would get wrong: the order. STOP comes first, for every moment counts; what stopped it
 * is looked at then. In our own folder the name is used for nothing else, so the file's owner and
 * age are proof enough. In a folder of the user's anybody may have made it, and a false alarm would
 * deregister a service that is well: there the JVM must have it open, where we may see that, which
 * can be told only once it stands still (the event comes from inside its open(2)).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "jvm/paths.h"
#include "launcher/sup.h"
#include "proc/procfs.h"

/* X.p0, X.p1, ...: one of each thread that writes (22 and later), merged into X in the end. */
#define DUMP_PARTS 64

static struct sup *sup; /* loop_fd callbacks find their way back through it */

static bool is_ours(const struct sup *s)
{
	return fact_get(&s->nums, FACT_HEAP_DUMP_OURS, 0);
}

static const char *app(const struct sup *s)
{
	return block_str(s->block, s->block->app);
}

/* A name that is not known is looked for. */
static bool is_dump(const struct sup *s, const char *name)
{
	const struct hold *h = &s->hold;
	uint64_t bytes;

	return name ? !strcmp(name, h->dump_name) : death_fresh(s, h->dump, &bytes);
}

static bool is_report(const struct sup *s, const char *name)
{
	return name ? !strcmp(name, s->hold.report)
		    : faccessat(s->run, s->hold.report, F_OK, 0) == 0;
}

/* Each is looked for once: at its second OutOfMemoryError a JVM writes no dump any more. */
static void on_created(void *arg, unsigned dir, const char *name)
{
	struct sup *s = arg;
	struct hold *h = &s->hold;

	if (s->jvm.pid <= 0)
		return;
	if ((int)dir == h->dump_dir && !h->dump_seen && is_dump(s, name)) {
		h->dump_seen = true;
		supervise_feed(s, ME_DUMP_BEGAN);
	}
	if ((int)dir == h->report_dir && !h->report_seen && is_report(s, name)) {
		h->report_seen = true;
		supervise_feed(s, ME_REPORT);
	}
}

static void on_inotify(struct loop_fd *source, uint32_t events)
{
	(void)source;
	(void)events;
	dirwatch_read(&sup->hold.watch, on_created, sup);
}

bool hold_signal(struct sup *s, const struct signalfd_siginfo *si)
{
	return dirwatch_signal(&s->hold.watch, si, on_created, s);
}

void hold_init(struct sup *s)
{
	struct hold *h = &s->hold;

	sup = s;
	dirwatch_init(&h->watch);
	h->source = (struct loop_fd){ .fd = -1, .rank = 0, .ready = on_inotify };
	h->dump_dir = h->report_dir = -1;
}

/* The folder's number, or -errno. The instance comes with the first folder and stays. */
static int watch(struct sup *s, const char *folder, struct err *err)
{
	struct hold *h = &s->hold;
	int dir = dirwatch_add(&h->watch, folder, err), r;

	if (dir < 0 || h->watch.fd < 0 || h->source.fd >= 0)
		return dir;
	h->source.fd = h->watch.fd;
	r = loop_add(&s->loop, &h->source, EPOLLIN);
	if (r >= 0)
		return dir;
	h->source.fd = -1;
	dirwatch_clear(&h->watch);
	return err_errno(err, -r, "cannot wait for it");
}

static void cannot_watch(struct sup *s, const char *folder, const struct err *err)
{
	if (!s->hold.told)
		log_warning("cannot watch %s (%s): the hooks run when the JVM has gone", folder,
			    err->msg);
	s->hold.told = true;
}

static void arm_dump(struct sup *s)
{
	struct hold *h = &s->hold;
	struct strbuf path = STRBUF_FIXED(h->dump);
	struct err err = { 0 };
	char *slash;

	path_fill(slice_of(block_str(s->block, s->block->heap_dump_path)), (long)s->jvm_pid,
		  s->starts, &path);
	slash = strbuf_error(&path) ? NULL : strrchr(h->dump, '/');
	if (!slash) /* too long for a JVM too */
		return;
	h->dump_name = slash + 1;
	*slash = '\0';
	h->dump_dir = watch(s, slash == h->dump ? "/" : h->dump, &err);
	if (h->dump_dir < 0)
		cannot_watch(s, slash == h->dump ? "/" : h->dump, &err);
	*slash = '/';
	fact_set(&s->nums, FACT_WATCHED,
		 h->dump_dir < 0 ? DIRWATCH_NONE : h->watch.dirs[h->dump_dir].way);
}

static void arm_report(struct sup *s)
{
	struct hold *h = &s->hold;
	char folder[4096];
	struct strbuf path = STRBUF_FIXED(folder);
	struct err err = { 0 };

	(void)snprintf(h->report, sizeof(h->report), "hs_err_pid%ld.log", (long)s->jvm_pid);
	if (h->dump_dir >= 0 && is_ours(s)) {
		h->report_dir = h->dump_dir;
		return;
	}
	strbuf_printf(&path, "%s/.run/%s", block_str(s->block, s->block->store), s->run_name);
	h->report_dir = strbuf_error(&path) ? -1 : watch(s, folder, &err);
	if (h->report_dir < 0)
		cannot_watch(s, folder, &err);
}

void hold_arm(struct sup *s)
{
	const struct block *b = s->block;

	s->hold.dump_seen = s->hold.report_seen = false;
	if (b->hold)
		arm_dump(s);
	if (b->watch_report && s->run >= 0)
		arm_report(s);
}

/* As far as it was held at all. */
static void note_time(struct sup *s)
{
	if (s->nums.has[FACT_HELD_AT] && !s->nums.has[FACT_HELD_TIME])
		fact_set(&s->nums, FACT_HELD_TIME, clock_mono() - s->hold.since);
}

void hold_disarm(struct sup *s)
{
	struct hold *h = &s->hold;

	note_time(s);
	if (h->dump_dir < 0 && h->report_dir < 0)
		return;
	dirwatch_clear(&h->watch);
	h->dump_dir = h->report_dir = -1;
}

static void sure(struct sup *s)
{
	fact_set(&s->nums, FACT_HELD_AT, clock_real());
	fact_set(&s->nums, FACT_KIND, KIND_OOM); /* what the hooks are told */
	log_notice("%s is out of memory%s: it is held at the start of its heap dump while the oom "
		   "hooks run",
		   app(s), is_ours(s) ? "" : ", it is presumed");
	supervise_feed(s, ME_DUMP_SURE);
	start_note_held(s); /* the hooks first */
}

static bool note_bytes(struct sup *s)
{
	uint64_t bytes;

	if (!death_fresh(s, s->hold.dump, &bytes))
		return false;
	fact_set(&s->nums, FACT_HELD_BYTES, bytes);
	return true;
}

void hold_stop(struct sup *s)
{
	bool stopped = child_signal(&s->jvm, SIGSTOP) == 0;

	s->hold.since = clock_mono();
	s->hold.stop_after = 0;
	if (!stopped || !note_bytes(s))
		supervise_feed(s, ME_DUMP_FALSE);
	else if (is_ours(s))
		sure(s);
}

/* Only that it may be seen and is not there speaks against it. */
void hold_look(struct sup *s)
{
	_cleanup_lower_ struct privs_scope raised = privs_raise();
	_cleanup_close_ int proc = procfs_open();
	struct stat st;
	bool theirs = fstatat(AT_FDCWD, s->hold.dump, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		      (proc >= 0 && procfs_has_open(proc, s->jvm.pid, &st) == 0);

	if (theirs) {
		log_debug("%s was not made by the JVM", s->hold.dump);
		supervise_feed(s, ME_DUMP_FALSE);
	} else if (note_bytes(s)) {
		sure(s);
	} else {
		supervise_feed(s, ME_DUMP_FALSE);
	}
}

void hold_noted(struct sup *s)
{
	if (s->machine.state == M_HOLDING)
		hold_look(s);
	else if (!fact_get(&s->nums, FACT_HELD_AGAIN, 0))
		(void)note_bytes(s);
}

void hold_again(struct sup *s)
{
	uint64_t before = fact_get(&s->nums, FACT_HELD_AGAIN, 0);

	(void)child_signal(&s->jvm, SIGSTOP);
	fact_set(&s->nums, FACT_HELD_AGAIN, before + 1);
	if (!before)
		log_notice("somebody let %s go on before its oom hooks were over: it was stopped "
			   "again",
			   app(s));
}

/* X and its parts: whatever changes of them is progress. */
static uint64_t dump_bytes(const struct sup *s)
{
	char text[4096 + 8];
	uint64_t sum = 0;
	struct stat st;

	for (int part = -1; part < DUMP_PARTS; part++) {
		struct strbuf path = STRBUF_FIXED(text);

		strbuf_puts(&path, s->hold.dump);
		if (part >= 0)
			strbuf_printf(&path, ".p%d", part);
		if (!strbuf_error(&path) && stat(text, &st) == 0)
			sum += (uint64_t)st.st_size;
	}
	return sum;
}

void hold_release(struct sup *s)
{
	struct hold *h = &s->hold;

	note_time(s);
	if (s->machine.state == M_RUNNING)
		s->nums.has[FACT_KIND] = false; /* it lives, and later hooks are of another event */
	if (s->nums.has[FACT_HELD_AT] && s->block->may_skip_dump && !dump_fits(s)) {
		dump_skip(s);
		return;
	}
	(void)child_signal(&s->jvm, SIGCONT);
	h->bytes = dump_bytes(s);
	/* CONT took a stop of the terminal's with it that was still to come. */
	if (h->stop_after)
		(void)child_signal(&s->jvm, h->stop_after);
	h->stop_after = 0;
}

bool hold_dump_grew(struct sup *s)
{
	uint64_t was = s->hold.bytes;

	s->hold.bytes = dump_bytes(s);
	return s->hold.bytes != was;
}
