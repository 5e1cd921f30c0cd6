/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "jvm/facts.h"
#include "jvm/hookvars.h"
#include "jvm/life.h"
#include "jvm/perfdata.h"
#include "jvm/verdict.h"
#include "launcher/block.h"
#include "launcher/machine.h"
#include "launcher/notify.h"
#include "launcher/refused.h"
#include "proc/cgroup.h"
#include "proc/child.h"
#include "proc/dirwatch.h"
#include "proc/loop.h"
#include "proc/reap.h"
#include "proc/role.h"
#include "proc/signals.h"

/* The supervisor's one object, shared by the files that are its parts: supervise.c (loop, signals,
 * the machine's actions), start.c (one JVM), hold.c (stopping it at its heap dump), death.c (what
 * is known of its end), sampler.c (readings while it lives), notify.c (what the service manager is
 * told), tell.c (what the log is told of a death), dumproom.c (a dump that would not fit),
 * helpers.c (roles). It is static and nothing in it allocates. */

enum helper_use {
	HELPER_STEP, /* the role the machine waits for: peek, or hooks of stop, oom, crash, death */
	HELPER_BACKGROUND, /* hooks beside the JVM: start, restart */
	HELPER_COLLECT,	   /* the collector of the last death */
	HELPER_OLD, /* one of earlier deaths, or finish: nobody waits, its words are still heard */
	HELPER_COUNT = HELPER_OLD + 3,
};

struct helper {
	struct role role;      /* pid 0: free */
	struct loop_fd result; /* fd -1: none */
	uint64_t deadline;     /* for HELPER_BACKGROUND; UINT64_MAX: none */
};

/* What the collector or the hooks told of this death; texts are cut where they do not fit. */
struct told {
	char incident[64];
	char frame[256], library[128], reason[256], message[256];
	char refused[REFUSED_MAX];
};

struct sampler {
	uint64_t next; /* monotonic; UINT64_MAX: no tick */
	uint64_t page;
	int statm, perf; /* -1: none */
	unsigned tries;	 /* to find the counters that are left */
	unsigned ticks;
	struct perf_heap heap;
	struct life_head written; /* as the life file has it */
};

/* What shows that a heap dump or an error report begins, and the JVM that is stopped for it. */
struct hold {
	struct dirwatch watch;
	struct loop_fd source;
	int dump_dir, report_dir; /* folders of the watch, -1: none */
	bool dump_seen, report_seen;
	bool told;	       /* that there can be no watch: once is enough */
	char dump[4096];       /* the dump's path */
	char report[64];       /* the report's name in the run folder */
	const char *dump_name; /* in dump */
	uint64_t since;	       /* monotonic, of the stop */
	uint64_t bytes;	       /* of the dump when its deadline was last set */
	int stop_after;	       /* by the terminal: a stop that must wait for the release; 0: none */
};

struct sup {
	struct block *block;
	int log_fd; /* stderr of the roles */

	struct loop loop;
	struct signals signals;
	struct loop_fd signal_source;
	struct machine machine;
	struct restart_history history;
	struct helper helpers[HELPER_COUNT];
	enum machine_state step_state; /* the state that HELPER_STEP was begun in */
	int waiting_event; /* whose hooks begin when those in the background have ended; -1: none */
	uint64_t waiting_by; /* when those must be over; 0: no limit */
	unsigned events_ran; /* of this start, a bit per enum hook_event */

	/* the store; -1 where there is none */
	int store, runs; /* DIR and DIR/.run */
	int run;	 /* this start's folder */
	char run_name[128];
	int life;	       /* -1: no life file, so no incident */
	struct life_head head; /* of the life file */

	struct child jvm;      /* pid 0: not running */
	pid_t jvm_pid;	       /* of the last one that ran */
	int sentinel;	       /* -1: none */
	uint64_t started;      /* monotonic */
	unsigned starts;       /* of this instance so far */
	bool stop_on_terminal; /* the last stop came through the terminal: the JVM has it already */
	int stop_signal;

	struct hold hold;
	struct notifier notify;
	bool termlog_written;
	struct cgroup cgroup;
	struct sampler sampler;
	bool hooks_ran; /* in this start's folder */

