/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <getopt.h>
#include <stdbool.h>
#include <sys/types.h>
#include "base/strv.h"
#include "policy/load.h"
#include "policy/policy.h"
#include "tool/table.h"

enum {
	TOOL_OK = 0,
	TOOL_FAILED = 1,
	TOOL_USAGE = 2,
	TOOL_POLICY = EXIT_POLICY_REFUSED,
};

/* What all commands share: the common options, what stdout is, the policy and the store. */
struct context {
	const struct tool_cmd *cmd;
	const char *dir;	 /* --dir */
	const char *policy_file; /* --policy */
	struct strv set;	 /* --set */
	bool json;

	bool terminal; /* stdout is one */
	bool colour;
	unsigned width; /* of the terminal */

	struct strv env; /* our own, borrowed */

	char *store_path; /* absolute */
	int store;	  /* -1: there is none */
};

/* What is left of the command line when the common options and the command's own are taken out. */
struct tool_args {
	int n;
	char **v;
};

void context_init(struct context *c);
void context_done(struct context *c);

/* Parses the options of a command. own (ends with an empty row, may be NULL) are options without a
 * value that set a flag. False: the command ends with *ret_status. */
bool context_options(struct context *c, int argc, char *argv[], const struct option *own,
		     struct tool_args *ret, int *ret_status);

/* The same before there is a command: stops at the first word. */
bool context_first_options(struct context *c, int argc, char *argv[], const struct option *own,
			   struct tool_args *ret, int *ret_status);

struct policy_source context_policy_source(const struct context *c);

/* Loads the policy as a start would; findings go to stderr. TOOL_OK, TOOL_POLICY or TOOL_FAILED. */
int context_policy(const struct context *c, struct policy *ret);

/* Opens the store: --dir as it is named, else where the policy has it. Where there is none yet:
 * TOOL_OK with c->store -1, or when it is needed TOOL_FAILED and a message. A policy with errors is
 * no reason not to find the incidents. */
int context_store(struct context *c, bool needed);

/* The whole id of what the user wrote; TOOL_OK or TOOL_FAILED with a message. */
int context_find(struct context *c, const char *what, char **ret_id);

struct table_style context_style(const struct context *c);
