/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"

#define SYSTEM_MAX (256 * 1024)

/* The machine as it is now: uname, memory, load, pressure, cgroup, limits, mounts. Reads only /proc
 * and the cgroup's own files; what is not there is left out. */
void system_describe(struct strbuf *out);
