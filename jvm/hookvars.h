/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "jvm/facts.h"

/* The JVISOR_* variables that a hook gets (contract, section 3), made in the caller's memory, since
 * the supervisor may not allocate. What does not fit or is not known yet is an empty value. */
struct hookvars_in {
	const char *event;
	const struct fact_nums *num;
	/* each may be NULL */
	const char *app, *java_home, *java_version;
	const char *message;
	const char *incident, *incident_dir, *report;
	const char *hs_err, *core, *heap_dump; /* paths */
};

#define HOOKVARS_MAX 24

struct hookvars {
	char text[16 * 1024];
	char *env[HOOKVARS_MAX]; /* NULL-terminated */
};

void hookvars_make(const struct hookvars_in *in, struct hookvars *ret);
