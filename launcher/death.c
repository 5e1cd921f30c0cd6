/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of an end, from the kernel's status and from what was left behind. Nothing hostile
 * is parsed here: files are looked at by name, size and time only, and hsperfdata is bounded and
 * fixed in layout. Must run before the next JVM starts, since that one removes the stale hsperfdata
 * of its user (JDK 8 to 27), by which ExitOnOutOfMemoryError is told from System.exit(3).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "jvm/paths.h"
#include "jvm/perfdata.h"
#include "launcher/sup.h"

/* A file is timed by the kernel's coarse clock, which may lag up to one tick behind the start we
 * noted. */
bool death_fresh(const struct sup *s, const char *path, uint64_t *ret_bytes)
{
	uint64_t started = fact_get(&s->nums, FACT_STARTED, 0);
	struct stat st;

	if (fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != s->block->uid || clock_ns(st.st_ctim) + 20 * NSEC_PER_MSEC < started)
		return false;
	*ret_bytes = (uint64_t)st.st_size;
	return true;
}

/* 0: there is none. */
static uint64_t fresh_size(const struct sup *s, const char *path)
{
	uint64_t bytes;

	return death_fresh(s, path, &bytes) ? bytes : 0;
}

bool death_dump_path(const struct sup *s, struct strbuf *ret)
{
	const char *tmpl = block_str(s->block, s->block->heap_dump_path);

	if (!tmpl)
		return false;
	path_fill(slice_of(tmpl), (long)s->jvm_pid, s->starts - 1, ret);
	return !strbuf_error(ret);
}

static bool fresh_dump(const struct sup *s, uint64_t *ret_bytes)
{
	char text[4096];
	struct strbuf path = STRBUF_FIXED(text);

	return death_dump_path(s, &path) && death_fresh(s, text, ret_bytes);
}

bool death_dump_runs(const struct sup *s)
{
	uint64_t bytes;

	return s->machine.ends_at_oom && fresh_dump(s, &bytes);
}

/* The planned place first, then where the JVM falls back to when it cannot write there. */
uint64_t death_hs_err(const struct sup *s, struct strbuf *ret_path)
{
	const char *tmpl = block_str(s->block, s->block->hs_err_path);
	const char *cwd = block_str(s->block, s->block->cwd);
	uint64_t bytes = 0;

	for (int place = 0; place < 3 && !bytes; place++) {
		strbuf_reset(ret_path);
		if (place == 0 && tmpl)
			path_fill(slice_of(tmpl), (long)s->jvm_pid, s->starts - 1, ret_path);
		else
			strbuf_printf(ret_path, "%s/hs_err_pid%ld.log",
				      place == 1 && cwd ? cwd : "/tmp", (long)s->jvm_pid);
		if (!strbuf_error(ret_path))
			bytes = fresh_size(s, strbuf_str(ret_path));
	}
	return bytes;
}

static void note_files(struct sup *s)
{
	char text[4096];
	struct strbuf path = STRBUF_FIXED(text);
	uint64_t hs_err = death_hs_err(s, &path);
	uint64_t dump;

	if (hs_err)
		fact_set(&s->nums, FACT_HS_ERR_BYTES, hs_err);
	if (fresh_dump(s, &dump) && dump)
		fact_set(&s->nums, FACT_HEAP_DUMP_BYTES, dump);
}

static void note_perf_reading(struct sup *s, const struct perf_reading *r)
{
	const struct {
		enum fact_num fact;
		uint64_t v;
	} rows[] = {
		{ FACT_HEAP_USED, r->heap_used },
		{ FACT_HEAP_MAX, r->heap_max },
		{ FACT_HEAP_COMMITTED, r->heap_committed },
		{ FACT_OLD_USED, r->old_used },
		{ FACT_OLD_MAX, r->old_max },
		{ FACT_META_USED, r->metaspace_used },
		{ FACT_META_MAX, r->metaspace_max },
		{ FACT_CLASS_USED, r->class_space_used },
		{ FACT_CLASS_MAX, r->class_space_max },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].v)
			fact_set(&s->nums, rows[i].fact, rows[i].v);
}

