/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's machine. While the JVM lives it is about stopping it, and about the hooks that
 * run beside a JVM that dies slowly; from its death on it is a pipeline of states of which each is
 * entered only when it is wanted, so what is easily got wrong is not the order but the leaving: a
 * stop that is asked for after the death cancels the restart, a second one cuts hooks short, and
 * neither ever cuts the claim, since the JVM's files are then halfway between two places.
 *
 * A JVM that we have stopped must never be left so. Both states in which it is have a deadline, and
 * whatever leads out of them gives the word to let it go: machine_step() itself sees to that.
 */
#include "launcher/machine.h"
#include "base/clock.h"

static const struct {
	const char *name;
	enum machine_action enter;
	bool cut_by_stop; /* a second stop leaves this state, its role killed */
} states[M_STATE_COUNT] = {
	[M_RUNNING] = { "running", MA_NONE, false },
	[M_HOLDING] = { "stopping it at its heap dump", MA_HOLD, false },
	[M_HELD] = { "oom hooks before the heap dump", MA_OOM_HOOKS, true },
	[M_DUMPING] = { "dumping its heap", MA_NONE, false },
	[M_REPORT] = { "crashing", MA_NONE, false },
	[M_REPORT_PEEK] = { "reading the head of hs_err", MA_PEEK, false },
	[M_CRASH_HOOKS] = { "crash hooks", MA_CRASH_HOOKS, true },
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

#define HOLDING_SPAN (1 * NSEC_PER_SEC)	  /* who does not stop by then hangs in the kernel */
#define REPORT_SPAN  (50 * NSEC_PER_MSEC) /* the title of hs_err is its first line */

static uint64_t state_span(const struct machine *m, enum machine_state s)
{
	switch (s) {
	case M_HOLDING:
		return HOLDING_SPAN;
	case M_HELD:
		return m->hooks_deadline;
	case M_DUMPING:
		return m->dump_deadline;
	case M_REPORT:
		return REPORT_SPAN;
	case M_REPORT_PEEK:
		return m->span[M_PEEK];
	case M_STOP_HOOKS:
		return m->stop_hooks_deadline;
	case M_STOPPING:
		return !m->stop_timeout && m->dumping ? m->dump_deadline : m->stop_timeout;
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

bool machine_holds(const struct machine *m)
{
	return (m->state == M_HOLDING || m->state == M_HELD) && !m->jvm_ended;
}

bool machine_waits_for_dump(const struct machine *m)
{
	return m->state == M_DUMPING || (m->state == M_STOPPING && m->dumping && !m->stop_timeout);
}

/* Where the JVM could not be told when it was asked to stop, the grace period runs from then on. */
static uint64_t stop_deadline(const struct machine *m, enum machine_state s, uint64_t deadline)
{
	if (!m->stop_by)
		return deadline;
	if (s == M_STOPPING && m->stop_timeout)
		return m->stop_by;
	return s <= M_STOPPING && m->stop_by < deadline ? m->stop_by : deadline;
}

static struct machine_step enter(struct machine *m, enum machine_state s, uint64_t now)
{
	m->state = s;
	m->deadline = stop_deadline(m, s, after(now, state_span(m, s)));
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

static struct machine_step begin_stop(struct machine *m, uint64_t now)
{
	if (m->stop_by && m->stop_by <= now)
		return enter(m, M_KILLED, now);
	return enter(m, m->wants.stop_hooks ? M_STOP_HOOKS : M_STOPPING, now);
}

/* The hooks of an event that came before the death are over, or there was no such event. */
static struct machine_step go_on(struct machine *m, uint64_t now)
{
	if (m->jvm_ended)
		return advance(m, M_KILLED, now);
	if (m->stopping)
		return begin_stop(m, now);
	return enter(m, m->dumping ? M_DUMPING : M_RUNNING, now);
}

static struct machine_step abandoned(struct machine_step step)
{
	step.abandon = true;
	return step;
}

/* Hooks run beside the JVM, or it is about to be held: a first stop waits for them, the second does
 * not. */
static struct machine_step on_stop_beside(struct machine *m, bool again, uint64_t now)
{
	if (again && m->jvm_ended)
		return abandoned(advance(m, M_KILLED, now));
	if (again)
		return abandoned(enter(m, M_STOPPING, now));
	m->stop_by = after(now, m->stop_timeout);
	m->deadline = stop_deadline(m, m->state, m->deadline);
	return (struct machine_step){ .action = MA_NONE };
}

static struct machine_step on_stop(struct machine *m, uint64_t now)
{
	struct machine_step step = { .action = MA_NONE };
	bool again = m->stopping;

	m->stopping = true;
	switch (m->state) {
	case M_RUNNING:
	case M_DUMPING:
	case M_REPORT:
		return begin_stop(m, now);
	case M_REPORT_PEEK:
		return abandoned(begin_stop(m, now));
	case M_HOLDING:
	case M_HELD:
	case M_CRASH_HOOKS:
		return on_stop_beside(m, again, now);
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
	return abandoned(advance(m, m->state, now));
}

static struct machine_step on_deadline(struct machine *m, uint64_t now)
{
	struct machine_step step;
	bool stands_still;

	switch (m->state) {
	case M_HOLDING:
		return go_on(m, now);
	case M_HELD:
	case M_REPORT_PEEK:
	case M_CRASH_HOOKS:
		return abandoned(go_on(m, now));
	case M_REPORT:
		return enter(m, M_REPORT_PEEK, now);
	case M_STOP_HOOKS:
		return abandoned(m->jvm_ended ? advance(m, M_KILLED, now)
					      : enter(m, M_STOPPING, now));
	case M_DUMPING:
	case M_STOPPING:
		stands_still = machine_waits_for_dump(m);
		step = enter(m, M_KILLED, now);
		if (stands_still)
			step.action = MA_KILL_DUMP;
		return step;
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
		return abandoned(advance(m, m->state, now));
	default:
		m->deadline = UINT64_MAX;
		return (struct machine_step){ .action = MA_NONE };
	}
}

static struct machine_step on_step_done(struct machine *m, uint64_t now)
{
	switch (m->state) {
	case M_HELD:
	case M_CRASH_HOOKS:
		return go_on(m, now);
	case M_REPORT_PEEK:
		return m->wants.crash_now ? enter(m, M_CRASH_HOOKS, now) : go_on(m, now);
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

static struct machine_step on_jvm_ended(struct machine *m, uint64_t now)
{
	if (m->state > M_KILLED)
		return (struct machine_step){ .action = MA_NONE };
	m->jvm_ended = true;
	switch (m->state) {
	case M_HELD:
	case M_CRASH_HOOKS:
	case M_STOP_HOOKS: /* what deregisters the service is not cut short */
		return (struct machine_step){ .action = MA_NONE };
	case M_REPORT_PEEK:
		return abandoned(advance(m, M_KILLED, now));
	default:
		return advance(m, M_KILLED, now);
	}
}

/* Of a JVM that is asked to stop the oom hooks run when it has gone; but its dump has a deadline.
 */
static struct machine_step on_dump_began(struct machine *m, uint64_t now)
{
	if (m->state == M_RUNNING)
		return enter(m, M_HOLDING, now);
	if (m->state == M_STOP_HOOKS || m->state == M_STOPPING)
		m->dumping = m->ends_at_oom;
	if (machine_waits_for_dump(m))
		m->deadline = after(now, m->dump_deadline);
	return (struct machine_step){ .action = MA_NONE };
}

static struct machine_step on_dump_sure(struct machine *m, uint64_t now)
{
	if (m->state != M_HOLDING)
		return (struct machine_step){ .action = MA_NONE };
	m->dumping = m->ends_at_oom;
	return enter(m, M_HELD, now);
}

/* Behind a dump the log is that of CrashOnOutOfMemoryError, and the dump is over. */
static struct machine_step on_report(struct machine *m, uint64_t now)
{
	if (m->state == M_RUNNING && m->wants.crash_early)
		return enter(m, M_REPORT, now);
	if (machine_waits_for_dump(m))
		m->deadline = UINT64_MAX;
	m->dumping = false;
	if (m->state == M_DUMPING)
		m->state = M_RUNNING;
	return (struct machine_step){ .action = MA_NONE };
}

static struct machine_step serve(struct machine *m, enum machine_event event, uint64_t now)
{
	switch (event) {
	case ME_STOP:
		return on_stop(m, now);
	case ME_DEADLINE:
		return on_deadline(m, now);
	case ME_STEP_DONE:
		return on_step_done(m, now);
	case ME_JVM_STARTED:
		m->jvm_ended = m->dumping = false;
		break;
	case ME_JVM_ENDED:
		return on_jvm_ended(m, now);
	case ME_DUMP_BEGAN:
		return on_dump_began(m, now);
	case ME_DUMP_SURE:
		return on_dump_sure(m, now);
	case ME_DUMP_FALSE:
		if (m->state == M_HOLDING)
			return go_on(m, now);
		break;
	case ME_DUMP_GREW:
		if (machine_waits_for_dump(m))
			m->deadline = after(now, m->dump_deadline);
		break;
	case ME_REPORT:
		return on_report(m, now);
	default:
		break;
	}
	return (struct machine_step){ .action = MA_NONE };
}

struct machine_step machine_step(struct machine *m, enum machine_event event, uint64_t now)
{
	bool held = machine_holds(m);
	struct machine_step step = serve(m, event, now);

	step.release = held && !machine_holds(m) && !m->jvm_ended;
	return step;
}
