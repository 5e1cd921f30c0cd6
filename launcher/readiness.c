/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readiness of a JVM. hsperfdata is a mapping: what the JVM writes into it wakes nobody, so it is
 * looked at. createVmEndTime is the last thing that a JVM does before the main class is loaded, 1
 * to 4 ms before main() on 8 to 28 (doc/OBSERVED.md).
 *
 * Without hsperfdata there is only a guess, since a service manager that is told nothing kills a
 * service that is well. The QUIT handler is there 20 to 70 ms before the initialisation is complete
 * on these releases; SETTLED is generous to that.
 */
#include "launcher/readiness.h"

#include "base/clock.h"

#define SETTLED	  (1 * NSEC_PER_SEC)  /* with a QUIT handler, where no file is expected */
#define NO_SIGN	  (5 * NSEC_PER_SEC)  /* nothing is seen, nothing is expected: no HotSpot */
#define FILE_LOST (30 * NSEC_PER_SEC) /* a file was expected: /tmp is full, or not ours */

#define PAUSE_MIN (5 * NSEC_PER_MSEC)
#define PAUSE_MAX (500 * NSEC_PER_MSEC)

enum readiness readiness_decide(const struct readiness_seen *seen, bool expected, uint64_t since)
{
	uint64_t patience = expected ? FILE_LOST : seen->handles_quit ? SETTLED : NO_SIGN;

	if (seen->initialised)
		return READINESS_TOLD;
	if (seen->has_file || since < patience)
		return READINESS_NOT_YET;
	return READINESS_GUESSED;
}

uint64_t readiness_pause(uint64_t since)
{
	uint64_t pause = since / 8;

	if (pause < PAUSE_MIN)
		return PAUSE_MIN;
	return pause < PAUSE_MAX ? pause : PAUSE_MAX;
}
