/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Whether we are in a container, as far as its maker says so. */
bool container_told(void);

/* Whether all else in the container ends when we do, or soon after: we are its first process, the
 * child of a tiny init that is, or of nobody in this PID namespace. */
bool container_ends_with_us(void);
