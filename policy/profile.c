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

const char *const profile_meanings[PROFILE_COUNT] = {
	[PROFILE_PRODUCTION] =
		"For a service of which another instance takes over, or that is started again. A "
		"JVM "
		"out of memory is no longer to be trusted: it ends at once, so that the oom hooks "
		"take it out of its register and clients go elsewhere. Its report of a crash goes "
		"to the incident. Neither heap dump nor core is written: both hold up the next "
		"start for as long as the memory is large, and hold its secrets.",
	[PROFILE_DEVELOPMENT] =
		"For those who look for the mistake, on a machine where time and room are there. "
		"Whatever can be had is kept: a heap dump at the first OutOfMemoryError, "
		"compressed "
		"by the JVM as fast as it goes, then a crash instead of an exit, whose report and "
		"core tell what every thread was doing.",
	[PROFILE_CONTAINER] =
		"As production, for a JVM in a container. Orchestrators send KILL some 30 seconds "
		"after TERM, to all of the container; jvisor ends the JVM a little earlier, so "
		"that "
		"there is time to write the incident down.",
	[PROFILE_MINIMAL] =
		"For those who want the JVM to do what it does under java, and the remains kept "
		"when it "
		"dies of a crash or of memory. Only the error report is sent elsewhere, and a "
		"JVM out of memory goes on if it can.",
	[PROFILE_OFF] = "For those who want nothing of it, for one program or to find out whether "
			"jvisor is the "
			"reason of something. java is run as it is, in jvisor's place.",
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
