/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/err.h"
#include "base/strv.h"
#include "policy/load.h"

/* jvisor's own options, which stand before Java's own, and its environment variables. */
struct options {
	bool help, version, explain, explain_json;
	bool trust_env;	    /* AT_SECURE is not set */
	bool disabled;	    /* JVISOR_DISABLE=1 */
	bool called_java;   /* by the name of our executable as it was called */
	const char *policy; /* borrowed */
	struct strv set;
	const char *env_set;
	char **java_argv; /* what is left for Java, in argv itself */
};

void options_done(struct options *o);

/* -EINVAL with a sentence for an unknown --jvisor- option. No file is read, and nothing is
 * allocated unless --jvisor-set is used. */
int options_parse(int argc, char *argv[], struct options *ret, struct err *err);

struct policy_source options_source(const struct options *o);

extern const char options_help[];