	/* of this start and its end */
	struct fact_nums nums;
	struct verdict verdict;
	struct told told;
	struct reaped end;
	int exec_errno;
};

/* start.c */
int start_jvm(struct sup *s, struct err *err);
void start_note_held(struct sup *s); /* in the life file, in case that we die meanwhile */
void start_note_end(struct sup *s);  /* in the life file: the end was seen */
void start_clean(struct sup *s);     /* a life that left nothing: its folder goes */
void start_remove_pidfile(const struct sup *s); /* when no other JVM will be started */
void start_let_go(
	struct sup *s); /* descriptors of this start; the folder stays, the collector has it */

/* hold.c */
void hold_init(struct sup *s);
void hold_arm(struct sup *s);	 /* for the JVM that has just been started */
void hold_disarm(struct sup *s); /* it has gone */
void hold_stop(struct sup *s);	 /* MA_HOLD: STOP first, then feeds what it is */
void hold_look(struct sup *s);	 /* in M_HOLDING, once it stands still or will not: the same */
void hold_noted(struct sup *s);	 /* the kernel says that it stands still */
void hold_again(struct sup *s);	 /* somebody has let it go */
void hold_release(struct sup *s);
bool hold_dump_grew(struct sup *s); /* since the last time this was asked */
bool hold_signal(struct sup *s, const struct signalfd_siginfo *si); /* one of the watch's own */

/* dumproom.c, of a JVM that is held at its heap dump */
bool dump_fits(struct sup *s);
void dump_skip(struct sup *s); /* KILL, and say why */

/* death.c */
/* Where this start's heap dump goes; false: not known. */
bool death_dump_path(const struct sup *s, struct strbuf *ret);
/* Of a regular file of the JVM's uid, changed since the start; false: there is none. */
bool death_fresh(const struct sup *s, const char *path, uint64_t *ret_bytes);
/* The JVM, still alive, is at a heap dump that it will not outlive. */
bool death_dump_runs(const struct sup *s);
void death_note(struct sup *s);	  /* fills nums from what the kernel and the files tell */
void death_decide(struct sup *s); /* nums and told -> verdict */
/* Size of a fresh hs_err log and where it lies; 0: there is none. */
uint64_t death_hs_err(const struct sup *s, struct strbuf *ret_path);

/* sampler.c */
void sampler_start(struct sup *s);
void sampler_stop(struct sup *s);
/* True: something was done that ticks do not do as a rule, and the code for it need not stay. */
bool sampler_tick(struct sup *s);
bool sampler_heap(struct sup *s);      /* the heap's counters as they are now, into head */
void sampler_read_host(struct sup *s); /* the machine's OOM kills, into head */

/* tell.c: log messages that have a MESSAGE_ID and fields */
enum tell_event {
#define EVENT(name, id) EVENT_##name,
#include "launcher/events.def"
#undef EVENT
	EVENT_COUNT,
};

void tell_death(const struct sup *s);
void tell_incident(const struct sup *s, const char *id, bool last_death);
void tell_restart(const struct sup *s);
void tell_give_up(const struct sup *s);

/* helpers.c */
void helpers_init(struct sup *s);
int helper_hooks(struct sup *s, enum helper_use use, int event, uint64_t deadline);
/* As the step the machine waits for. Hooks of a later event never overtake those of an earlier one
 * (a service must not be deregistered before it was registered): they wait for the background's
 * end, where they have a deadline for half of it. */
int helper_step_hooks(struct sup *s, int event, uint64_t deadline);
int helper_peek(struct sup *s);
int helper_collect(struct sup *s);
int helper_finish(struct sup *s);
void helper_kill(struct sup *s, enum helper_use use);
bool helper_busy(const struct sup *s, enum helper_use use);
void helpers_reap(struct sup *s); /* after SIGCHLD */
uint64_t helpers_deadline(const struct sup *s);
void helpers_expire(struct sup *s, uint64_t now);

/* supervise.c: a step of the machine, and what follows from it */
void supervise_feed(struct sup *s, enum machine_event event);
