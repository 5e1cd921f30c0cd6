/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/slice.h"

/* Tokens of an @argfile as the launcher cuts them (JDK 11 to 28; the mid-token '#' differs:
 * until 25 it loses the token, from 26 on the part before it is kept). */
struct argfile_token {
	char *text; /* owned by the callback from the call on */
	unsigned line;
};

/* Calls token() for each; a negative result of it stops and is returned. -ENOMEM. */
int argfile_parse(struct slice content, unsigned feature,
		  int (*token)(void *arg, struct argfile_token t), void *arg);
