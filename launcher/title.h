/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <sys/types.h>

/* "jvisor: PID MainClass" in ps, in place of the command line: it (with its secrets) is there once,
 * at the JVM. title_take remembers and clears the room of argv and the environment, after which
 * neither may be used. */
void title_take(int argc, char *argv[]);
void title_set(pid_t jvm, const char *app);
