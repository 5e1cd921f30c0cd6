/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/macro.h"
#include "base/strbuf.h"

/* Located findings about a text (a policy, an argfile). All of them are kept, in the order of
 * the text, not only the first. */

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

struct diag {
	enum diag_level level;
	char *file;    /* where it was read; also "--jvisor-set" or "JVISOR_SET" */
	unsigned line; /* from 1; 0: the whole file */
	unsigned col;  /* from 1, in bytes; 0: the whole line */
	char *text;    /* "section.key: what, and what to do" */
};

struct diags {
	struct diag *items;
	size_t n, cap;
	size_t errors, warnings;
	int err; /* -ENOMEM, sticky */
};

void diags_done(struct diags *d);
/* What looks like a secret in the text is hidden (base/mask.h). */
void diags_add(struct diags *d, enum diag_level level, const char *file, unsigned line,
	       unsigned col, const char *fmt, ...) _printf_(6, 7);

/* "FILE:LINE:COL: TEXT", parts that are 0 left out; no newline. The level is for who prints it. */
void diag_format(const struct diag *d, struct strbuf *out);

/* Logs each at its level: for those who may log. */
void diags_log(const struct diags *d);
