/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tool/context.h"

/* check --keys: every key of a policy with its type, default and meaning. Returns the exit status.
 */
int keylist_print(const struct context *c);
