/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"

/* Runs the `collected` hooks with the hook set that the claim kept beside (none: nothing to do) and
 * waits for them; adds their rows. The set is removed before they start: at most once per death,
 * also when this process is killed among them. say(): a line of the hooks role. */
int collected_hooks(const struct folder *f, struct incident *inc,
		    void (*say)(void *arg, int letter, const char *text), struct err *err);
