/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Calls each() for what matches the absolute pattern (* ? [] in any part, no **), in byte order.
 * A result of each() that is not 0 ends the walk and is returned. glob(3) is no choice: it brings
 * the name services into a static executable. */
int glob_files(const char *pattern, int (*each)(void *arg, const char *path), void *arg);
