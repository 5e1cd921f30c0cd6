/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A plain exec of java: the print-only starts, supervise = no, JVISOR_DISABLE. Returns only when it
 * failed, with the exit status of the contract (126, 127), told on stderr. argv: Java's own
 * arguments. */
int through_exec(const char *java, char *const argv[]);

/* Finds java without any policy and execs it: the emergency switch. */
int through_disabled(char *const argv[], int called_java, int trust_env);
