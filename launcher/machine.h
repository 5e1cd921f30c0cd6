/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The supervisor's state machine: state x event -> the next state, at most one action, a deadline.
 * Pure: no I/O, no clock; the time is passed in. */

enum machine_state {
	M_RUNNING,    /* the JVM runs */
	M_STOP_HOOKS, /* a stop was asked for, its hooks run, the JVM has not been told yet */
	M_STOPPING,   /* it has been told; the grace period runs */
	M_KILLED,     /* KILL was sent */
	/* The JVM has gone. From here on each state that is wanted is entered in this order. */
	M_PEEK,	       /* the peek role reads the head of hs_err */
	M_EVENT_HOOKS, /* oom or crash hooks */
	M_DEATH_HOOKS,
	M_CLAIM, /* the collector takes the files */
	M_DELAY, /* before the next start; left for M_RUNNING */
	M_GIVE_UP_HOOKS,
	M_DIGEST, /* the collector is at the slow part, and we wait for it */
	M_END,
	M_STATE_COUNT,
};

enum machine_event {
	ME_STOP, /* TERM, INT or HUP; also the second and each later one */
	ME_JVM_STARTED,
	ME_JVM_ENDED,
	ME_STEP_DONE, /* the role of this state has ended, or said all that is waited for */
	ME_DEADLINE,
	ME_EVENT_COUNT,
};

enum machine_action {
	MA_NONE,
	MA_PASS_STOP, /* pass the stop signal on to the JVM */
	MA_KILL,      /* KILL the JVM */
	MA_STOP_HOOKS,
	MA_PEEK,
	MA_EVENT_HOOKS,
	MA_DEATH_HOOKS,
	MA_COLLECT,
	MA_START, /* the next JVM */
	MA_GIVE_UP_HOOKS,
	MA_WAIT_DIGEST, /* which may be over already */
	MA_END,
	MA_ACTION_COUNT,
};

/* What this end asks for; the supervisor keeps it up to date before each step. */
struct machine_wants {
	bool stop_hooks;
	bool state[M_STATE_COUNT]; /* M_PEEK .. M_DIGEST */
};

struct machine {
	enum machine_state state;
	bool stopping;	   /* a stop was asked for: nothing is restarted any more */
	bool jvm_ended;	   /* since its last start */
	uint64_t deadline; /* monotonic ns, UINT64_MAX: none */
	struct machine_wants wants;
	/* ns; 0: no limit */
	uint64_t stop_timeout, stop_hooks_deadline;
	uint64_t span[M_STATE_COUNT]; /* what M_PEEK .. M_DIGEST may take */
	uint64_t delay;		      /* before the next start; 0: at once */
};

struct machine_step {
	enum machine_action action;
	bool abandon; /* the role that this state waited for is to be killed (a digest: let go) */
};

struct machine_step machine_step(struct machine *m, enum machine_event event, uint64_t now);

const char *machine_state_name(enum machine_state s);
