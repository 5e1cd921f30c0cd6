/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"
#include "policy/decide.h"

/* The decision told to a person, or as JSON: java and how it was found, the policy's sources, each
 * edit with its reason, the effective managed flags with their origins, the warnings, the final
 * command line in a form that can be pasted into a shell. Where jvisor puts in the JVM's pid it
 * says PID, and the number of the start is that of the first one. Secrets (-D...password=...,
 * token, secret) are masked. */
int explain_text(const struct decision *d, bool colour, struct strbuf *out);
int explain_json(const struct decision *d, struct strbuf *out);

/* An argument with what looks like a secret's value replaced by "***". */
void explain_mask(const char *arg, struct strbuf *out);

/* The same for a text that may be a pid template. */
void explain_filled(const char *text, bool tmpl, struct strbuf *out);
