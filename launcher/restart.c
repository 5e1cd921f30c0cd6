/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The restart policy. The first restart within a window is immediate: most deaths are single ones,
 * and a pause would only lengthen the outage. The second waits `delay`, each further one twice as
 * long, up to delay_max; with `limit` restarts inside the window the answer is to give up. A JVM
 * that lived through the window is forgiven everything, as its restarts have left the window.
 */
#include "launcher/restart.h"
#include "policy/policy.h"

static const uint64_t when_bits[KIND_COUNT] = {
	[KIND_OOM] = RESTART_OOM | RESTART_FAILURE | RESTART_ALWAYS,
	[KIND_CRASH] = RESTART_CRASH | RESTART_FAILURE | RESTART_ALWAYS,
	[KIND_OOM_KILLER] = RESTART_KILLED | RESTART_FAILURE | RESTART_ALWAYS,
	[KIND_KILLED] = RESTART_KILLED | RESTART_FAILURE | RESTART_ALWAYS,
	[KIND_EXIT] = RESTART_FAILURE | RESTART_ALWAYS,
	[KIND_START_FAILED] = RESTART_FAILURE | RESTART_ALWAYS,
	/* KIND_NONE is decided by the exit code, KIND_STOP_TIMEOUT is the end of a stop. */
};

static uint64_t inside_window(const struct restart_policy *p, const struct restart_history *h,
			      uint64_t now)
{
	uint64_t n = h->count < RESTART_LIMIT_MAX ? h->count : RESTART_LIMIT_MAX, inside = 0;

	for (uint64_t i = 0; i < n; i++)
		if (now - h->at[i] < p->window)
			inside++;
	return inside;
}

static uint64_t back_off(const struct restart_policy *p, uint64_t earlier)
{
	uint64_t delay = p->delay;

	if (!earlier)
		return 0;
	while (--earlier && delay < p->delay_max)
		delay *= 2;
	return delay < p->delay_max ? delay : p->delay_max;
}

enum restart_answer restart_decide(const struct restart_policy *p, struct restart_history *h,
				   enum incident_kind kind, bool exit_zero, bool stop_requested,
				   uint64_t now, uint64_t *ret_delay)
{
	/* 0 after an OutOfMemoryError too: the program has got over it and is done. */
	bool done = exit_zero && (kind == KIND_NONE || kind == KIND_OOM);
	uint64_t bits = done ? RESTART_ALWAYS : when_bits[kind], earlier;

	if (stop_requested || !(bits & p->when))
		return RESTART_NO;
	earlier = inside_window(p, h, now);
	if (p->limit && earlier >= p->limit)
		return RESTART_GIVE_UP;
	h->at[h->next] = now;
	h->next = (h->next + 1) % RESTART_LIMIT_MAX;
	h->count++;
	*ret_delay = back_off(p, earlier);
	return RESTART_YES;
}
