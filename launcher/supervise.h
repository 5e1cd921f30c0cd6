/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"

/* Starts the JVM and stays with it to the end, and over restarts. Returns the exit status for us
 * where we have not ended by the JVM's own signal. SUPERVISE_CANNOT: nothing was started, told why;
 * java can still be run without us. argc and argv: ours, whose room the title takes. */
enum { SUPERVISE_CANNOT = -1 };

int supervise(struct block *b, int argc, char *argv[]);
