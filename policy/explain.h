/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/mask.h"
#include "base/strbuf.h"
#include "policy/decide.h"

/* The decision told to a person, or as JSON: java and how it was found, the policy's sources, each
 * edit with its reason, the effective managed flags with their origins, the warnings, the final
 * command line in a form that can be pasted into a shell. Where jvisor puts in the JVM's pid it
 * says PID, and the number of the start is that of the first one. Secrets are masked. */
int explain_text(const struct decision *d, bool colour, struct strbuf *out);
int explain_json(const struct decision *d, struct strbuf *out);

/* A text of the line without its secrets, and where it is a pid template filled for the reader. */
void explain_filled(struct mask *mask, const char *text, bool tmpl, struct strbuf *out);

/* The value of one of the variables that Java reads: its words, each without its secrets. */
void explain_variable(const struct strv *secrets, const char *value, struct strbuf *out);
