/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tool/hookset.h"

/* Runs the hooks of an event against a made-up incident in a throwaway folder and prints how each
 * ended. Returns the exit status: TOOL_FAILED when one did not end well. */
int trial_run(const struct context *c, const struct hook_set *s, enum hook_event e);
