/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention, decided. Each rule looks at what the rules before it have left; within a rule the
 * oldest goes first. Nothing is removed by a rule that is satisfied, and the newest never.
 */
#include "incident/retain.h"

#include <string.h>

struct pass {
	const struct retain_item *items;
	size_t n;
	struct retain_choice *choice;
};

static bool may_touch(const struct pass *p, size_t i)
{
	return i + 1 < p->n && !p->items[i].pinned && !p->items[i].in_progress;
}

static uint64_t bytes_after(const struct pass *p, size_t i)
{
	const struct retain_item *it = &p->items[i];

	switch (p->choice[i].what) {
	case RETAIN_REMOVE:
		return 0;
	case RETAIN_THIN:
		return it->bytes > it->big_bytes ? it->bytes - it->big_bytes : 0;
	default:
		return it->bytes;
	}
}

static void set(struct pass *p, size_t i, enum retain_what what, const char *reason)
{
	p->choice[i] = (struct retain_choice){ .what = what, .reason = reason };
}

static void drop_old(struct pass *p, uint64_t now, uint64_t keep_time)
{
	for (size_t i = 0; i < p->n; i++) {
		uint64_t ended = p->items[i].ended;

		if (may_touch(p, i) && ended < now && now - ended > keep_time)
			set(p, i, RETAIN_REMOVE, "older than keep_days");
	}
}

static void drop_many(struct pass *p, uint64_t keep_count)
{
	uint64_t left = 0;

	for (size_t i = 0; i < p->n; i++)
		left += p->choice[i].what != RETAIN_REMOVE;
	for (size_t i = 0; i < p->n && left > keep_count; i++) {
		if (p->choice[i].what != RETAIN_REMOVE && may_touch(p, i)) {
			set(p, i, RETAIN_REMOVE, "more than keep_count");
			left--;
		}
	}
}

static bool is_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Whether the run goes on, in the direction of step, to one that has large artifacts too: what has
 * only text cannot stand for it. Other instances and what is removed lie between. */
static bool goes_on(const struct pass *p, size_t i, int step)
{
	const struct retain_item *it = &p->items[i], *other;

	for (i += (size_t)step; i < p->n; i += (size_t)step) {
		other = &p->items[i];
		if (p->choice[i].what == RETAIN_REMOVE || !is_text(other->instance, it->instance))
			continue;
		if (!is_text(other->signature, it->signature))
			return false;
		if (other->big_bytes)
			return true;
	}
	return false;
}

static void thin_runs(struct pass *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct retain_item *it = &p->items[i];

		if (p->choice[i].what != RETAIN_KEEP || !may_touch(p, i) || !it->big_bytes)
			continue;
		if (goes_on(p, i, -1) && goes_on(p, i, 1))
			set(p, i, RETAIN_THIN, "one of a run of equal deaths");
	}
}

static uint64_t sum(const struct pass *p, bool after)
{
	uint64_t total = 0;

	for (size_t i = 0; i < p->n; i++)
		total += after ? bytes_after(p, i) : p->items[i].bytes;
	return total;
}

/* Removes the oldest until `excess` bytes are gone. */
static void drop_bytes(struct pass *p, uint64_t excess, const char *reason)
{
	for (size_t i = 0; i < p->n && excess; i++) {
		uint64_t bytes = bytes_after(p, i);

		if (p->choice[i].what == RETAIN_REMOVE || !may_touch(p, i))
			continue;
		set(p, i, RETAIN_REMOVE, reason);
		excess -= bytes < excess ? bytes : excess;
	}
}

void retain_decide(const struct retain_item *items, size_t n, const struct retain_limits *limits,
		   uint64_t now, uint64_t free_bytes, struct retain_choice *choice)
{
	struct pass p = { .items = items, .n = n, .choice = choice };
	uint64_t total, freed;

	for (size_t i = 0; i < n; i++)
		set(&p, i, RETAIN_KEEP, NULL);
	if (limits->keep_time)
		drop_old(&p, now, limits->keep_time);
	if (limits->keep_count)
		drop_many(&p, limits->keep_count);
	thin_runs(&p);
	total = sum(&p, true);
	if (limits->max_total && total > limits->max_total)
		drop_bytes(&p, total - limits->max_total, "the store is over max_total");
	freed = free_bytes + sum(&p, false) - sum(&p, true);
	if (freed < limits->min_free)
		drop_bytes(&p, limits->min_free - freed, "the file system is below min_free");
}
