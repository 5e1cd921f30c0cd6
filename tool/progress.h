/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Shows on stderr, where it is a terminal, how much of total bytes this process has written since.
 * One at a time; interrupted calls are restarted. */
void progress_begin(uint64_t total);
void progress_end(void);
