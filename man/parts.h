/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"

/* Parts of jvisor.ini(5), as roff. */

/* The words of text in lines, a sentence ending its own. */
void put_text(struct strbuf *out, const char *text);

/* Each profile: for whom, what it sets, and the flags that a JVM gets by it. */
int put_profiles(struct strbuf *out);
