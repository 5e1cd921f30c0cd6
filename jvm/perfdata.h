/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/slice.h"

/* hsperfdata, version 2.0: the JVM's counters in /tmp/hsperfdata_USER/PID, 32 KiB, written by the
 * JVM all the time and therefore hostile: every offset is checked, no length is trusted. The
 * supervisor may read this: bounded, fixed in layout, fuzzed. */

#define PERFDATA_MAX (256 * 1024)

struct perf_reading {
	/* bytes; 0: not known */
	uint64_t heap_used, heap_committed, heap_max;
	uint64_t old_used, old_max; /* the space a full collection cannot empty */
	/* Committed, for that is what the limits count. metaspace_max: MaxMetaspaceSize. */
	uint64_t metaspace_used, metaspace_max;
	uint64_t class_space_used, class_space_max;
	uint64_t full_collections; /* of ZGC: pauses of its major cycles; of Shenandoah: 0 */
	uint64_t vm_begin_ms;	   /* sun.rt.createVmBeginTime, ms since the epoch */
	uint64_t vm_end_ms;	   /* sun.rt.createVmEndTime: initialisation is complete */
};

/* All readings but the times are as of the last collection (25+; before, some are fresher); before
 * the first one most are 0. 0, -EINVAL (not hsperfdata 2.0), -EBADMSG (cut or impossible), -EAGAIN
 * (not accessible yet). */
int perfdata_parse(struct slice data, struct perf_reading *ret);

/* Where the counters of the heap stand in one JVM's file, so that a reading is one pread of a few
 * hundred bytes. Never through a mapping: the JVM's user may truncate the file under us (SIGBUS).
 */
#define PERF_HEAP_PARTS	 6
#define PERF_HEAP_WINDOW 4096

struct perf_heap {
	uint32_t from, len; /* of the window that holds all of them */
	uint32_t at[PERF_HEAP_PARTS];
	bool has[PERF_HEAP_PARTS];
	uint64_t max; /* fixed at the start of the JVM */
};

/* As perfdata_parse; also -EAGAIN: the collector has not made its counters yet, -ERANGE: they lie
 * further apart than the window is long. */
int perfdata_find_heap(struct slice data, struct perf_heap *ret);
int perfdata_read_heap(int fd, const struct perf_heap *heap, uint64_t *ret_used,
		       uint64_t *ret_committed);

/* Opens hsperfdata_USER/PID below tmp_dir as a hostile file (see below) of at most PERFDATA_MAX;
 * the descriptor. */
int perfdata_open(int tmp_dir, const char *user, pid_t pid, uid_t uid, struct stat *ret);

/* Opens dir_fd's hsperfdata_USER/PID as a hostile file (no link, regular, of uid, at most
 * PERFDATA_MAX), reads it into the caller's buffer and parses it. tmp_dir: a descriptor of the
 * JVM's /tmp. *ret_changed_ns: mtime. -ENOENT: no such file; -EFBIG: larger than allowed or than
 * the buffer. No allocation. */
int perfdata_read(int tmp_dir, const char *user, pid_t pid, uid_t uid, void *buf, size_t buf_size,
		  struct perf_reading *ret, uint64_t *ret_changed_ns);

/* Of a JVM that ran before this time: in a container pids come again, and what was killed leaves
 * its file. */
bool perfdata_is_older(const struct perf_reading *r, uint64_t started_real_ns);

/* Whether a JVM of this user made or removed a perfdata file since real_ns (mtime of the folder):
 * 1 yes, 0 certainly not, negative unknown (no room for such a file, or not to be trusted). A JVM
 * that was refused at its options never makes one; so "0" after exit 1 means that it could not
 * start. */
int perfdata_touched_since(int tmp_dir, const char *user, uint64_t real_ns);
