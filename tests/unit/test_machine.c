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

#define WANT(s) (1u << (s))
/* In the same word: these states themselves are never wanted. */
#define WANT_STOP_HOOKS WANT(M_END)
#define WANT_CRASH	WANT(M_REPORT)	/* crash hooks, and it is a crash */
#define WANT_LOOK	WANT(M_RUNNING) /* crash hooks, but it is none */
#define ENDS_AT_OOM	WANT(M_DUMPING)
#define NO_TIMEOUT	WANT(M_STOPPING)

struct move {
	enum machine_event event;
	enum machine_state state;
	enum machine_action action;
	enum { NOTHING, ABANDON = 1, RELEASE = 2, BOTH = 3 } more;
};

struct walk {
	const char *name;
	unsigned wants;
	uint64_t delay;
	struct move moves[12]; /* up to the first with state M_RUNNING and event ME_EVENT_COUNT */
};

#define LAST                            \
	{                               \
		.event = ME_EVENT_COUNT \
	}

// clang-format off
static const struct walk walks[] = {
	{ "an end without anything wanted is the end", 0, 0, {
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "a crash: peek, hooks, death hooks, claim, digest, end",
	  WANT(M_PEEK) | WANT(M_EVENT_HOOKS) | WANT(M_DEATH_HOOKS) | WANT(M_CLAIM) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_PEEK, MA_PEEK, NOTHING },
		{ ME_STEP_DONE, M_EVENT_HOOKS, MA_EVENT_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DEATH_HOOKS, MA_DEATH_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_CLAIM, MA_COLLECT, NOTHING },
		{ ME_STEP_DONE, M_DIGEST, MA_WAIT_DIGEST, NOTHING },
		{ ME_STEP_DONE, M_END, MA_END, NOTHING }, LAST } },
	{ "the first restart starts the next JVM as soon as the claim is over",
	  WANT(M_CLAIM) | WANT(M_DELAY) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, NOTHING },
		{ ME_STEP_DONE, M_RUNNING, MA_START, NOTHING },
		{ ME_JVM_STARTED, M_RUNNING, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_RUNNING, MA_NONE, NOTHING }, LAST } },
	{ "a restart with a delay waits for it", WANT(M_DELAY), 5, {
		{ ME_JVM_ENDED, M_DELAY, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_RUNNING, MA_START, NOTHING }, LAST } },
	{ "a stop during the delay cancels the restart", WANT(M_DELAY), 5, {
		{ ME_JVM_ENDED, M_DELAY, MA_NONE, NOTHING },
		{ ME_STOP, M_END, MA_END, NOTHING }, LAST } },
	{ "a stop during the claim cancels the restart, never the claim",
	  WANT(M_CLAIM) | WANT(M_DELAY), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, NOTHING },
		{ ME_STOP, M_CLAIM, MA_NONE, NOTHING },
		{ ME_STOP, M_CLAIM, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_END, MA_END, NOTHING }, LAST } },
	{ "a second stop cuts hooks short", WANT(M_EVENT_HOOKS) | WANT(M_CLAIM), 0, {
		{ ME_JVM_ENDED, M_EVENT_HOOKS, MA_EVENT_HOOKS, NOTHING },
		{ ME_STOP, M_EVENT_HOOKS, MA_NONE, NOTHING },
		{ ME_STOP, M_CLAIM, MA_COLLECT, ABANDON }, LAST } },
	{ "one stop is enough to leave the wait for the digest", WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_DIGEST, MA_WAIT_DIGEST, NOTHING },
		{ ME_STOP, M_END, MA_END, ABANDON }, LAST } },
	{ "a stop without hooks is passed on, then TERM turns into KILL", 0, 0, {
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_DEADLINE, M_KILLED, MA_KILL, NOTHING },
		{ ME_STOP, M_KILLED, MA_NONE, NOTHING },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "stop hooks come before the signal", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "stop hooks that hang are ended by their deadline", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, NOTHING },
		{ ME_DEADLINE, M_STOPPING, MA_PASS_STOP, ABANDON }, LAST } },
	{ "a second stop is passed on at once, the hooks go on", WANT_STOP_HOOKS, 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, NOTHING },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_STEP_DONE, M_STOPPING, MA_NONE, NOTHING }, LAST } },
	{ "a JVM that ends during its stop hooks does not cut them short",
	  WANT_STOP_HOOKS | WANT(M_DEATH_HOOKS), 0, {
		{ ME_STOP, M_STOP_HOOKS, MA_STOP_HOOKS, NOTHING },
		{ ME_JVM_ENDED, M_STOP_HOOKS, MA_NONE, NOTHING },
		{ ME_STOP, M_STOP_HOOKS, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_DEATH_HOOKS, MA_DEATH_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_END, MA_END, NOTHING }, LAST } },
	{ "the JVM is held for the oom hooks, dumps and ends",
	  ENDS_AT_OOM | WANT(M_DEATH_HOOKS) | WANT(M_CLAIM), 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_DUMP_BEGAN, M_HELD, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_DUMPING, MA_NONE, RELEASE },
		{ ME_DUMP_GREW, M_DUMPING, MA_NONE, NOTHING },
		{ ME_JVM_ENDED, M_DEATH_HOOKS, MA_DEATH_HOOKS, NOTHING }, LAST } },
	{ "one that goes on after its dump is well, and has no deadline", 0, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_RUNNING, MA_NONE, RELEASE },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "what is not the JVM's dump lets it go on", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_FALSE, M_RUNNING, MA_NONE, RELEASE },
		{ ME_DUMP_SURE, M_RUNNING, MA_NONE, NOTHING }, LAST } },
	{ "one that will not stop is let go", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DEADLINE, M_RUNNING, MA_NONE, RELEASE }, LAST } },
	{ "oom hooks that hang are ended and the dump goes on", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_DEADLINE, M_DUMPING, MA_NONE, BOTH }, LAST } },
	{ "a dump that stands still gets the JVM killed", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DUMPING, MA_NONE, RELEASE },
		{ ME_DEADLINE, M_KILLED, MA_KILL_DUMP, NOTHING },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "the log of CrashOnOutOfMemoryError says that the dump is over", ENDS_AT_OOM | WANT_CRASH, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DUMPING, MA_NONE, RELEASE },
		{ ME_REPORT, M_RUNNING, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_RUNNING, MA_NONE, NOTHING }, LAST } },
	{ "killed while it is held: its oom hooks are not cut short",
	  ENDS_AT_OOM | WANT(M_DEATH_HOOKS), 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_JVM_ENDED, M_HELD, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_DEATH_HOOKS, MA_DEATH_HOOKS, NOTHING }, LAST } },
	{ "killed before it stood still", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "a stop of one that is held waits for the oom hooks, then has its own",
	  ENDS_AT_OOM | WANT_STOP_HOOKS, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_STOP, M_HOLDING, MA_NONE, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_STOP_HOOKS, MA_STOP_HOOKS, RELEASE },
		{ ME_STEP_DONE, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_DEADLINE, M_KILLED, MA_KILL, NOTHING },
		{ ME_JVM_ENDED, M_END, MA_END, NOTHING }, LAST } },
	{ "a second stop lets it go and is passed on at once", ENDS_AT_OOM | WANT_STOP_HOOKS, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STOP, M_HELD, MA_NONE, NOTHING },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, BOTH }, LAST } },
	{ "a stop after a false alarm is a stop", 0, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_STOP, M_HOLDING, MA_NONE, NOTHING },
		{ ME_DUMP_FALSE, M_STOPPING, MA_PASS_STOP, RELEASE }, LAST } },
	{ "a stop during the dump: the grace period decides", ENDS_AT_OOM, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DUMPING, MA_NONE, RELEASE },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_DEADLINE, M_KILLED, MA_KILL, NOTHING }, LAST } },
	{ "without a grace period it is waited for as long as the dump grows",
	  ENDS_AT_OOM | NO_TIMEOUT, 0, {
		{ ME_DUMP_BEGAN, M_HOLDING, MA_HOLD, NOTHING },
		{ ME_DUMP_SURE, M_HELD, MA_OOM_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DUMPING, MA_NONE, RELEASE },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_DUMP_GREW, M_STOPPING, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_KILLED, MA_KILL_DUMP, NOTHING }, LAST } },
	{ "a dump that begins while it stops is not held, and has a deadline",
	  ENDS_AT_OOM | NO_TIMEOUT, 0, {
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, NOTHING },
		{ ME_DUMP_BEGAN, M_STOPPING, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_KILLED, MA_KILL_DUMP, NOTHING }, LAST } },
	{ "crash hooks run beside the dying JVM and are not run again",
	  WANT_CRASH | WANT(M_PEEK) | WANT(M_CLAIM), 0, {
		{ ME_REPORT, M_REPORT, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_REPORT_PEEK, MA_PEEK, NOTHING },
		{ ME_STEP_DONE, M_CRASH_HOOKS, MA_CRASH_HOOKS, NOTHING },
		{ ME_JVM_ENDED, M_CRASH_HOOKS, MA_NONE, NOTHING },
		{ ME_STEP_DONE, M_PEEK, MA_PEEK, NOTHING },
		{ ME_STEP_DONE, M_CLAIM, MA_COLLECT, NOTHING }, LAST } },
	{ "a report that is no crash leaves the hooks to the death", WANT_LOOK | WANT(M_EVENT_HOOKS), 0, {
		{ ME_REPORT, M_REPORT, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_REPORT_PEEK, MA_PEEK, NOTHING },
		{ ME_STEP_DONE, M_RUNNING, MA_NONE, NOTHING },
		{ ME_JVM_ENDED, M_EVENT_HOOKS, MA_EVENT_HOOKS, NOTHING }, LAST } },
	{ "a JVM that is gone before its report was read", WANT_CRASH | WANT(M_PEEK), 0, {
		{ ME_REPORT, M_REPORT, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_REPORT_PEEK, MA_PEEK, NOTHING },
		{ ME_JVM_ENDED, M_PEEK, MA_PEEK, ABANDON }, LAST } },
	{ "without crash hooks nothing is read before the death", WANT(M_PEEK), 0, {
		{ ME_REPORT, M_RUNNING, MA_NONE, NOTHING },
		{ ME_JVM_ENDED, M_PEEK, MA_PEEK, NOTHING }, LAST } },
	{ "a stop waits for the crash hooks, the second does not", WANT_CRASH, 0, {
		{ ME_REPORT, M_REPORT, MA_NONE, NOTHING },
		{ ME_DEADLINE, M_REPORT_PEEK, MA_PEEK, NOTHING },
		{ ME_STEP_DONE, M_CRASH_HOOKS, MA_CRASH_HOOKS, NOTHING },
		{ ME_STOP, M_CRASH_HOOKS, MA_NONE, NOTHING },
		{ ME_STOP, M_STOPPING, MA_PASS_STOP, ABANDON }, LAST } },
	{ "giving up has its hooks before the wait for the digest",
	  WANT(M_CLAIM) | WANT(M_GIVE_UP_HOOKS) | WANT(M_DIGEST), 0, {
		{ ME_JVM_ENDED, M_CLAIM, MA_COLLECT, NOTHING },
		{ ME_STEP_DONE, M_GIVE_UP_HOOKS, MA_GIVE_UP_HOOKS, NOTHING },
		{ ME_STEP_DONE, M_DIGEST, MA_WAIT_DIGEST, NOTHING },
		{ ME_DEADLINE, M_END, MA_END, ABANDON }, LAST } },
};
// clang-format on

