/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "base/macro.h"

/* What one hook says: kept in NAME.log of a folder up to HOOKS_OUTPUT_MAX, the rest counted. The
 * file is made with the first byte. */
struct output {
	int dir;
	const char *event, *name;
	int fd;	 /* -1: not made yet */
	int err; /* why it is no longer written */
	uint64_t kept, dropped;
	char file[288]; /* its name, once made */
};

void output_begin(struct output *o, int dir, const char *event, const char *name);

/* Takes what a non-blocking pipe holds, at most a few hundred KiB at once. 1: more may come, 0: the
 * end. */
int output_drain(struct output *o, int pipe);

/* Says in the file what was dropped, and closes it. */
void output_end(struct output *o);
