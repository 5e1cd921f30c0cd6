/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "launcher/block.h"
#include "policy/decide.h"

struct fill_query {
	const struct strv *env; /* ours */
	const char *instance;
	pid_t jvisor;
	bool called_java;
};

/* A decision to supervise, put down as a launch block. -errno with a sentence. */
int fill_block(const struct decision *d, const struct fill_query *q, int memfd, struct err *err);
