/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/digest.h"
#include "base/err.h"
#include "jvm/facts.h"

/* One look into one file, in a process of its own that can do nothing else (sandbox.h). A file that
 * crashes or hangs it costs that job. */
enum job_kind {
	JOB_HS_ERR, /* reads the head of an hs_err log into facts */
	JOB_PACK,   /* checksum; compressed into `out` where it is not already */
	JOB_MASK,   /* an hs_err log copied to `out` without its secrets */
	JOB_KIND_COUNT,
};

struct job {
	enum job_kind kind;
	int in;			    /* at its start */
	int out;		    /* JOB_PACK: -1: checksum only */
	const struct strv *secrets; /* JOB_MASK: more names (base/mask.h) */
	int level;		    /* of gzip */
	uint64_t out_max;	    /* bytes that may be written to out */
	uint64_t deadline;	    /* clock_mono; 0: none */
};

struct job_result {
	uint64_t in_bytes, out_bytes;
	char sha256[DIGEST_HEX]; /* of what is to be kept: out where it was written, else in */
	bool was_gzip;		 /* nothing was written to out, in is compressed already */
	struct facts facts;	 /* JOB_HS_ERR */
};

void job_result_done(struct job_result *r);

/* Blocks until the end or the deadline. */
int job_run(const struct job *job, struct job_result *ret, struct err *err);
