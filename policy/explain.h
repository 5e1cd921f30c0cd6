/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"
#include "policy/decide.h"

/* The decision told to a person, or as JSON: java and how it was found, the policy's sources, each
 * edit with its reason, the effective managed flags with their origins, the warnings, the final
 * command line in a form that can be pasted into a shell. In paths %p stands for the JVM's pid and
 * %n for the number of the start. Secrets (-D...password=..., token, secret) are masked. */
int explain_text(const struct decision *d, bool colour, struct strbuf *out);
int explain_json(const struct decision *d, struct strbuf *out);

/* An argument with what looks like a secret's value replaced by "***". */
void explain_mask(const char *arg, struct strbuf *out);

/* Word i of the final command line as it would be run the first time: masked, the number of the
 * start filled in, the pid left as %p. */
void explain_word(const struct decision *d, size_t i, struct strbuf *out);

/* What an edit does to the line: "+", "-", "~" and, for a note, "=". */
const char *explain_sign(const struct edit *e);