static void note_perfdata(struct sup *s)
{
	const char *user = block_str(s->block, s->block->user_name);
	uint64_t started = fact_get(&s->nums, FACT_STARTED, 0), changed;
	struct perf_reading reading;
	_cleanup_close_ int tmp = -1;
	void *buf;
	int r;

	if (!s->block->perf_data)
		return;
	tmp = open("/tmp", O_RDONLY | O_DIRECTORY |
				   O_CLOEXEC); /* always there, whatever java.io.tmpdir says */
	if (tmp < 0)
		return;
	buf = mmap(NULL, PERFDATA_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buf == MAP_FAILED)
		return;
	r = perfdata_read(tmp, user, s->jvm_pid, s->block->uid, buf, PERFDATA_MAX, &reading,
			  &changed);
	(void)munmap(buf, PERFDATA_MAX);
	if (r >= 0 && perfdata_is_older(&reading, started))
		r = -ENOENT;
	if (r >= 0) {
		fact_set(&s->nums, FACT_PERF_LEFT, 1);
		note_perf_reading(s, &reading);
	} else if (r == -ENOENT) {
		r = perfdata_touched_since(tmp, user, started);
		if (r >= 0) /* else a JVM could not have left one: a read-only /tmp */
			fact_set(&s->nums, FACT_PERF_LEFT, 0);
		if (r == 0)
			fact_set(&s->nums, FACT_PERF_NEVER, 1);
	}
}

static void note_cgroup(struct sup *s)
{
	struct cgroup_reading cg;

	cgroup_read(&s->cgroup, &cg);
	if (cg.has_limit)
		fact_set(&s->nums, FACT_CGROUP_LIMIT, cg.limit);
	if (cg.has_peak)
		fact_set(&s->nums, FACT_CGROUP_PEAK, cg.peak);
	if (cg.has_oom_kills)
		fact_set(&s->nums, FACT_OOM_KILLS_END, cg.oom_kills);
	if (!s->nums.has[FACT_HOST_KILLS_START])
		return;
	sampler_read_host(s);
	fact_set(&s->nums, FACT_HOST_KILLS_END, s->head.host_kills);
}

void death_note(struct sup *s)
{
	const struct reaped *end = &s->end;

	fact_set(&s->nums, FACT_ENDED, clock_real());
	fact_set(&s->nums, FACT_UPTIME, clock_mono() - s->started);
	if (s->exec_errno) {
		fact_set(&s->nums, FACT_EXEC_FAILED, (uint64_t)s->exec_errno);
		return;
	}
	if (end->code == CLD_EXITED) {
		fact_set(&s->nums, FACT_EXIT_CODE, (uint64_t)end->status);
	} else {
		fact_set(&s->nums, FACT_SIGNAL, (uint64_t)end->status);
		fact_set(&s->nums, FACT_CORE_DUMPED, end->code == CLD_DUMPED);
	}
	fact_set(&s->nums, FACT_MAX_RSS, end->max_rss);
	fact_set(&s->nums, FACT_CPU_TIME, end->cpu_time);
	note_files(s);
	note_perfdata(s);
	note_cgroup(s);
	life_take_reading(&s->head, &s->nums);
}

void death_decide(struct sup *s)
{
	struct evidence e = {
		.num = &s->nums,
		.app = block_str(s->block, s->block->app),
		.hserr_frame = s->told.frame[0] ? s->told.frame : NULL,
		.hserr_library = s->told.library[0] ? s->told.library : NULL,
		.hserr_reason = s->told.reason[0] ? s->told.reason : NULL,
		.oom_message = s->told.message[0] ? s->told.message : NULL,
		.refused = s->told.refused[0] ? s->told.refused : NULL,
	};

	verdict_decide(&e, &s->verdict);
	verdict_nums(&s->verdict, &s->nums);
}
