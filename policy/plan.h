/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/diag.h"
#include "base/file.h"
#include "base/strv.h"
#include "jvm/facts.h"
#include "jvm/flags.h"
#include "jvm/paths.h"
#include "policy/policy.h"

/* What is done to the command line, and why: pure, from the policy, the line as read and the JDK.
 */

enum edit_kind {
	EDIT_ADD,     /* a new VM option, in front of the user's arguments, or behind them (last) */
	EDIT_REMOVE,  /* an argument of the line taken off */
	EDIT_REPLACE, /* an argument of the line with another text */
	EDIT_ENV_REMOVE, /* a word taken out of one of the three variables */
	EDIT_ENV_ADD,	 /* a word put at the end of one of them (text is no template) */
	EDIT_NOTE,	 /* nothing is changed, and this is why */
	EDIT_KIND_COUNT,
};

struct edit {
	enum edit_kind kind;
	char *block;		 /* holds all texts */
	const char *flag;	 /* the flag it is about, or NULL */
	const char *text;	 /* the option to pass; NULL for removals and notes */
	const char *old;	 /* REMOVE, REPLACE, ENV_REMOVE: the option as it was */
	bool tmpl;		 /* text is a template for path_fill (pid or start number) */
	bool last;		 /* EDIT_ADD: just before the main class, to win over the user's */
	enum flag_origin origin; /* whose setting is touched (REMOVE, REPLACE, ENV_REMOVE) */
	size_t arg;		 /* index in line->cmd.args, or the word's number in the variable */
	const char *reason;	 /* a short sentence, as explain prints it */
};

/* One row of the effective managed flags, as explain and the incident list them. */
struct plan_flag {
	char *block; /* holds all texts */
	const char *name, *value;
	bool tmpl; /* value is a pid template: ours, of the two path flags */
	enum flag_origin origin;
	const char *where; /* "JAVA_TOOL_OPTIONS", "argfile x:3", "policy.ini:12", ... */
	const char *reason;
};

struct plan {
	struct edit *edits; /* in the order of application */
	size_t n_edits;
	struct plan_flag *flags;
	size_t n_flags;
	struct strv warnings; /* the user's own dangerous settings, what cannot be had */
	char *hs_err_path;    /* pid templates, absolute; NULL: none will be written */
	char *heap_dump_path;
	bool hold; /* the first file of that name is the dump of an OutOfMemoryError: the oom hooks
		    * can run before it */
	struct fact_nums nums; /* EXIT_ON_OOM, CRASH_ON_OOM, ..., HS_ERR_OURS */
	bool core_wanted;      /* [crash] core = yes: raise RLIMIT_CORE */
};

struct plan_input {
	const struct policy *policy;
	const struct java_line *line;
	const struct jdk *jdk;
	/* The run folder of a start as a pid template (STORE/.run/INSTANCE.%n), NULL: there is no
	 * place to collect to, so paths stay the JVM's defaults. */
	const char *run_dir;
	const struct path_vars *vars;
	const char *cwd;
	bool restarts;	 /* more than one start is possible: a literal name would be met again */
	bool core_piped; /* core_pattern begins with '|': RLIMIT_CORE 0 does not stop the handler */
	/* Probes, so that the plan itself touches no file. */
	bool (*taken)(const char *tmpl); /* a file stands where this pid template may lead */
	bool (*is_dir)(const char *path);
	struct dir_room (*disk)(const char *path);
	/* The JVM can write into the folder, which a start makes; NULL: not asked. */
	int (*place)(void *arg, const char *folder, struct err *err);
	void *place_arg;
	int (*knows_flag)(const struct jdk *jdk, const char *flag);
	uint64_t (*memory)(void); /* of the machine or container; 0: unknown */
	/* What may be written to the file system of a folder without it being filled below
	 * [collect] min_free; -errno. */
	int (*room)(const struct policy *p, const char *folder, uint64_t *ret);
	const char *store;  /* the folder of incidents, NULL: none */
	bool store_unasked; /* it is volatile, and nobody named it: no place for a heap dump */
};

void plan_done(struct plan *p);
int plan_make(const struct plan_input *in, struct plan *ret, struct err *err);
