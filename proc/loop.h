/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "base/macro.h"

/* An epoll dispatcher whose sources are embedded in their owners. It never allocates. One wake-up
 * is served in rising order of `rank`, so that the owner fixes what comes first when several things
 * happened at once. Nothing polls: without a deadline loop_wait sleeps until something happens. */
struct loop_fd {
	int fd;
	unsigned rank; /* 0 first */
	void (*ready)(struct loop_fd *self, uint32_t events);
};

#define LOOP_MAX 16

struct loop_ready {
	struct loop_fd *source; /* NULL: removed since */
	uint32_t events;
};

struct loop {
	int epoll;
	unsigned n; /* sources */
	struct loop_ready batch[LOOP_MAX];
	unsigned n_batch; /* those of the wake-up being served */
};

int loop_init(struct loop *l); /* -errno */
void loop_done(struct loop *l);

/* -ENOSPC beyond LOOP_MAX sources. */
int loop_add(struct loop *l, struct loop_fd *f, uint32_t events);

/* To be called before the descriptor is closed. */
void loop_remove(struct loop *l, struct loop_fd *f); /* safe inside ready(), also for another one */

/* Waits until something is ready or the monotonic deadline (ns, UINT64_MAX: none) has come; serves
 * all that is ready. Returns how many were served, 0 at the deadline, -errno. */
int loop_wait(struct loop *l, uint64_t deadline);
