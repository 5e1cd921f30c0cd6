/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The epoll dispatcher.
 *
 * One wake-up fetches everything that is ready and serves it by rank, so a batch holds every source
 * there can be. A source that is removed while the batch is served is struck out of it: its owner
 * may already be gone.
 */
#include "proc/loop.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include "base/clock.h"

int loop_init(struct loop *l)
{
	*l = (struct loop){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
	return l->epoll < 0 ? -errno : 0;
}

void loop_done(struct loop *l)
{
	close_fd(&l->epoll);
	l->n = l->n_batch = 0;
}

int loop_add(struct loop *l, struct loop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (l->n == LOOP_MAX)
		return -ENOSPC;
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, f->fd, &ev) < 0)
		return -errno;
	l->n++;
	return 0;
}

void loop_remove(struct loop *l, struct loop_fd *f)
{
	if (f->fd >= 0 && !epoll_ctl(l->epoll, EPOLL_CTL_DEL, f->fd, NULL))
		l->n--;
	for (unsigned i = 0; i < l->n_batch; i++)
		if (l->batch[i].source == f)
			l->batch[i].source = NULL;
}

/* Milliseconds until the deadline, rounded up: too early would be a wake-up for nothing. */
static _steady_ int timeout_ms(uint64_t deadline)
{
	uint64_t now, ms;

	if (deadline == UINT64_MAX)
		return -1;
	now = clock_mono();
	if (deadline <= now)
		return 0;
	ms = (deadline - now - 1) / NSEC_PER_MSEC + 1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* An insertion sort: the batch is short and mostly in order. */
static void take_batch(struct loop *l, const struct epoll_event *events, int n)
{
	l->n_batch = 0;
	for (int i = 0; i < n; i++) {
		struct loop_fd *f = events[i].data.ptr;
		unsigned at = l->n_batch++;

		for (; at > 0 && l->batch[at - 1].source->rank > f->rank; at--)
			l->batch[at] = l->batch[at - 1];
		l->batch[at] = (struct loop_ready){ .source = f, .events = events[i].events };
	}
}

_steady_ int loop_wait(struct loop *l, uint64_t deadline)
{
	struct epoll_event events[LOOP_MAX];
	int n, served = 0;

	do
		n = epoll_wait(l->epoll, events, LOOP_MAX, timeout_ms(deadline));
	while ((n < 0 && errno == EINTR) || (n == 0 && clock_mono() < deadline));
	if (n < 0)
		return -errno;

	take_batch(l, events, n);
	for (unsigned i = 0; i < l->n_batch; i++) {
		struct loop_ready r = l->batch[i];

		if (!r.source)
			continue;
		r.source->ready(r.source, r.events);
		served++;
	}
	l->n_batch = 0;
	return served;
}
