/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/incident.h"

/* The hooks' own record, hooks/results: event TAB name TAB status TAB exit code TAB ms LF. */

/* Replaces inc's rows by those of the text; a line of another form is passed over. */
void hook_rows_parse(struct slice text, struct incident *inc);

/* From the incident's folder; no file is no rows. */
void hook_rows_read(struct incident *inc, int dir);
