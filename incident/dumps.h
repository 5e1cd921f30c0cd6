/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"

/* Heap dumps that are not as they were meant to be. */

/* Marks those in the folder that are cut, with a step that says so; the sentence may change: as
 * incident_judge. */
int dumps_check(const struct folder *f, struct incident *inc);

/* One was asked for and there is none: a step says why, as far as the place shows it. run: the
 * folder of this start, -1: it is gone. */
void dumps_say_missing(struct incident *inc, int run);

/* On a disk that is full because of it, a dump that is cut gives way to the text that says so: 1
 * when something was freed. */
int dumps_make_room(int runs, const char *run_name, const struct facts *f);
