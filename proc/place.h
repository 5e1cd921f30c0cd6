/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/err.h"

/* Whether a JVM of this user and group (as privs_find takes them; both NULL: ours) can write new
 * files into the folder. With make it is made where it is missing, with what is missing above it,
 * for that user alone (0700); without, the nearest folder above it has to let it be made. Asked as
 * that user, so that supplementary groups, access lists and read-only mounts count: in a child,
 * where he is another one. 0, or a negative errno with a sentence. */
int place_for(const char *user, const char *group, const char *folder, bool make, struct err *err);
