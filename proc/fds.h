/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Every descriptor from `from` on, as the kernel can do it at once since 5.9, else by
 * /proc/self/fd. Allocates nothing: for a child between clone and exec. -errno. */
int fds_close(unsigned from);
int fds_cloexec(unsigned from);

/* The child between clone and exec runs on a stack that the sanitizers know nothing of. */
#define _in_child_ __attribute__((no_sanitize("address", "undefined"), noinline))
