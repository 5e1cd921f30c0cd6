/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "jvm/facts.h"

/* From evidence to what happened: pure, no I/O, no clock, no allocation. The supervisor asks it at
 * the death (restart and events depend on the kind), the collector again when the digest knows
 * more. */

enum incident_kind {
	KIND_NONE, /* nothing worth an incident: a requested stop, the program's own exit 0 */
	KIND_OOM,
	KIND_CRASH,
	KIND_OOM_KILLER,
	KIND_KILLED,
	KIND_EXIT, /* the program's own exit code, not 0: an incident only if [collect] on has it */
	KIND_START_FAILED,
	KIND_STOP_TIMEOUT,
	KIND_COUNT,
};

extern const char *const kind_names[KIND_COUNT]; /* "none", "oom", ... as in the contract */

enum confidence { CONFIDENCE_PRESUMED, CONFIDENCE_CONFIRMED };

enum oom_kind {
	OOM_UNKNOWN,
	OOM_HEAP,
	OOM_GC_OVERHEAD,
	OOM_METASPACE,
	OOM_CLASS_SPACE,
	OOM_ARRAY,
	OOM_NATIVE, /* the VM's own malloc or mmap failed */
	OOM_KIND_COUNT,
};

extern const char *const oom_kind_names[OOM_KIND_COUNT]; /* "", "heap", "gc-overhead", ... */

/* The numbers, and the texts that make the sentence better; every pointer may be NULL. */
struct evidence {
	const struct fact_nums *num;
	const char *app;
	const char *hserr_frame, *hserr_library, *hserr_reason, *oom_message;
	const char *refused; /* the option that it is likely to have refused, in words */
};

#define VERDICT_EVIDENCE 8

struct verdict {
	enum incident_kind kind;
	enum confidence confidence;
	enum oom_kind oom_kind;
	char sentence[512]; /* what happened, and where it is known what to do, for a tired person
			     */
	char evidence[VERDICT_EVIDENCE][192]; /* in words, the strongest first */
	unsigned n_evidence;
};

void verdict_decide(const struct evidence *e, struct verdict *ret);

/* The evidence as a decoded record has it (pointers borrowed from f). */
struct evidence verdict_evidence(const struct facts *f);

/* Adds a verdict's numbers (KIND, CONFIDENCE, OOM_KIND) to the record's. */
void verdict_nums(const struct verdict *v, struct fact_nums *ret);
