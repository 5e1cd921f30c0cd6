/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "launcher/block.h"
#include "policy/decide.h"

/* A decision to supervise, put down as a launch block. -errno with a sentence. */
int fill_block(const struct decision *d, const struct strv *env, const char *instance, pid_t jvisor,
	       int memfd, struct err *err);
