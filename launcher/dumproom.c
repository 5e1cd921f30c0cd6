/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the heap dump that a held JVM is about to write fits, by the heap as it is now. The plan
 * has asked the same of the largest heap before the start; the disk may have filled since. A held
 * JVM that would end after its dump is ended without it: a full disk takes other services along,
 * and what is left of a dump that was cut is of no use.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "jvm/heapsize.h"
#include "launcher/sup.h"
#include "policy/size.h"

/* Of the file system where the dump has been begun; false: not to be known. */
static bool room(struct sup *s, uint64_t *ret)
{
	_cleanup_close_ int fd =
		open(s->hold.dump, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_PATH);
	uint64_t free, keep;
	struct statvfs fs;

	if (fd < 0 || fstatvfs(fd, &fs) < 0)
		return false;
	free = (uint64_t)fs.f_bavail * fs.f_frsize + fact_get(&s->nums, FACT_HELD_BYTES, 0);
	keep = policy_size_bytes(s->block->min_free, fd);
	*ret = free > keep ? free - keep : 0;
	return true;
}

/* In use, as the collector's counters have it, which has run just now; else the most there can be.
 */
static uint64_t heap(struct sup *s)
{
	uint64_t limit = fact_get(&s->nums, FACT_HEAP_LIMIT, 0);

	if (!sampler_heap(s))
		return limit;
	return s->head.heap_used;
}

bool dump_fits(struct sup *s)
{
	uint64_t has, size = heap(s);

	if (!size || !room(s, &has))
		return true;
	return heap_dump_size(size) / (s->block->dump_packed ? 2 : 1) <= has;
}

void dump_skip(struct sup *s)
{
	_cleanup_lower_ struct privs_scope raised = privs_raise();
	uint64_t bytes = 0;

	log_error("no room for the heap dump of %s above [collect] min_free: it is ended without "
		  "one",
		  block_str(s->block, s->block->app));
	fact_set(&s->nums, FACT_DUMP_NO_ROOM, DUMP_SKIPPED);
	(void)child_signal(&s->jvm, SIGKILL);
	/* What was begun would be in the way of the next one. What is not ours and not empty is
	 * left to whom it belongs. */
	if (death_fresh(s, s->hold.dump, &bytes) &&
	    (!bytes || fact_get(&s->nums, FACT_HEAP_DUMP_OURS, 0)))
		(void)unlink(s->hold.dump);
}
