/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/strbuf.h"
#include "base/strv.h"

/* What the names in a [hook] section's run stand for; NULL and 0 stand for nothing. */
struct words_in {
	const char *pid, *host, *incident;
	uint64_t started; /* real, ns */
	const struct strv *env;
};

/* Splits run into words. What a name stands for never splits or quotes. -EINVAL: a quote that is
 * not closed, or no word at all. */
int words_split(const char *run, const struct words_in *in, struct strv *ret);

/* Only the % names, for a text that a shell is to read. */
void words_expand(const char *run, const struct words_in *in, struct strbuf *out);
