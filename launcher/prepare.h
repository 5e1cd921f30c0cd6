/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"
#include "launcher/options.h"

/* Decides the start and writes it as a launch block into memfd; logs what a person must know.
 * Frees all that it allocated. print_only: nothing is made on disk. Returns 0, or -errno when not
 * even a block could be written. */
int prepare(const struct options *o, pid_t jvisor, bool print_only, int memfd);

/* The same decision for --jvisor-explain, printed to stdout. Returns the exit status. */
int prepare_explain(const struct options *o);
