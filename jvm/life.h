/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"
#include "jvm/facts.h"

/* The file STORE/.run/RUN_NAME/life: a head that is overwritten by each reading, then the facts
 * record of the start. Its supervisor holds flock(LOCK_EX) on it as long as it lives; a file that
 * is there and unlocked is a life whose end nobody saw. The lock says who is alive, never the pid:
 * containers may share the store. The head is fixed in layout and written with one pwrite (not
 * through a mapping: on a full disk a store into it is a SIGBUS). */

#define LIFE_NAME "life"
/* Beside it, while that supervisor lives: the socket for what the JVM tells the service manager. */
#define LIFE_NOTIFY_NAME "notify"
#define LIFE_MAGIC	 0x324556494c56534aULL /* "JSVLIVE2" read as little endian */
#define LIFE_HEAD	 256

#define LIFE_END_FACTS 14

struct life_head {
	uint64_t magic;
	uint64_t at;	     /* of the last reading, or the start: ns since the epoch */
	uint64_t pid;	     /* of the JVM */
	uint64_t start_time; /* /proc/PID/stat field 22 */
	uint64_t rss, cgroup_used, cgroup_limit, oom_kills; /* bytes; UINT64_MAX: not known */
	uint64_t heap_used, heap_committed, heap_max;
	uint64_t host_kills;	      /* on the whole machine */
	uint64_t cgroup_id;	      /* whose oom_kills those are */
	uint64_t kills_all;	      /* 0/1 */
	uint64_t ended;		      /* 1: the supervisor saw the end and is dealing with it */
	uint64_t end[LIFE_END_FACTS]; /* what it saw; UINT64_MAX: not known */
	uint64_t held_at;	      /* FACT_HELD_AT; 0: it was not */
};

_Static_assert(sizeof(struct life_head) <= LIFE_HEAD, "the readings fit the head");

/* What is known of the end goes into the head, and from there: the record cannot grow on a disk
 * that is full, which is why it may be needed. */
void life_put_end(struct life_head *head, const struct fact_nums *n);
void life_take_end(const struct life_head *head, struct fact_nums *n);

/* The last reading; what is known of it in n already is newer, and stays. */
void life_take_reading(const struct life_head *head, struct fact_nums *n);

/* Takes a life file apart: the head copied to *head, *record points into data. -EBADMSG. */
int life_parse(struct slice data, struct life_head *head, struct slice *record);
