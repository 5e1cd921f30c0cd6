/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a life file that its supervisor can no longer explain. The head is written with one
 * pwrite, so it is of one reading; the record behind it may be cut, which facts_decode finds.
 */
#include "jvm/life.h"

#include <errno.h>
#include <string.h>

static const enum fact_num end_facts[] = {
	FACT_ENDED,	  FACT_UPTIME,	  FACT_EXIT_CODE,     FACT_SIGNAL,	   FACT_CORE_DUMPED,
	FACT_STOP_SIGNAL, FACT_KILL_SENT, FACT_MAX_RSS,	      FACT_PERF_LEFT,	   FACT_PERF_NEVER,
	FACT_HEAP_USED,	  FACT_HEAP_MAX,  FACT_OOM_KILLS_END, FACT_HOST_KILLS_END,
};

_Static_assert(ARRAY_SIZE(end_facts) == LIFE_END_FACTS, "the head has a place for each");

void life_put_end(struct life_head *head, const struct fact_nums *n)
{
	head->ended = 1;
	for (size_t i = 0; i < ARRAY_SIZE(end_facts); i++)
		head->end[i] = fact_get(n, end_facts[i], UINT64_MAX);
}

void life_take_end(const struct life_head *head, struct fact_nums *n)
{
	for (size_t i = 0; head->ended && i < ARRAY_SIZE(end_facts); i++)
		if (head->end[i] != UINT64_MAX)
			fact_set(n, end_facts[i], head->end[i]);
}

void life_take_reading(const struct life_head *head, struct fact_nums *n)
{
	const struct {
		enum fact_num fact;
		uint64_t v;
	} rows[] = {
		{ FACT_RSS, head->rss },
		{ FACT_READ_AT, head->rss == UINT64_MAX ? UINT64_MAX : head->at },
		{ FACT_CGROUP_USED, head->cgroup_used },
		{ FACT_CGROUP_LIMIT, head->cgroup_limit },
		{ FACT_HEAP_USED, head->heap_used },
		{ FACT_HEAP_COMMITTED, head->heap_committed },
		{ FACT_HEAP_MAX, head->heap_max },
		{ FACT_KILLS_ALL, head->kills_all },
		{ FACT_HELD_AT, head->held_at ? head->held_at : UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].v != UINT64_MAX && !n->has[rows[i].fact])
			fact_set(n, rows[i].fact, rows[i].v);
}

int life_parse(struct slice data, struct life_head *head, struct slice *record)
{
	struct life_head p;

	if (data.len < LIFE_HEAD)
		return -EBADMSG;
	memcpy(&p, data.ptr, sizeof(p));
	if (p.magic != LIFE_MAGIC)
		return -EBADMSG;
	*head = p;
	*record = slice_skip(data, LIFE_HEAD);
	return 0;
}
