/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/diag.h"
#include "base/slice.h"

/* What a systemd unit has that does not go with jvisor. */

/* The last value of a key in [section] (NULL: the text has no sections, as `systemctl show` prints
 * it) and its line from 1; false: it is not set. Pure. */
bool unit_setting(struct slice text, const char *section, const char *key, struct slice *ret,
		  unsigned *ret_line);

/* Findings for the unit: a name, of which systemctl is asked what holds with all drop-ins, or, with
 * a '/', a file. Where it cannot be known that is a finding too. */
void unit_check(const char *unit, struct diags *diags);

/* The service that this process itself belongs to, as ExecStartPre does; false: none. */
bool unit_own(char *ret, size_t size);
