/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The path of our own executable, links resolved; NULL where /proc does not tell. free() it. */
char *self_path(void);

/* The path that was executed, maybe a link to us; NULL where the kernel does not tell. Borrowed. */
const char *self_called(void);
