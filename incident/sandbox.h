/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "base/err.h"

/* For a process that is about to read what a dying or attacked JVM has left: from here on it has
 * the descriptors it holds and nothing else. For good, and for this process alone. */

struct sandbox_limits {
	uint64_t file_size; /* of what it may write, bytes */
	uint64_t memory;    /* address space, bytes */
	int death_signal;   /* at the end of our parent; 0: none */
};

/* An error when neither the uid could be dropped nor the filter of system calls be set: such a
 * process must not look into anything. */
int sandbox_enter(const struct sandbox_limits *limits, struct err *err);
