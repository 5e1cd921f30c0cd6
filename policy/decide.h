/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/diag.h"
#include "jvm/home.h"
#include "policy/load.h"
#include "policy/plan.h"
#include "policy/rewrite.h"
#include "policy/storedir.h"

/* The thin gathering around the pure plan, the same for a start, for --jvisor-explain and for
 * jvisorctl explain: load the policy, find java, identify it, read the line, choose the store,
 * plan, apply. */

struct decide_query {
	struct policy_source source;
	char *const *argv; /* Java's own arguments, without argv[0] and jvisor's */
	const struct strv *env;
	const char *self_path, *called_as;
	bool called_java;
	bool trust_env;			    /* AT_SECURE is not set */
	bool make;			    /* a real start: make the store; else only look */
	const char *start_stamp, *instance; /* %t, %i */
	uint64_t (*memory)(void);	    /* as in struct plan_input */
	/* place_for of proc, which policy does not see; NULL: folders are not looked at. */
	int (*place)(const char *user, const char *group, const char *folder, bool make,
		     struct err *err);
};

struct decision {
	struct policy policy;
	struct diags diags;
	struct jdk jdk;
	const char *java_how;
	struct java_line line;
	struct store_dir store; /* .path NULL: none, store_err says why */
	struct err store_err;
	struct plan plan;
	struct rewritten out;
	/* Nothing of jvisor stays behind: exec java with out.argv (path_fill with our own pid and
	 * start 0 where out.tmpl says so) and out.env. Those are the arguments as they came, but
	 * with [java] supervise = no, where they are rewritten. */
	bool straight;
	const char *straight_why;
};

void decision_done(struct decision *d);

enum {
	X_DECIDE_POLICY = 1,	      /* exit EXIT_POLICY_REFUSED, findings in diags */
	X_DECIDE_NO_JAVA,	      /* exit EXIT_JAVA_NOT_FOUND */
	X_DECIDE_JAVA_NOT_EXECUTABLE, /* exit EXIT_JAVA_NOT_EXECUTABLE */
};

/* Fills *ret in any case, as far as it goes: decision_done() it. source.env may be left NULL. */
int decide(const struct decide_query *q, struct decision *ret, struct err *err);

/* The one step of it that makes the plan, from what the steps before have filled in. */
int decide_plan(const struct decide_query *q, struct decision *d, struct err *err);

/* The exit status that the contract names for what decide() returned; 0 for 0. */
int decide_status(int outcome);
