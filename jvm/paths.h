/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/err.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Path templates, in two steps. A policy's path knows %p %t %h %i ${ENV} %%; the plan expands
 * all of it but the pid, which nobody knows before the fork. What is left is a *pid template*:
 * %p (the JVM's pid), %n (number of the start within this jvisor, four digits), %% . The
 * child expands it between fork and exec, the supervisor and the collector after. */

struct path_vars {
	const char *start;    /* %t, a clock_stamp */
	const char *host;     /* %h */
	const char *instance; /* %i */
	const struct strv *env;
};

/* Policy template -> pid template. -EINVAL with a sentence for an unknown %x or ${NAME}. */
int path_expand(struct slice text, const struct path_vars *vars, struct strbuf *ret,
		struct err *err);

/* Text -> pid template that means exactly this text (each % doubled). */
void path_escape(struct slice text, struct strbuf *ret);

/* Pid template -> path; allocation-free with a fixed strbuf. */
void path_fill(struct slice tmpl, long pid, unsigned run, struct strbuf *ret);

/* Pid template -> what to write as the value of a JVM flag that the JVM itself expands
 * (ErrorFile everywhere, HeapDumpPath from 25 on): %p and %% are left to it. 1: nothing is left for
 * the child to do (no %n); 0: the result is still a template for path_fill, with the JVM's own %
 * doubled. */
int path_for_jvm(struct slice tmpl, struct strbuf *ret);

/* The first release that expands %p in HeapDumpPath (observed on 8 to 28). */
#define HEAP_DUMP_EXPANDS 25

/* Where this JVM will write its heap dump and hs_err file, given the effective flag values
 * (NULL or "": default) and release; pid templates relative to cwd made absolute. gzip: a
 * HeapDumpGzipLevel over 0. dir_exists tells whether a path is an existing folder. */
int path_heap_dump(const char *value, unsigned feature, bool gzip, const char *cwd,
		   bool (*dir_exists)(const char *path), struct strbuf *ret);
int path_error_file(const char *value, unsigned feature, const char *cwd, struct strbuf *ret);
