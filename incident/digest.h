/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"

/* The second half of collecting, without the hooks: looks into what was taken, in jobs, and makes
 * it small. What is done already is not done again, so a successor calls it too. Ends with the
 * final status written. 1: the verdict's sentence became another. */
int incident_digest(const struct folder *f, struct incident *inc, struct err *err);
