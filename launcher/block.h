/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/strbuf.h"
#include "jvm/facts.h"
#include "launcher/restart.h"
#include "policy/policy.h"
#include "proc/child.h"
#include "proc/privs.h"

/* The launch block: all that the supervisor needs, made by prepare and handed over as one flat
 * piece through a memfd, so that nothing else of preparing has to be kept. The supervisor maps it
 * and allocates nothing; a restart uses the same block. Strings are offsets from its start, 0:
 * none. */

#define BLOCK_MAGIC 0x4b434f4c42564a31ULL

enum block_outcome {
	BLOCK_SUPERVISE,
	BLOCK_STRAIGHT, /* exec java with the arguments as they came */
	BLOCK_EXIT,	/* told already; exit with exit_code */
};

/* An argument or a variable that depends on the pid or the number of the start: the child writes it
 * into its place before each exec. */
struct block_hole {
	uint32_t tmpl;	/* a path_fill template */
	uint32_t place; /* where the text goes */
	uint32_t size;	/* of that place */
};

struct block {
	uint64_t magic;
	uint64_t size;
	enum block_outcome outcome;
	int exit_code;

	/* strings */
	uint32_t java, store, instance, app, log_file, pidfile, chdir, user_name, cwd,
		termination_log;
	uint32_t java_home, java_version;
	uint32_t hs_err_path, heap_dump_path; /* pid templates */
	uint32_t cgroup_root;
	uint32_t notify_socket; /* 0: nobody is to be told */

	/* vectors of pointers, as exec wants them: uintptr_t offsets until block_open turns them
	 * round */
	uint32_t argv, envp;
	uint32_t holes, n_holes;

	/* records */
	uint32_t facts, facts_len;	 /* jvm/facts: what is known before the start */
	uint32_t hook_set, hook_set_len; /* hooks/hooks.h, for the hooks role only */
	uint32_t hook_events;		 /* bit per enum hook_event that has a hook */

	/* numbers */
	struct fact_nums known; /* the plan's: what each start's facts begin with */
	uint64_t incident_on;	/* [collect] on, bits by incident kind */
	uint64_t wait;		/* ns to wait for the digest; 0: not, UINT64_MAX: to its end */
	struct restart_policy restart;
	int stop_signal;
	uint64_t stop_timeout, stop_hooks_deadline;
	uint64_t sample_interval; /* ns; 0: no tick */
	uint64_t oom_hooks_deadline, dump_deadline;
	int oom_exit_code;
	struct policy_size min_free;
	bool may_skip_dump; /* the policy wants the dump, not the user himself, and the JVM ends
			       after it */
	bool dump_packed;   /* by the JVM */
	bool hold;	    /* the JVM is held at its heap dump, for the oom hooks */
	bool watch_report;  /* the crash hooks run when hs_err appears in the run folder */
	uint64_t notify;    /* enum policy_notify; auto is resolved where it can be */
	bool notify_proxy;  /* the JVM is told of a socket of ours */
	uint64_t watchdog;  /* ns between two proofs of life; 0: none are asked for */
	struct privs privs;
	uid_t uid;		      /* the JVM's */
	int64_t umask;		      /* -1: as it is */
	uint64_t own_caps, own_bound; /* what we keep of ours, see privs_give_up_all_but */
	struct child_limit limits[RLIM_NLIMITS];
	unsigned n_limits;
	bool oom_score_set;
	int oom_score;
	bool set_core; /* set RLIMIT_CORE to core */
	struct rlimit core;
	bool collect;	/* there is a store */
	bool leftovers; /* a predecessor left something to finish */
	bool perf_data; /* an hsperfdata file is to be expected */
	bool sentinel;	/* the kernel will drop PDEATHSIG at the exec */
	unsigned log_level;
	bool log_journal;
};

/* Text of an offset; NULL for none. */
static inline const char *block_str(const struct block *b, uint32_t off)
{
	return off ? (const char *)b + off : NULL;
}

static inline char **block_vec(struct block *b, uint32_t off)
{
	return (char **)((char *)b + off);
}

/* Builds a block in one buffer. The struct itself is written by block_finish. */
struct block_builder {
	struct block head;
	struct strbuf data; /* begins with room for the struct */
	struct strbuf holes;
};

void block_begin(struct block_builder *b);
void block_builder_done(struct block_builder *b);
uint32_t block_add_str(struct block_builder *b, const char *s); /* NULL: 0 */
uint32_t block_add_bytes(struct block_builder *b, const void *data, size_t len);

/* tmpl[i]: text i is a path_fill template (NULL: none is). first stands before v, unless NULL. */
uint32_t block_add_vec(struct block_builder *b, const char *first, char *const *v,
		       const bool *tmpl);
int block_finish(struct block_builder *b, int memfd);

/* Maps a finished block privately and makes its vectors usable. -EBADMSG when it is none. */
int block_open(int memfd, struct block **ret);

/* Fills the holes for this start; async-signal-safe. */
void block_fill(struct block *b, long pid, unsigned run);