static struct machine machine_of(const struct walk *w)
{
	struct machine m = {
		.state = M_RUNNING,
		.deadline = UINT64_MAX,
		.delay = w->delay,
		.stop_timeout = w->wants & NO_TIMEOUT ? 0 : 10,
		.stop_hooks_deadline = 5,
		.hooks_deadline = 7,
		.dump_deadline = 20,
		.ends_at_oom = w->wants & ENDS_AT_OOM,
		.wants.stop_hooks = w->wants & WANT_STOP_HOOKS,
		.wants.crash_early = w->wants & (WANT_CRASH | WANT_LOOK),
		.wants.crash_now = w->wants & WANT_CRASH,
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
			    step.abandon != !!(v->more & ABANDON) ||
			    step.release != !!(v->more & RELEASE))
				fail_msg("%s: move %d: state %s, action %d, abandon %d, release %d",
					 walks[i].name, (int)(v - walks[i].moves),
					 machine_state_name(m.state), step.action, step.abandon,
					 step.release);
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

static void a_held_jvm_has_a_deadline_and_is_let_go_whatever_happens(void **state)
{
	static const enum machine_state held[] = { M_HOLDING, M_HELD };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		for (int e = 0; e < ME_EVENT_COUNT; e++) {
			struct machine m = machine_of(&walks[0]);
			struct machine_step step;

			(void)machine_step(&m, ME_DUMP_BEGAN, 100);
			if (held[i] == M_HELD)
				(void)machine_step(&m, ME_DUMP_SURE, 100);
			assert_true(m.state == held[i] && m.deadline < UINT64_MAX);
			step = machine_step(&m, (enum machine_event)e, 101);
			if (machine_holds(&m))
				assert_true(m.deadline < UINT64_MAX && !step.release);
			else
				assert_true(step.release || m.jvm_ended);
		}
	}
}

