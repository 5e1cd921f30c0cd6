/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/diag.h"
#include "base/err.h"
#include "policy/policy.h"

/* Which texts make the policy, in rising order of precedence: the profile's defaults, the files in
 * the order they are read, JVISOR_SET, --jvisor-set. The profile is decided first, by the last
 * text that names one, so that a drop-in may choose it. */
struct policy_source {
	const char *file;    /* --jvisor-policy or JVISOR_POLICY; NULL: the search path */
	const char *root;    /* "" in life; tests put a folder in front of /etc/jvisor */
	const char *env_set; /* JVISOR_SET, or NULL */
	const struct strv *set; /* --jvisor-set, or NULL */
};

enum { X_POLICY_REFUSED = 1 }; /* there are errors in diags and on_error says refuse: exit 78 */

/* Fills *ret (also when refused, as far as it goes) and the findings. A missing file that was named, an
 * unreadable one, a folder in its place: an error finding. strict: unknown names are errors (check).
 * last-good: an accepted policy that came from files is kept by policy_keep_good; it is read back here,
 * with a warning finding that says so. */
int policy_load(const struct policy_source *src, bool strict, struct policy *ret,
		struct diags *diags, struct err *err);

/* Keeps the texts just accepted below the folder dirfd, for on_error = last-good; cheap when
 * unchanged. */
int policy_keep_good(const struct policy *p, int dirfd, struct err *err);
