/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/incident.h"

/* Lets the JVM's user read the incident where it is not his own, by an access list entry for him
 * alone: his group may be everybody's. */
int incident_share(int dir, const struct incident *inc);

/* The same for a file that was written again: who may read `like` may read it. */
void share_alike(int dir, const char *like, const char *name);
