/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/mask.h"

/* An hs_err log line by line, without the secrets of what the user wrote: command line, VM
 * arguments, flags and environment variables of JDK 8 to 28. Everything else is kept byte for byte.
 * Hostile input, as for hserr.h. */

struct hserr_mask {
	const struct strv *names; /* [collect] secrets; NULL: none */
	unsigned part;		  /* enum hserr_part of the .c */
	bool open;		  /* a hidden value may go on in this line */
};

/* One line without its LF, or a piece of one. Zeroed at the begin. */
void hserr_mask_line(struct hserr_mask *m, struct slice line, struct strbuf *out);
