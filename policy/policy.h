/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include "base/diag.h"
#include "base/strv.h"
#include "jvm/version.h"

/* A policy as values. Every scalar is a row of keys.def, which gives its section, key, type,
 * default and meaning; profiles (profile.c) are other defaults for some of the rows. */

enum policy_profile {
	PROFILE_PRODUCTION,
	PROFILE_DEVELOPMENT,
	PROFILE_CONTAINER,
	PROFILE_MINIMAL,
	PROFILE_OFF, /* supervise nothing, change nothing: as plain java */
	PROFILE_COUNT,
};

enum policy_on_error { ON_ERROR_REFUSE, ON_ERROR_LAST_GOOD, ON_ERROR_IGNORE };
enum policy_oom_action { OOM_ACTION_EXIT, OOM_ACTION_CRASH, OOM_ACTION_CONTINUE };
enum policy_core { CORE_NO, CORE_YES };
enum policy_wait { WAIT_AUTO, WAIT_YES, WAIT_NO, WAIT_TIME };
enum policy_notify { NOTIFY_BY_AUTO, NOTIFY_BY_JVM, NOTIFY_BY_PROGRAM, NOTIFY_BY_NOBODY };
enum policy_failure { FAILURE_CONTINUE, FAILURE_STOP };

/* Bits of [collect] on; the bit of incident kind K (jvm/verdict.h) is 1 << K. */

/* Bits of [restart] when. */
enum {
	RESTART_NEVER = 0,
	RESTART_OOM = 1 << 0,
	RESTART_CRASH = 1 << 1,
	RESTART_KILLED = 1 << 2,  /* killed and oom-killer */
	RESTART_FAILURE = 1 << 3, /* any end but exit 0 and a requested stop; start-failed too */
	RESTART_ALWAYS = 1 << 4,  /* also exit 0; never after a requested stop */
};

/* A size that may be given in percent of the file system. */
struct policy_size {
	uint64_t bytes;
	unsigned percent; /* over 0: bytes is the cap (0: none) */
};

/* Sets of capabilities, bit n for capability n. One that was given has the mark too, so that "none"
 * is told from a key that is not set. */
#define CAPS_GIVEN (1ULL << 63)
#define CAPS_ALL   UINT64_MAX

/* RLIMIT_*: soft and hard, UINT64_MAX: unlimited. */
struct policy_limit {
	bool given;
	uint64_t soft, hard;
};

enum flag_rule { RULE_DEFAULT, RULE_FORCE, RULE_FORBID };

/* One line of a [flags ...] section. */
struct policy_flag {
	enum flag_rule rule;
	struct jvm_range range; /* first 0: every release */
	char *name;
	char *value; /* a pid-template-to-be for path flags: %p %t %h %i ${ENV} %% */
	char *file;
	unsigned line;
};

/* One [hook NAME] section. */
struct policy_hook {
	char *name;
	char *event;
	char *run;
	uint64_t order;
	uint64_t timeout;    /* ns; 0: the event's default */
	uint64_t on_failure; /* enum policy_failure */
	bool shell;
	char *user;
	struct strv env;
	char *file;
	unsigned line;
};

struct policy {
	/* [policy] */
	uint64_t profile, on_error;
	/* [java] */
	char *java_path, *java_home;
	struct strv java_options; /* words, split as envopts_split does */
	bool supervise;
	/* [oom] */
	uint64_t oom_action;
	bool heap_dump;
	uint64_t dump_gzip;
	uint64_t oom_exit_code;
	bool hooks_first;
	uint64_t hooks_deadline, dump_deadline; /* ns */
	/* [crash] */
	bool error_file;
	uint64_t core;
	uint64_t core_limit; /* UINT64_MAX: not set */
	/* [collect] */
	char *dir;
	uint64_t on; /* bits by incident kind */
	uint64_t wait, wait_time;
	uint64_t compress;
	bool redact;
	struct strv secrets; /* globs over names whose values are hidden */
	struct strv files;
	struct policy_size max_total, max_incident, min_free;
	uint64_t keep_time; /* ns; [collect] keep_days */
	uint64_t keep_count;
	uint64_t deadline; /* ns; 0: none */
	/* [hooks] */
	char *hooks_dir;
	/* [restart] */
	uint64_t restart_when;
	uint64_t restart_delay, restart_delay_max, restart_window; /* ns */
	uint64_t restart_limit;
	/* [process] */
	char *user, *group, *chdir, *pidfile;
	uint64_t umask;			  /* UINT64_MAX: not set */
	uint64_t keep_caps, ambient_caps; /* 0: not set */
	bool no_new_privs;
	struct policy_limit limits[RLIM_NLIMITS];
	int64_t oom_score_adj; /* INT64_MAX: not set */
	/* [stop] */
	uint64_t stop_signal;
	uint64_t stop_timeout, stop_hooks_deadline; /* ns; timeout 0: never KILL */
	/* [sample] */
	uint64_t sample_interval; /* ns; 0: off */
	/* [notify] */
	uint64_t notify;       /* enum policy_notify */
	char *termination_log; /* "auto", "no" or a file */
	/* [log] */
	uint64_t log_level;
	char *log_target; /* "stderr", "journal" or a file */

	struct policy_flag *flags;
	size_t n_flags;
	struct policy_hook *hooks;
	size_t n_hooks;

	struct strv sources;   /* files read, in order; empty: built-in profile */
	struct strv overrides; /* JVISOR_SET, --jvisor-set: those of them that say something */
	char *accepted; /* their texts, for policy_keep_good; NULL unless on_error = last-good */
};

void policy_flag_done(struct policy_flag *f);

/* Whether the row is for this JDK release; 0: unknown, for which only rows for all are. */
bool policy_flag_holds(const struct policy_flag *f, unsigned feature);
void policy_hook_done(struct policy_hook *h);
void policy_done(struct policy *p);

/* Every key at the default of this profile: 0, -ENOMEM. */
int policy_init(struct policy *p, enum policy_profile profile);

extern const char *const profile_names[PROFILE_COUNT];
