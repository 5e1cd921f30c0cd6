/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "jvm/verdict.h"

/* [restart]: whether and when the next JVM starts. Pure: the time is passed in. */
struct restart_policy {
	uint64_t when;			   /* RESTART_* bits of policy/policy.h */
	uint64_t delay, delay_max, window; /* ns */
	uint64_t limit; /* restarts within a window before giving up; 0: no limit */
};

#define RESTART_LIMIT_MAX 100

/* Times of the last restarts, monotonic ns, a ring. Zero it before use. */
struct restart_history {
	uint64_t at[RESTART_LIMIT_MAX];
	unsigned next;
	uint64_t count; /* of all restarts */
};

/* What the policy answers to the end of a JVM. */
enum restart_answer {
	RESTART_NO,	 /* this kind of end is not restarted */
	RESTART_YES,	 /* after *ret_delay ns */
	RESTART_GIVE_UP, /* it would be, but the limit within the window is reached */
};

/* exit_zero: the program ended with 0 by itself. */
enum restart_answer restart_decide(const struct restart_policy *p, struct restart_history *h,
				   enum incident_kind kind, bool exit_zero, bool stop_requested,
				   uint64_t now, uint64_t *ret_delay);
