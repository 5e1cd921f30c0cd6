/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl help and version. All of it comes from cmds.def; the man page says the same at length.
 */
#include "tool/cmd.h"
#include "tool/out.h"

static const char *const group_titles[GROUP_COUNT] = {
	[GROUP_INCIDENTS] = "Incidents",
	[GROUP_POLICY] = "Policy and hooks",
	[GROUP_TOOL] = "This tool",
};

static const char common_help[] =
	"  --dir DIR        the folder of incidents (default: where the policy has it)\n"
	"  --policy FILE    the policy (default: JVISOR_POLICY, else the files of /etc/jvisor)\n"
	"  --set S.KEY=V    override a key of the policy; may be repeated\n"
	"  --json           print JSON\n"
	"  -h, --help       help for a command\n";

void cmd_help_all(struct strbuf *out)
{
	strbuf_puts(out, "Usage: jvisorctl COMMAND [OPTION...] [ARGUMENT...]\n");
	for (int g = 0; g < GROUP_COUNT; g++) {
		strbuf_printf(out, "\n%s:\n", group_titles[g]);
		for (size_t i = 0; i < tool_cmds_count; i++) {
			const struct tool_cmd *cmd = &tool_cmds[i];

			if ((int)cmd->group == g)
				strbuf_printf(out, "  %-8s %s\n", cmd->name, cmd->help);
		}
	}
	strbuf_printf(out, "\nOptions of every command:\n%s", common_help);
	strbuf_puts(out,
		    "\nFor an ID its beginning or end will do where only one fits, or 'last'.\n"
		    "More: jvisorctl help COMMAND, man jvisorctl\n");
}

void cmd_help_one(const struct tool_cmd *cmd, struct strbuf *out)
{
	strbuf_printf(out, "Usage: jvisorctl %s [OPTION...]%s%s\n\n", cmd->name,
		      *cmd->args ? " " : "", cmd->args);
	strbuf_printf(out, "%c%s.\n", cmd->help[0] - 'a' + 'A', cmd->help + 1);
	strbuf_printf(out, "\nOptions:\n%s%s", cmd->options, common_help);
}

int cmd_help(struct context *c, int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	const struct tool_cmd *cmd;
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	if (!args.n) {
		cmd_help_all(&b);
		return out_write(&b);
	}
	cmd = cmd_find(args.v[0]);
	if (!cmd) {
		cmd_unknown(args.v[0]);
		return TOOL_USAGE;
	}
	cmd_help_one(cmd, &b);
	return out_write(&b);
}

int cmd_version(struct context *c, int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_js_ struct js *v = NULL;
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	if (c->json) {
		v = js_object();
		js_set_str(v, "version", PACKAGE_VERSION);
		return out_js(c, v);
	}
	strbuf_puts(&b, "jvisor " PACKAGE_VERSION "\n");
	return out_write(&b);
}
