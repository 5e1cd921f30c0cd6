/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "hooks/hooks.h"
#include "tool/context.h"

/* The hooks that a start from here, with our environment, would have. Borrows from the policy,
 * which must outlive it; end it by hookset_done. */
int hookset_make(const struct context *c, const struct policy *p, struct hook_set *ret,
		 struct err *err);
void hookset_done(struct hook_set *s);
