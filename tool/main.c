/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl: the table of commands and the way to one of them. The common options may stand before
 * the command or behind it.
 *
 * This is the same executable as jvisor, so `finish` can run the collect role from /proc/self/exe.
 */
#include "tool/tool.h"

#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/parse.h"
#include "tool/cmd.h"
#include "tool/out.h"

// clang-format off
const struct tool_cmd tool_cmds[] = {
#define TOOL_CMD(n, g, f, a, lo, hi, h, o)                                                  \
	{ .name = #n, .group = GROUP_##g, .flags = (f), .args = (a), .least = (lo),         \
	  .most = (hi), .help = (h), .options = (o), .run = cmd_##n },
#include "tool/cmds.def"
#undef TOOL_CMD
};
// clang-format on

const size_t tool_cmds_count = ARRAY_SIZE(tool_cmds);

const struct tool_cmd *cmd_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tool_cmds); i++)
		if (!strcmp(tool_cmds[i].name, name))
			return &tool_cmds[i];
	return NULL;
}

void cmd_unknown(const char *name)
{
	const char *names[ARRAY_SIZE(tool_cmds)], *near;

	for (size_t i = 0; i < ARRAY_SIZE(tool_cmds); i++)
		names[i] = tool_cmds[i].name;
	near = parse_nearest(slice_of(name), names, ARRAY_SIZE(names));
	if (near)
		log_error("there is no command '%s'; did you mean '%s'?", name, near);
	else
		log_error("there is no command '%s'; `jvisorctl help` lists them", name);
}

static int usage(void)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	cmd_help_all(&b);
	if (write(STDERR_FILENO, strbuf_str(&b), b.len) < 0)
		return TOOL_FAILED;
	return TOOL_USAGE;
}

static int run(struct context *c, int argc, char *argv[])
{
	int version = 0, status = TOOL_OK;
	const struct option own[] = { { "version", no_argument, &version, 1 }, { 0 } };
	char word[] = "version", *version_line[] = { word, NULL };
	struct tool_args args;

	if (!context_first_options(c, argc, argv, own, &args, &status))
		return status;
	if (version)
		args = (struct tool_args){ .n = 1, .v = version_line };
	if (!args.n)
		return usage();
	c->cmd = cmd_find(args.v[0]);
	if (!c->cmd) {
		cmd_unknown(args.v[0]);
		return TOOL_USAGE;
	}
	return c->cmd->run(c, args.n, args.v);
}

int tool_main(int argc, char *argv[])
{
	struct context c;
	int status;

	log_open("jvisorctl", LOG_LEVEL_NOTICE, -1);
	context_init(&c);
	status = run(&c, argc, argv);
	context_done(&c);
	return status;
}
