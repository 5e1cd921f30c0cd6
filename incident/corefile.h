/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/slice.h"
#include "base/strbuf.h"
#include "jvm/facts.h"

/* Where the kernel has put a core: core_pattern (core(5)) read backwards. Pure. */

/* A glob pattern, absolute, for the core of this life. What nobody can know afterwards (the name of
 * the crashing thread, the second) matches anything. uses_pid: core_uses_pid. */
int core_glob(struct slice pattern, bool uses_pid, const struct facts *f, struct strbuf *ret);

/* For a pattern that begins with '|': who has the core and how to ask for it. */
void core_handler(struct slice pattern, uint64_t pid, struct strbuf *ret);
