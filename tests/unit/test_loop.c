/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatcher: order within a wake-up, deadlines, sources that go while others are served. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "base/clock.h"
#include "proc/loop.h"

struct source {
	struct loop_fd f;
	struct loop *loop;
	struct source *victim; /* removed when this one is served */
};

static const struct source *served[LOOP_MAX + 1];
static unsigned n_served;

static void note(struct loop_fd *f, uint32_t events)
{
	struct source *s = container_of(f, struct source, f);

	assert_true(events & EPOLLIN);
	served[n_served++] = s;
	if (s->victim)
		loop_remove(s->loop, &s->victim->f);
}

static void add(struct loop *l, struct source *s, unsigned rank, unsigned value)
{
	*s = (struct source){ .f = { eventfd(value, EFD_CLOEXEC), rank, note }, .loop = l };
	assert_true(s->f.fd >= 0);
	assert_int_equal(loop_add(l, &s->f, EPOLLIN), 0);
}

static void drop(struct loop *l, struct source *s)
{
	loop_remove(l, &s->f);
	close_fd(&s->f.fd);
}

static void what_is_ready_together_is_served_by_rank(void **state)
{
	static const unsigned ranks[] = { 3, 0, 2, 1, 0 };
	struct source s[ARRAY_SIZE(ranks)];
	struct loop l;

	assert_int_equal(loop_init(&l), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ranks); i++)
		add(&l, &s[i], ranks[i], 1);
	n_served = 0;
	assert_int_equal(loop_wait(&l, UINT64_MAX), ARRAY_SIZE(ranks));
	for (unsigned i = 1; i < n_served; i++)
		assert_true(served[i - 1]->f.rank <= served[i]->f.rank);
	assert_ptr_equal(served[4], &s[0]);
	for (size_t i = 0; i < ARRAY_SIZE(ranks); i++)
		drop(&l, &s[i]);
	loop_done(&l);
}

static void a_source_removed_by_another_is_not_served(void **state)
{
	struct source first, second, third;
	struct loop l;

	assert_int_equal(loop_init(&l), 0);
	add(&l, &first, 0, 1);
	add(&l, &second, 1, 1);
	add(&l, &third, 2, 1);
	first.victim = &second;
	n_served = 0;
	assert_int_equal(loop_wait(&l, UINT64_MAX), 2);
	assert_ptr_equal(served[0], &first);
	assert_ptr_equal(served[1], &third);

	first.victim = &first;
	assert_int_equal(loop_wait(&l, UINT64_MAX), 2);
	assert_int_equal(loop_wait(&l, UINT64_MAX), 1);
	close_fd(&first.f.fd);
	close_fd(&second.f.fd);
	drop(&l, &third);
	loop_done(&l);
}

static void the_deadline_comes_and_not_before(void **state)
{
	uint64_t deadline;
	struct source quiet;
	struct loop l;

	assert_int_equal(loop_init(&l), 0);
	add(&l, &quiet, 0, 0);
	deadline = clock_mono() + 3 * NSEC_PER_MSEC + 1;
	assert_int_equal(loop_wait(&l, deadline), 0);
	assert_true(clock_mono() >= deadline);
	assert_int_equal(loop_wait(&l, 0), 0);
	drop(&l, &quiet);
	loop_done(&l);
}

static void a_passed_deadline_does_not_hide_what_is_ready(void **state)
{
	struct source s;
	struct loop l;

	assert_int_equal(loop_init(&l), 0);
	add(&l, &s, 0, 1);
	assert_int_equal(loop_wait(&l, 0), 1);
	drop(&l, &s);
	loop_done(&l);
}

static void a_source_too_many_is_refused(void **state)
{
	struct source s[LOOP_MAX], more;
	struct loop l;

	assert_int_equal(loop_init(&l), 0);
	for (unsigned i = 0; i < LOOP_MAX; i++)
		add(&l, &s[i], 0, 0);
	more = (struct source){ .f = { eventfd(0, EFD_CLOEXEC), 0, note }, .loop = &l };
	assert_int_equal(loop_add(&l, &more.f, EPOLLIN), -ENOSPC);
	drop(&l, &s[0]);
	assert_int_equal(loop_add(&l, &more.f, EPOLLIN), 0);
	drop(&l, &more);
	for (unsigned i = 1; i < LOOP_MAX; i++)
		drop(&l, &s[i]);
	loop_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_ready_together_is_served_by_rank),
		cmocka_unit_test(a_source_removed_by_another_is_not_served),
		cmocka_unit_test(the_deadline_comes_and_not_before),
		cmocka_unit_test(a_passed_deadline_does_not_hide_what_is_ready),
		cmocka_unit_test(a_source_too_many_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
