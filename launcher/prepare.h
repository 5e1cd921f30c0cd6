/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"
#include "launcher/options.h"

/* Decides the start and writes it as a launch block into memfd. Runs in a fork, so that what
 * parsing does to the heap dies with it; logs what a person must know. Returns 0, or -errno when
 * not even a block could be written. */
int prepare(const struct options *o, pid_t jvisor, int memfd);

/* The same decision for --jvisor-explain, printed to stdout. Returns the exit status. */
int prepare_explain(const struct options *o);
