/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "launcher/block.h"

/* A plain exec of java as the block has it: the print-only starts, supervise = no. Returns only
 * when it failed, with the exit status of the contract (126, 127), told on stderr. */
int through_block(struct block *b);

/* Execs this java with the arguments as they came. As through_block. */
int through_untouched(const char *java, const struct privs *who, char *const argv[]);

/* Finds java without any policy and execs it with the arguments as they came: the emergency switch.
 * argv: Java's own arguments. */
int through_disabled(char *const argv[], bool called_java, bool trust_env);
