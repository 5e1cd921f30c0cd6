/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: other defaults for some of the rows of keys.def, as a person would write them.
 * production is the table's own defaults and has no row here.
 */
#include "policy/keys.h"

const char *const profile_names[PROFILE_COUNT] = {
	[PROFILE_PRODUCTION] = "production",
	[PROFILE_DEVELOPMENT] = "development",
	[PROFILE_CONTAINER] = "container",
	[PROFILE_MINIMAL] = "minimal",
	[PROFILE_OFF] = "off",
};

static const struct {
	enum policy_profile profile;
	const char *section, *key, *value;
} rows[] = {
	{ PROFILE_DEVELOPMENT, "oom", "action", "crash" },
	{ PROFILE_DEVELOPMENT, "oom", "heap_dump", "yes" },
	{ PROFILE_DEVELOPMENT, "oom", "dump_gzip", "1" },
	{ PROFILE_DEVELOPMENT, "crash", "core", "yes" },
	/* Kubernetes and most others kill 30 s after TERM; what is left is for the incident. */
	{ PROFILE_CONTAINER, "stop", "timeout", "25s" },
	{ PROFILE_MINIMAL, "oom", "action", "continue" },
	{ PROFILE_MINIMAL, "collect", "on", "oom, crash" },
	{ PROFILE_OFF, "java", "supervise", "no" },
	{ PROFILE_OFF, "oom", "action", "continue" },
	{ PROFILE_OFF, "crash", "error_file", "no" },
	{ PROFILE_OFF, "collect", "on", "" },
};

const char *profile_value(enum policy_profile profile, const struct key *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].profile == profile && !strcmp(rows[i].section, k->section) &&
		    !strcmp(rows[i].key, k->name))
			return rows[i].value;
	return NULL;
}
