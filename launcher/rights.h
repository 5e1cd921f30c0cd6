/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"
#include "policy/policy.h"

/* Who the JVM will be and what it and we may do, from [process] into the block: privs, own_caps,
 * own_bound, limits, oom_score. An error where there is no such user; what we have not to give
 * costs a warning. */
int rights_find(const struct policy *p, const char *java, struct block *b, struct err *err);

/* What could not be set at this start. */
void rights_tell_missed(const struct block *b, unsigned missed);
