/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"

/* Starts the JVM and stays with it to the end, and over restarts. Returns the exit status for us
 * where we have not ended by the JVM's own signal. */
int supervise(struct block *b, int block_fd);
