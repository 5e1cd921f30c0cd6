/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include "base/diag.h"
#include "base/slice.h"

/* The text of a policy cut into its entries. What the form is:
 *
 *   [section]          at most 49 bytes
 *   key = value        the first '=' divides; blanks around both are dropped
 *   # or ; comment     lines of their own: in a value both are ordinary characters
 *
 * Indentation means nothing. A value goes on in the next line where its line ends in a backslash;
 * the parts are joined by one blank. A BOM and CR LF are accepted, a NUL byte is not. */

#define INI_LINE_MAX	4096 /* bytes of a line with those that continue it */
#define INI_SECTION_MAX 49
#define INI_KEY_MAX	128

struct ini_entry {
	struct slice section; /* "": before the first section */
	struct slice key;     /* .ptr NULL: this is the section's own line */
	struct slice value;
	unsigned line, key_col, value_col; /* from 1 */
};

/* Calls entry() for each in order; a negative result of it stops and is returned. Broken lines are
 * errors in diags, and so are not given; nor are the keys below a broken section line. The text is
 * changed in place (a continued value is closed up) and the entries point into it. */
int ini_read(char *text, size_t len, const char *file, struct diags *diags,
	     int (*entry)(void *arg, const struct ini_entry *e), void *arg);
