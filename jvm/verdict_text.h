/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"
#include "jvm/verdict.h"

/* The words of a verdict whose kind, confidence and OOM kind are decided; only for verdict.c. */

typedef void verdict_tell(const struct evidence *e, const struct verdict *v, struct strbuf *s);

verdict_tell tell_not_run, tell_refused, tell_oom, tell_oom_or_exit, tell_went_on, tell_crash,
	tell_oom_killer, tell_killed, tell_lost, tell_stop_timeout, tell_exit, tell_none;

void verdict_tell_evidence(const struct evidence *e, struct verdict *v);

/* Makes what does not fit or may not be printed harmless: a whole UTF-8 text is left. */
void verdict_clean(char *text);

/* What both the rules and the words go by. */
bool fact_yes(const struct fact_nums *n, enum fact_num f);
bool fact_is(const struct fact_nums *n, enum fact_num f, uint64_t v);
bool fact_near(const struct fact_nums *n, enum fact_num used, enum fact_num max, unsigned percent);
/* Kills by the kernel in the JVM's cgroup while it ran; -1: not known. */
int64_t fact_oom_kills(const struct fact_nums *n);
int64_t fact_host_kills(const struct fact_nums *n); /* the same, of the whole machine */

/* G1 gives up with 6 to 8 % of a small heap unused (regions), Serial and Parallel with a survivor
 * space; observed on 17 and 25. */
#define HEAP_NEAR 85
#define OLD_NEAR  99
#define META_NEAR 97

#define LOADER_EXIT 127 /* of ld.so, where a shared library is missing */
