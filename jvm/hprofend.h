/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Whether a heap dump is whole, by its first and last bytes alone: 1; 0: it is cut (or empty);
 * -EINVAL: no plain heap dump (compressed by the JVM, say); -errno. Nothing else of it is looked
 * at. */
int hprof_is_whole(int fd);

/* X.p0, X.p1, ...: what one thread of 22 and later wrote, which stays when the parts are not put
 * together. */
bool hprof_is_part(const char *name);
