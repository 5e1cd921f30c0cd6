/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's machine. While the JVM lives it is about stopping it; from its death on it is a
 * pipeline of states of which each is entered only when it is wanted, so what is easily got
 * wrong is not the order but the leaving: a stop that is asked for after the death cancels the
 * restart, a second one cuts hooks short, and neither ever cuts the claim, since the JVM's files
 * are then halfway between two places.
 */
#include "launcher/machine.h"

static const struct {
	const char *name;
	enum machine_action enter;
	bool cut_by_stop; /* a second stop leaves this state, its role killed */
} states[M_STATE_COUNT] = {
	[M_RUNNING] = { "running", MA_NONE, false },
	[M_STOP_HOOKS] = { "stop hooks", MA_STOP_HOOKS, false },
	[M_STOPPING] = { "stopping", MA_PASS_STOP, false },
	[M_KILLED] = { "killed", MA_KILL, false },
	[M_PEEK] = { "reading hs_err", MA_PEEK, false },
	[M_EVENT_HOOKS] = { "oom or crash hooks", MA_EVENT_HOOKS, true },
	[M_DEATH_HOOKS] = { "death hooks", MA_DEATH_HOOKS, true },
	[M_CLAIM] = { "claiming", MA_COLLECT, false },
	[M_DELAY] = { "waiting to restart", MA_NONE, false },
	[M_GIVE_UP_HOOKS] = { "give-up hooks", MA_GIVE_UP_HOOKS, true },
	[M_DIGEST] = { "collecting", MA_WAIT_DIGEST, true },
	[M_END] = { "end", MA_END, false },
};

const char *machine_state_name(enum machine_state s)
{
	return states[s].name;
}

static uint64_t after(uint64_t now, uint64_t span)
{
	return span && span < UINT64_MAX - now ? now + span : UINT64_MAX;
}

static uint64_t state_span(const struct machine *m, enum machine_state s)
{
	switch (s) {
	case M_STOP_HOOKS:
		return m->stop_hooks_deadline;
	case M_STOPPING:
		return m->stop_timeout;
	case M_PEEK:
	case M_EVENT_HOOKS:
	case M_DEATH_HOOKS:
	case M_CLAIM:
	case M_GIVE_UP_HOOKS:
	case M_DIGEST:
		return m->span[s];
	default:
		return 0;
	}
}

static struct machine_step enter(struct machine *m, enum machine_state s, uint64_t now)
{
	m->state = s;
	m->deadline = after(now, state_span(m, s));
	return (struct machine_step){ .action = states[s].enter };
}

/* The next state behind s that is wanted, now that the JVM has gone. */
static struct machine_step advance(struct machine *m, enum machine_state s, uint64_t now)
{
	do
		s++;
	while (s < M_END && (!m->wants.state[s] || (s == M_DELAY && m->stopping)));
	if (s != M_DELAY)
		return enter(m, s, now);
	if (!m->delay) {
		m->state = M_RUNNING;
		m->deadline = UINT64_MAX;
		return (struct machine_step){ .action = MA_START };
	}
	m->state = M_DELAY;
	m->deadline = after(now, m->delay);
	return (struct machine_step){ .action = MA_NONE };
}

static struct machine_step on_stop(struct machine *m, uint64_t now)
{
	struct machine_step step = { .action = MA_NONE };
	bool again = m->stopping;

	m->stopping = true;
	switch (m->state) {
	case M_RUNNING:
		return enter(m, m->wants.stop_hooks ? M_STOP_HOOKS : M_STOPPING, now);
	case M_STOP_HOOKS: /* the hooks go on beside, until the JVM has ended */
		return m->jvm_ended ? step : enter(m, M_STOPPING, now);
	case M_STOPPING: /* as java: each one reaches it; the grace period is not begun anew */
		step.action = MA_PASS_STOP;
		return step;
	case M_DELAY:
		return advance(m, M_DELAY, now);
	case M_DIGEST:
		again = true; /* nobody but us waits for it */
		break;
	default:
		break;
	}
	if (!again || !states[m->state].cut_by_stop)
		return step;
	step = advance(m, m->state, now);
	step.abandon = true;
	return step;
}

static struct machine_step on_deadline(struct machine *m, uint64_t now)
{
	struct machine_step step;

	switch (m->state) {
	case M_STOP_HOOKS:
		step = m->jvm_ended ? advance(m, M_KILLED, now) : enter(m, M_STOPPING, now);
		step.abandon = true;
		return step;
	case M_STOPPING:
		return enter(m, M_KILLED, now);
	case M_DELAY:
		m->state = M_RUNNING;
		m->deadline = UINT64_MAX;
		return (struct machine_step){ .action = MA_START };
	case M_PEEK:
	case M_EVENT_HOOKS:
	case M_DEATH_HOOKS:
	case M_CLAIM:
	case M_GIVE_UP_HOOKS:
	case M_DIGEST:
		step = advance(m, m->state, now);
		step.abandon = true;
		return step;
	default:
		m->deadline = UINT64_MAX;
		return (struct machine_step){ .action = MA_NONE };
	}
}

static struct machine_step on_step_done(struct machine *m, uint64_t now)
{
	switch (m->state) {
	case M_STOP_HOOKS:
		return m->jvm_ended ? advance(m, M_KILLED, now) : enter(m, M_STOPPING, now);
	case M_PEEK:
	case M_EVENT_HOOKS:
	case M_DEATH_HOOKS:
	case M_CLAIM:
	case M_GIVE_UP_HOOKS:
	case M_DIGEST:
		return advance(m, m->state, now);
	default:
		return (struct machine_step){ .action = MA_NONE };
	}
}

struct machine_step machine_step(struct machine *m, enum machine_event event, uint64_t now)
{
	switch (event) {
	case ME_STOP:
		return on_stop(m, now);
	case ME_DEADLINE:
		return on_deadline(m, now);
	case ME_STEP_DONE:
		return on_step_done(m, now);
	case ME_JVM_STARTED:
		m->jvm_ended = false;
		return (struct machine_step){ .action = MA_NONE };
	case ME_JVM_ENDED:
		if (m->state > M_KILLED)
			return (struct machine_step){ .action = MA_NONE };
		m->jvm_ended = true;
		if (m->state == M_STOP_HOOKS) /* what deregisters the service is not cut short */
			return (struct machine_step){ .action = MA_NONE };
		return advance(m, M_KILLED, now);
	default:
		return (struct machine_step){ .action = MA_NONE };
	}
}
