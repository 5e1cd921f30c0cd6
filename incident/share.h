/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/incident.h"

/* Lets the JVM's user read the incident where it is not his own, by an access list entry for him
 * alone: his group may be everybody's. */
int incident_share(int dir, const struct incident *inc);
