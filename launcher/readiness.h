/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* When the JVM is ready, from what can be seen of it without a word from the program, and when to
 * look again. Pure: times since the start of the JVM are passed in, ns. */

struct readiness_seen {
	bool has_file;	   /* there is an hsperfdata file of this JVM */
	bool initialised;  /* and it says that the initialisation is complete */
	bool handles_quit; /* it has a handler for QUIT, which no new process has */
};

enum readiness {
	READINESS_NOT_YET,
	READINESS_TOLD,	   /* by hsperfdata */
	READINESS_GUESSED, /* there is none: it has run for as long as an initialisation takes */
};

/* expected: hsperfdata is to be expected of this JVM. */
enum readiness readiness_decide(const struct readiness_seen *seen, bool expected, uint64_t since);

/* How long to wait before the next look: short at first, then a part of what has passed, so that a
 * look costs nothing against the start and what is seen late is late by that part only. */
uint64_t readiness_pause(uint64_t since);
