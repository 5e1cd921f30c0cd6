/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The supervisor's state machine: state x event -> the next state, at most one action, a deadline.
 * Pure: no I/O, no clock; the time is passed in. */

enum machine_state {
	M_RUNNING,     /* the JVM runs */
	M_HOLDING,     /* stopped by us as a heap dump seems to begin: we make sure of it */
	M_HELD,	       /* it does: the oom hooks run first, the JVM stands still */
	M_DUMPING,     /* let go: it writes the dump, then ends itself */
	M_REPORT,      /* an hs_err log appeared, its head is still to come */
	M_REPORT_PEEK, /* the peek role reads that */
	M_CRASH_HOOKS, /* a crash: its hooks run beside the dying JVM */
	M_STOP_HOOKS,  /* a stop was asked for, its hooks run, the JVM has not been told yet */
	M_STOPPING,    /* it has been told; the grace period runs */
	M_KILLED,      /* KILL was sent */
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
	ME_DUMP_BEGAN, /* a file with the name of the heap dump appeared */
	ME_DUMP_SURE,  /* in M_HOLDING: it is the JVM's dump */
	ME_DUMP_FALSE, /* it is not */
	ME_DUMP_GREW,  /* at the deadline of a dump: it has not stood still */
	ME_REPORT,     /* a file with the name of the hs_err log appeared */
	ME_EVENT_COUNT,
};

enum machine_action {
	MA_NONE,
	MA_PASS_STOP, /* pass the stop signal on to the JVM */
	MA_KILL,      /* KILL the JVM */
	MA_KILL_DUMP, /* the same, since its heap dump stands still */
	MA_HOLD,      /* STOP the JVM, then look whether that is its dump */
	MA_OOM_HOOKS,
	MA_CRASH_HOOKS,
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
	bool crash_early;	   /* M_REPORT: there are crash hooks */
	bool crash_now;		   /* at the end of M_REPORT_PEEK: it is a crash */
	bool state[M_STATE_COUNT]; /* M_PEEK .. M_DIGEST */
};

struct machine {
	enum machine_state state;
	bool stopping;	   /* a stop was asked for: nothing is restarted any more */
	bool jvm_ended;	   /* since its last start */
	bool dumping;	   /* it writes a heap dump that it will not outlive */
	uint64_t deadline; /* monotonic ns, UINT64_MAX: none */
	uint64_t stop_by;  /* asked to stop when it could not be told: KILL then; 0: not set */
	struct machine_wants wants;
	/* ns; 0: no limit */
	uint64_t stop_timeout, stop_hooks_deadline;
	uint64_t hooks_deadline;      /* how long the JVM is held; never 0 where it is */
	uint64_t dump_deadline;	      /* how long a dump may stand still */
	bool ends_at_oom;	      /* Exit- or CrashOnOutOfMemoryError holds */
	uint64_t span[M_STATE_COUNT]; /* what M_PEEK .. M_DIGEST may take */
	uint64_t delay;		      /* before the next start; 0: at once */
};

struct machine_step {
	enum machine_action action;
	bool abandon; /* the role that this state waited for is to be killed (a digest: let go) */
	bool release; /* before the action: the JVM that we have stopped goes on */
};

struct machine_step machine_step(struct machine *m, enum machine_event event, uint64_t now);

/* The JVM is stopped by us. */
bool machine_holds(const struct machine *m);

/* The deadline is that of a heap dump: ME_DUMP_GREW puts it off. */
bool machine_waits_for_dump(const struct machine *m);

const char *machine_state_name(enum machine_state s);
