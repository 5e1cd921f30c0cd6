/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policy/ini.h"
#include "policy/keys.h"

/* One entry of a text and where it stands. */
struct policy_entry {
	struct ini_entry ini; /* line 0: an override, which has no section line of its own */
	const char *file;
};

struct apply {
	struct policy *p;
	struct diags *diags;
	const struct strv *env; /* for ${NAME} in paths */
	bool strict;
	const struct policy_entry *entries;
	size_t n;
	/* For each key the number of the entry that set it, from 1: rows of keys_count, the first
	 * for the policy, one more for each hook. */
	size_t *seen;
};

/* Applies the entries in order to a policy that holds its profile's defaults, then judges the
 * whole. Findings go to diags; negative only for -ENOMEM. */
int policy_apply(struct apply *a);
