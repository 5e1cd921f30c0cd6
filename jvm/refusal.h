/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/strbuf.h"
#include "jvm/flags.h"

/* Which word of a command line a JVM that would not start is likely to have refused, in words with
 * its place: "-XX:NoSuchFlag (JAVA_TOOL_OPTIONS), which this JVM does not know". What the JVM
 * itself says goes to its own output, which is not read. False: nothing stands out. there: whether
 * a file exists. */
bool refusal_find(const struct java_line *l, const struct jdk *jdk, bool (*there)(const char *path),
		  struct strbuf *ret);
