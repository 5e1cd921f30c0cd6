/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tick: once in [sample] interval the memory of the living JVM is read and overwrites the last
 * reading at the head of the life file. When the kernel kills the JVM nothing of it is left to ask,
 * and when it kills us too, the file is all that the next start has.
 *
 * What one would get wrong: a process that is being killed has given its memory back before it can
 * be reaped, and so has its cgroup. So the resident set is read first, and where there is none the
 * older reading stands. Descriptors are kept, since opening costs more than reading; nothing is
 * allocated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/parse.h"
#include "launcher/slim.h"
#include "launcher/sup.h"
#include "proc/procfs.h"

/* A JVM that has made no hsperfdata file by then keeps none. */
#define PERF_TRIES 30

/* The count of all OOM kills of the machine is for the next start only, and dear: 180 lines. */
#define HOST_EVERY 60

#define WRITE_AT_LEAST (20 * NSEC_PER_SEC)

void sampler_start(struct sup *s)
{
	struct sampler *p = &s->sampler;
	char name[32];

	*p = (struct sampler){ .statm = -1, .perf = -1, .next = UINT64_MAX };
	p->tries = s->block->perf_data ? PERF_TRIES : 0;
	if (!s->block->sample_interval)
		return;
	(void)snprintf(name, sizeof(name), "/proc/%ld/statm", (long)s->jvm.pid);
	p->statm = open(name, O_RDONLY | O_CLOEXEC);
	if (p->statm < 0)
		return;
	p->page = (uint64_t)sysconf(_SC_PAGESIZE);
	p->next = clock_mono() + s->block->sample_interval;
}

void sampler_stop(struct sup *s)
{
	close_fd(&s->sampler.statm);
	close_fd(&s->sampler.perf);
	s->sampler.next = UINT64_MAX;
}

/* "SIZE RESIDENT ..." in pages */
static _steady_ uint64_t resident(const struct sampler *p)
{
	char text[128];
	ssize_t n = pread(p->statm, text, sizeof(text), 0);
	struct slice line = { text, n > 0 ? (size_t)n : 0 }, word = { 0 };
	uint64_t pages;

	for (int i = 0; i < 2; i++)
		if (!slice_next(&line, ' ', &word))
			return 0;
	return parse_u64(word, &pages) < 0 ? 0 : pages * p->page;
}

static int find_counters(struct sup *s, int fd, const struct stat *st)
{
	void *buf = mmap(NULL, PERFDATA_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	struct perf_reading reading;
	ssize_t n;
	int r;

	if (buf == MAP_FAILED)
		return -errno;
	n = file_read_start(fd, buf, (size_t)st->st_size);
	r = n < 0 ? (int)n : perfdata_parse((struct slice){ buf, (size_t)n }, &reading);
	/* One that an earlier process of the same pid left is there until ours makes its own. */
	if (!r && perfdata_is_older(&reading, fact_get(&s->nums, FACT_STARTED, 0)))
		r = -EAGAIN;
	if (!r)
		r = perfdata_find_heap((struct slice){ buf, (size_t)n }, &s->sampler.heap);
	(void)munmap(buf, PERFDATA_MAX);
	return r;
}

static void look_for_perfdata(struct sup *s)
{
	const char *user = block_str(s->block, s->block->user_name);
	_cleanup_close_ int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	struct stat st;

	s->sampler.tries--;
	if (tmp < 0)
		return;
	fd = perfdata_open(tmp, user, s->jvm_pid, s->block->uid, &st);
	if (fd >= 0 && find_counters(s, fd, &st) == 0)
		s->sampler.perf = steal_fd(&fd);
}

_steady_ bool sampler_heap(struct sup *s)
{
	struct sampler *p = &s->sampler;
	uint64_t used, committed;

	if (p->perf < 0 && p->tries)
		look_for_perfdata(s);
	if (p->perf < 0)
		return false;
	if (perfdata_read_heap(p->perf, &p->heap, &used, &committed) < 0) {
		close_fd(&p->perf);
		return false;
	}
	s->head.heap_used = used;
	s->head.heap_committed = committed;
	s->head.heap_max = p->heap.max;
	return used > 0;
}

void sampler_read_host(struct sup *s)
{
	_cleanup_close_ int proc = procfs_open();
	uint64_t kills;

	if (proc >= 0 && procfs_oom_kills(proc, &kills) == 0)
		s->head.host_kills = kills;
}

static void read_rarely(struct sup *s)
{
	sampler_read_host(s);
	if (!s->sampler.ticks)
		s->head.kills_all = cgroup_kills_all("", &s->cgroup);
}

/* A quiet JVM is to keep no disk awake: what has hardly changed is not written again for a while.
 */
static _steady_ bool moved(uint64_t from, uint64_t to)
{
	return (from > to ? from - to : to - from) > from / 64;
}

static _steady_ bool worth_writing(const struct sampler *p, const struct life_head *now)
{
	return now->at - p->written.at >= WRITE_AT_LEAST || moved(p->written.rss, now->rss) ||
	       moved(p->written.heap_used, now->heap_used) ||
	       moved(p->written.cgroup_used, now->cgroup_used);
}

static _steady_ void write_reading(struct sup *s)
{
	uint64_t kills;

	if (cgroup_oom_kills(&s->cgroup, &kills))
		s->head.oom_kills = kills;
	s->sampler.written = s->head;
	if (s->life >= 0 && pwrite(s->life, &s->head, sizeof(s->head), 0) < 0)
		log_debug("the life file does not get its reading: %s", strerror(errno));
}

_steady_ bool sampler_tick(struct sup *s)
{
	struct sampler *p = &s->sampler;
	bool looked = p->perf < 0 && p->tries;
	uint64_t rss, used;

	p->next = clock_mono() + s->block->sample_interval;
	rss = resident(p);
	if (!rss)
		return false;
	s->head.rss = rss;
	if (cgroup_usage(&s->cgroup, &used))
		s->head.cgroup_used = used;
	(void)sampler_heap(s);
	if (p->ticks % HOST_EVERY == 0) {
		read_rarely(s);
		if (p->ticks) /* what that brought back of the program */
			slim_pages();
	}
	p->ticks++;
	s->head.at = clock_real();
	if (worth_writing(p, &s->head))
		write_reading(s);
	return looked && (p->perf >= 0 || !p->tries);
}
