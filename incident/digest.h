/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"

/* The second half of collecting, without the hooks: looks into what was taken, in jobs, and makes
 * it small. What is done already is not done again, so a successor calls both too. deadline:
 * clock_mono, 0: none. */

/* Reads the hs_err log. 1: the verdict's sentence became another. */
int incident_read(const struct folder *f, struct incident *inc, uint64_t deadline, struct err *err);

/* Compresses, checksums, and ends with the final status written. */
int incident_pack(const struct folder *f, struct incident *inc, uint64_t deadline, struct err *err);
