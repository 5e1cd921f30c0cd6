/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How a child ended, or that it stopped. */
struct reaped {
	pid_t pid;
	int code;	   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED, CLD_CONTINUED */
	int status;	   /* exit code or signal */
	uint64_t max_rss;  /* bytes; ends only */
	uint64_t cpu_time; /* ns; ends only */
};

/* Looks whether the child changed state (WNOWAIT for its end, so that /proc/PID is still there and
 * nobody's status is stolen; stops and continues are consumed). 1 something, 0 nothing, -errno. */
int reap_look(pid_t pid, struct reaped *ret);

/* Takes the ended child; as reap_look. Does not block. */
int reap_take(pid_t pid, struct reaped *ret);

/* As PID 1 or a subreaper: takes every ended child but those in keep[]; returns how many, -errno.
 * The kernel shows the ended children one at a time, so this stops at a kept one: take those first.
 */
int reap_orphans(const pid_t *keep, unsigned n_keep);
