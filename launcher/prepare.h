/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"
#include "launcher/options.h"

/* Decides the start and writes it as a launch block into memfd; logs what a person must know. Runs in
 * a fork where the JVM is to be supervised, so that what parsing does to the heap dies with it.
 * print_only: nothing is made on disk. Returns 0, or -errno when not even a block could be
 * written. */
int prepare(const struct options *o, pid_t jvisor, bool print_only, int memfd);

/* The same decision for --jvisor-explain, printed to stdout. Returns the exit status. */
int prepare_explain(const struct options *o);
