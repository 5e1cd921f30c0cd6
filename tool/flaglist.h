/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tool/context.h"

/* check --flags [RELEASE]: every JVM flag that jvisor knows, or those of one release ("17",
 * "1.8.0_504"), with type, default, meaning and what to watch for. Returns the exit status. */
int flaglist_print(const struct context *c, const char *release);
