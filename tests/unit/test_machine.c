/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's machine: a table of walks through it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/macro.h"
#include "launcher/machine.h"

#define WANT(s)		(1u << (s))
#define WANT_STOP_HOOKS WANT(M_END) /* in the same word; M_END itself is never wanted */

struct move {
	enum machine_event event;
	enum machine_state state;
	enum machine_action action;
	bool abandon;
};

struct walk {
	const char *name;
	unsigned wants;
	uint64_t delay;
	struct move moves[10]; /* up to the first with state M_RUNNING and event ME_EVENT_COUNT */
};

#define LAST                            \
	{                               \
		.event = ME_EVENT_COUNT \
	}

// clang-format off
static const struct walk walks[] = {
	{ "an end without anything wanted is the end", 0, 0, {
		{ ME_JVM_ENDED, M_END, MA_END, false }, LAST } },
	{ "a crash: peek, hooks, death hooks, claim, digest, end",
	  WANT(M_PEEK) | WANT(M_EVENT_HOOKS) | WANT(M_DEATH_HOOKS) | WANT(M_CLAIM) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_PEEK, MA_PEEK, false },
		{ ME_STEP_DONE, M_EVENT_HOOKS, MA_EVENT_HOOKS, false },
		{ ME_STEP_DONE, M_DEATH_HOOKS, MA_DEATH_HOOKS, false },
		{ ME_STEP_DONE, M_CLAIM, MA_COLLECT, false },
		{ ME_STEP_DONE, M_DIGEST, MA_WAIT_DIGEST, false },
		{ ME_STEP_DONE, M_END, MA_END, false }, LAST } },
	{ "the first restart starts the next JVM as soon as the claim is over",
	  WANT(M_CLAIM) | WANT(M_DELAY) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, false },
		{ ME_STEP_DONE, M_RUNNING, MA_START, false },
		{ ME_JVM_STARTED, M_RUNNING, MA_NONE, false },
		{ ME_STEP_DONE, M_RUNNING, MA_NONE, false }, LAST } },
	{ "a restart with a delay waits for it", WANT(M_DELAY), 5, {
		{ ME_JVM_ENDED, M_DELAY, MA_NONE, false },
		{ ME_DEADLINE, M_RUNNING, MA_START, false }, LAST } },
	{ "a stop during the delay cancels the restart", WANT(M_DELAY), 5, {
		{ ME_JVM_ENDED, M_DELAY, MA_NONE, false },
		{ ME_STOP, M_END, MA_END, false }, LAST } },
	{ "a stop during the claim cancels the restart, never the claim",
	  WANT(M_CLAIM) | WANT(M_DELAY), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, false },
		{ ME_STOP, M_CLAIM, MA_NONE, false },
		{ ME_STOP, M_CLAIM, MA_NONE, false },
		{ ME_STEP_DONE, M_END, MA_END, false }, LAST } },
	{ "a second stop cuts hooks short", WANT(M_EVENT_HOOKS) | WANT(M_CLAIM), 0, {
		{ ME_JVM_ENDED, M_EVENT_HOOKS, MA_EVENT_HOOKS, false },
		{ ME_STOP, M_EVENT_HOOKS, MA_NONE, false },
		{ ME_STOP, M_CLAIM, MA_COLLECT, true }, LAST } },
	{ "one stop is enough to leave the wait for the digest", WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_DIGEST, MA_WAIT_DIGEST, false },
		{ ME_STOP, M_END, MA_END, true }, LAST } },
	{ "a stop without hooks is passed on, then TERM turns into KILL", 0, 0, {
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, false },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, false },
		{ ME_DEADLINE, M_KILLED, MA_KILL, false },
		{ ME_STOP, M_KILLED, MA_NONE, false },
		{ ME_JVM_ENDED, M_END, MA_END, false }, LAST } },
	{ "stop hooks come before the signal", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, false },
		{ ME_STEP_DONE, M_STOPPING, MA_PASS_STOP, false },
		{ ME_JVM_ENDED, M_END, MA_END, false }, LAST } },
	{ "stop hooks that hang are ended by their deadline", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, false },
		{ ME_DEADLINE, M_STOPPING, MA_PASS_STOP, true }, LAST } },
	{ "a second stop is passed on at once, the hooks go on", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, false },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, false },
		{ ME_STEP_DONE, M_STOPPING, MA_NONE, false }, LAST } },
	{ "a JVM that ends during its stop hooks does not cut them short",
	  WANT_STOP_HOOKS | WANT(M_DEATH_HOOKS), 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, false },
		{ ME_JVM_ENDED, M_STOP_HOOKS, MA_NONE, false },
		{ ME_STOP, M_STOP_HOOKS, MA_NONE, false },
		{ ME_STEP_DONE, M_DEATH_HOOKS, MA_DEATH_HOOKS, false },
		{ ME_STEP_DONE, M_END, MA_END, false }, LAST } },
	{ "giving up has its hooks before the wait for the digest",
	  WANT(M_CLAIM) | WANT(M_GIVE_UP_HOOKS) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, false },
		{ ME_STEP_DONE, M_GIVE_UP_HOOKS, MA_GIVE_UP_HOOKS, false },
		{ ME_STEP_DONE, M_DIGEST, MA_WAIT_DIGEST, false },
		{ ME_DEADLINE, M_END, MA_END, true }, LAST } },
};
// clang-format on

