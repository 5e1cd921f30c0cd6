/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which incidents go: pure. Never one in progress, pinned, or the newest. */
struct retain_limits {
	uint64_t max_total;  /* bytes, 0: none */
	uint64_t min_free;   /* bytes */
	uint64_t keep_time;  /* ns, 0: for ever */
	uint64_t keep_count; /* 0: no limit */
};

struct retain_item { /* oldest first */
	uint64_t bytes, ended;
	uint64_t big_bytes; /* of core, dump and what is not text */
	bool pinned, in_progress;
	const char *signature, *instance;
};

enum retain_what {
	RETAIN_KEEP,
	RETAIN_REMOVE,
	RETAIN_THIN /* drop the large artifacts, keep the text */
};

struct retain_choice {
	enum retain_what what;
	const char *reason; /* static: "older than keep_days", ... */
};

/* choice[n] is the caller's. now: ns since the epoch; free: bytes free on the file system now. */
void retain_decide(const struct retain_item *items, size_t n, const struct retain_limits *limits,
		   uint64_t now, uint64_t free_bytes, struct retain_choice *choice);
