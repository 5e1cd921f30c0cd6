/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"
#include "launcher/fill.h"

/* The JVM's environment into the block, and what the service manager's variables in ours ask for.
 * What cannot be is an error of the builder. */
void fill_env(const struct decision *d, const struct fill_query *q, struct block_builder *b);