static struct machine machine_of(const struct walk *w)
{
	struct machine m = {
		.state = M_RUNNING,
		.deadline = UINT64_MAX,
		.delay = w->delay,
		.stop_timeout = 10,
		.stop_hooks_deadline = 5,
		.wants.stop_hooks = w->wants & WANT_STOP_HOOKS,
	};

	for (int s = M_PEEK; s < M_END; s++)
		m.wants.state[s] = w->wants & WANT(s);
	return m;
}

static void each_walk_takes_the_states_and_actions_of_its_row(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(walks); i++) {
		struct machine m = machine_of(&walks[i]);

		for (const struct move *v = walks[i].moves; v->event != ME_EVENT_COUNT; v++) {
			struct machine_step step = machine_step(&m, v->event, 100);

			if (m.state != v->state || step.action != v->action ||
			    step.abandon != v->abandon)
				fail_msg("%s: move %d: state %s, action %d, abandon %d",
					 walks[i].name, (int)(v - walks[i].moves),
					 machine_state_name(m.state), step.action, step.abandon);
		}
	}
}

static void deadlines_are_those_of_the_state_and_none_where_there_is_no_limit(void **state)
{
	struct machine m = machine_of(&walks[8]);

	(void)state;
	(void)machine_step(&m, ME_STOP, 100);
	assert_int_equal(m.deadline, 110);
	(void)machine_step(&m, ME_STOP, 105); /* the grace period is not begun anew */
	assert_int_equal(m.deadline, 110);
	(void)machine_step(&m, ME_DEADLINE, 110);
	assert_true(m.deadline == UINT64_MAX);

	m = machine_of(&walks[8]);
	m.stop_timeout = 0;
	(void)machine_step(&m, ME_STOP, 100);
	assert_true(m.deadline == UINT64_MAX);
}

static void from_any_state_it_goes_forward_or_to_a_new_start(void **state)
{
	(void)state;
	for (int s = 0; s < M_STATE_COUNT; s++) {
		assert_non_null(machine_state_name((enum machine_state)s));
		for (int e = 0; e < ME_EVENT_COUNT; e++) {
			struct machine m = machine_of(&walks[1]);

			m.state = (enum machine_state)s;
			m.wants.state[M_DELAY] = true;
			(void)machine_step(&m, (enum machine_event)e, 1);
			assert_true((int)m.state >= s || m.state == M_RUNNING);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_walk_takes_the_states_and_actions_of_its_row),
		cmocka_unit_test(deadlines_are_those_of_the_state_and_none_where_there_is_no_limit),
		cmocka_unit_test(from_any_state_it_goes_forward_or_to_a_new_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
