/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "proc/loop.h"
#include "proc/notify.h"

/* What the service manager is told, and when. Without NOTIFY_SOCKET nothing of this is there: no
 * descriptor, no timer. */

struct sup;

/* A thing to say that has been said or is still to be. */
struct notify_line {
	bool due, said;
};

struct notifier {
	struct notify out; /* fd -1: nobody wants to know */
	struct loop_fd proxy;
	uint64_t watchdog; /* ns between two proofs of life; 0: none is asked for */

	struct notify_line ready, stopping;
	char status[512];
	bool status_due;
	bool failed; /* a failure was told */

	/* of this JVM */
	bool initialised;    /* as far as can be seen */
	bool program_ready;  /* it has said so itself */
	bool program_pings;  /* it gives the proofs of life itself */
	bool program_status; /* its own words stand in STATUS */
	uint64_t cpu;	     /* ns it had used at the last proof */

	/* monotonic; UINT64_MAX: not wanted */
	uint64_t look_at, ping_at, extend_at, retry_at;
};

void notify_init(struct sup *s);
void notify_prepare(struct sup *s); /* before the JVM's exec: its folder is there */
void notify_started(struct sup *s);
void notify_ended(struct sup *s); /* the JVM; before its folder is looked at */
void notify_step(struct sup *s);  /* after each step of the machine */
uint64_t notify_deadline(const struct sup *s);
void notify_expire(struct sup *s, uint64_t now);
