/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policy/plan.h"

/* The line that will be run: the plan's edits applied to what the user gave. Untouched arguments
 * keep their very bytes; an argfile is expanded in place only where an edit needs to reach into it
 * (and then every argument from it stands as an argument of its own). */
struct rewritten {
	struct strv argv; /* without argv[0] */
	bool *tmpl;	  /* per argv: a path_fill template; argv.n entries */
	struct strv env;  /* the JVM's environment, jvisor's own variables taken out */
};

void rewritten_done(struct rewritten *r);

/* The same line with jvisor's own variables taken out: for a start that is not to be changed. */
int plan_apply_none(char *const argv[], const struct strv *env, struct rewritten *ret,
		    struct err *err);

/* argv and env are what the line was read from; feature is the release of its JDK. */
int plan_apply(const struct plan *p, const struct java_line *line, unsigned feature,
	       char *const argv[], const struct strv *env, struct rewritten *ret, struct err *err);
