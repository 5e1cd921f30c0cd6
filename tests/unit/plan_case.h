/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policy/decide.h"

/* A decision made from a text instead of a machine, for the tests of plan, rewrite and explain.
 * Lines "WORD VALUE" until "policy:", behind which the policy stands:
 *
 *   jdk 17.0.21        the release (8u504 is written 1.8.0_504); default 17.0.21
 *   kind hotspot       hotspot, native image, other JVM, unknown
 *   env NAME=VALUE     arg WORD     (each as often as wanted, in order)
 *   cwd /srv           store none   restarts yes   piped yes
 *   taken TEMPLATE     dir PATH     what the probes say yes to
 *   room 1g            may be written to the store; elsewhere 1g: to any other place
 *   memory 4g          of the machine    volatile yes: the store is in memory, and nobody named it
 *   knows FLAG         a flag without a row that this JVM knows
 *   tmpfs PATH         a folder in memory          free BYTES   what every folder has left
 *   closed PATH        a folder that the JVM may not write
 */
struct plan_case {
	struct decision d;
	struct strv args, env;
};

int plan_case_make(const char *text, struct plan_case *ret, struct err *err);
void plan_case_done(struct plan_case *c);