static void the_grace_period_of_one_that_is_held_begins_when_the_stop_is_asked_for(void **state)
{
	struct machine m = machine_of(&walks[0]);

	(void)state;
	(void)machine_step(&m, ME_DUMP_BEGAN, 100);
	(void)machine_step(&m, ME_DUMP_SURE, 100);
	assert_int_equal(m.deadline, 107);
	(void)machine_step(&m, ME_STOP, 102);
	assert_int_equal(m.deadline, 107);
	(void)machine_step(&m, ME_STEP_DONE, 105);
	assert_int_equal(m.state, M_STOPPING);
	assert_int_equal(m.deadline, 112);

	m = machine_of(&walks[0]);
	m.stop_timeout = 3;
	(void)machine_step(&m, ME_DUMP_BEGAN, 100);
	(void)machine_step(&m, ME_DUMP_SURE, 100);
	(void)machine_step(&m, ME_STOP, 102);
	assert_int_equal(m.deadline, 105);
	(void)machine_step(&m, ME_DEADLINE, 105);
	assert_int_equal(m.state, M_KILLED);
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
		cmocka_unit_test(a_held_jvm_has_a_deadline_and_is_let_go_whatever_happens),
		cmocka_unit_test(
			the_grace_period_of_one_that_is_held_begins_when_the_stop_is_asked_for),
		cmocka_unit_test(from_any_state_it_goes_forward_or_to_a_new_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
