/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/slice.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Words of JAVA_TOOL_OPTIONS, _JAVA_OPTIONS, JDK_JAVA_OPTIONS and a VMOptionsFile: ' and "
 * group, may start in mid-word and are removed; a backslash is an ordinary character. */

enum {
	X_ENVOPTS_UNMATCHED = 1, /* an unmatched quote: the JVM refuses to start */
	X_ENVOPTS_WORD,
};

/* Takes one word off *rest and appends it to word; it began at *ret_start. 0: there is no more. */
int envopts_next(struct slice *rest, struct strbuf *word, const char **ret_start);

/* Appends the words to *ret. */
int envopts_split(struct slice value, struct strv *ret);

/* The other way round: words joined so that envopts_split gives them back (any text can be
 * written: quoted runs may follow each other). -ENOMEM. */
int envopts_join(const struct strv *words, struct strbuf *out);
