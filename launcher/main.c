/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One executable, several programs: a container image copies one file. The name we are called by
 * decides; the short-lived roles are called by a name that nobody types.
 */
#include <string.h>
#include "hooks/hooks.h"
#include "incident/collect.h"
#include "launcher/launch.h"
#include "launcher/refused.h"
#include "proc/role.h"
#include "tool/tool.h"

static const struct {
	const char *name;
	int (*main)(int argc, char *argv[]);
} roles[] = {
	{ .name = "collect", .main = collect_role },
	{ .name = "hooks", .main = hooks_role },
	{ .name = "peek", .main = peek_role },
	{ .name = "refused", .main = refused_role },
};

/* argv[1] is the role, what follows its arguments. */
static int role_main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(roles); i++)
		if (!strcmp(argv[1], roles[i].name))
			return roles[i].main(argc - 1, argv + 1);
	return 2;
}

int main(int argc, char *argv[])
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = argc < 1 ? "jvisor" : slash ? slash + 1 : argv[0];

	if (!strcmp(name, ROLE_ARGV0))
		return role_main(argc, argv);
	if (!strcmp(name, "jvisorctl"))
		return tool_main(argc, argv);
	return launch_main(argc, argv);
}
