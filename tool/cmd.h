/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tool/context.h"

enum cmd_group { GROUP_INCIDENTS, GROUP_POLICY, GROUP_TOOL, GROUP_COUNT };

/* What follows the command is Java's from the first word on that is no option of ours. */
#define CMD_JAVA_ARGS 1U

struct tool_cmd {
	const char *name;
	enum cmd_group group;
	unsigned flags;
	const char *args;
	int least, most;
	const char *help;
	const char *options;
	int (*run)(struct context *c, int argc, char *argv[]);
};

extern const struct tool_cmd tool_cmds[];
extern const size_t tool_cmds_count;

const struct tool_cmd *cmd_find(const char *name);

/* Logs that there is no such command, and the nearest one. */
void cmd_unknown(const char *name);

void cmd_help_all(struct strbuf *out);
void cmd_help_one(const struct tool_cmd *cmd, struct strbuf *out);

/* argv[0] is the command's name; each returns the exit status. */
#define TOOL_CMD(name, group, flags, args, least, most, help, options) \
	int cmd_##name(struct context *c, int argc, char *argv[]);
#include "tool/cmds.def"
#undef TOOL_CMD
