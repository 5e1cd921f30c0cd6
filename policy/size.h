/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policy/policy.h"

/* A size of the policy in bytes: percent of the file system that fd is on (-1: unknown, then 0),
 * capped by its bytes where both are given. 0: no limit. */
uint64_t policy_size_bytes(struct policy_size size, int fd);
