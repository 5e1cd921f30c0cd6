/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "incident/retain.h"
#include "jvm/facts.h"

/* The limits that a life's record carries. */
struct retain_limits store_limits(const struct fact_nums *n);

/* The thin doing around retain_decide: lists the store, decides, removes. dry_run only tells.
 * tell() is called per incident that goes or is thinned. Returns how many, or -errno. */
int store_prune(int store, const struct retain_limits *limits, bool dry_run,
		void (*tell)(void *arg, const char *id, enum retain_what what, const char *reason,
			     uint64_t bytes),
		void *arg, struct err *err);
