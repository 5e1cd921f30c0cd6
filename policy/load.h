/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/diag.h"
#include "base/err.h"
#include "policy/policy.h"

/* Which texts make the policy, in rising order of precedence:
 *
 *   1. the profile's defaults; which profile is said by the last text that names one
 *   2. FILE where one was named; else /etc/jvisor/policy.ini, then /etc/jvisor/policy.d/NAME.ini in
 *      byte order of the names (links followed, names that begin with '.' skipped)
 *   3. JVISOR_SET: section.key=value, separated by ';'
 *   4. --jvisor-set, one section.key=value each
 *
 * In 3 and 4 the key is what stands between the first '=' and the last '.' before it, so that
 * "flags force.ExitOnOutOfMemoryError=yes" and "hook my.hook.order=10" say what they seem to. */
struct policy_source {
	const char *file;	/* --jvisor-policy or JVISOR_POLICY; NULL: the search path */
	const char *root;	/* "" in life; tests put a folder in front of /etc/jvisor */
	const char *env_set;	/* JVISOR_SET, or NULL */
	const struct strv *set; /* --jvisor-set, or NULL */
	const struct strv *env; /* for ${NAME} in paths, last-good's store; NULL: our own */
};

#define POLICY_TEXT_MAX (256 * 1024) /* a longer file is an error */

enum { X_POLICY_REFUSED = 1 };	   /* there are errors in diags and on_error says refuse */
enum { EXIT_POLICY_REFUSED = 78 }; /* sysexits.h calls it EX_CONFIG */

/* Fills *ret (also when refused, as far as it goes) and the findings. A missing file that was
 * named, an unreadable one, a folder in its place: an error finding. strict: unknown names are
 * errors (check). last-good: what policy_keep_good kept is read instead, with a warning that says
 * so. 0 therefore does not mean that diags has no errors. */
int policy_load(const struct policy_source *src, bool strict, struct policy *ret,
		struct diags *diags, struct err *err);

/* One text instead of files and overrides; it is changed in place. */
int policy_load_text(char *text, size_t len, const char *name, bool strict, struct policy *ret,
		     struct diags *diags, struct err *err);

#define POLICY_GOOD_NAME ".policy-good.ini"

/* Keeps the texts just accepted below the store's folder, for on_error = last-good; cheap when
 * unchanged. 1: written, 0: nothing to do. */
int policy_keep_good(const struct policy *p, int dirfd, struct err *err);
