/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "base/digest.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "jvm/facts.h"
#include "jvm/verdict.h"

/* One incident in memory while it is collected: what is known of the life (facts), what was taken,
 * what was done about it, which hooks ran. incident.json and report.txt are two views of it. */

#define INCIDENT_ID_MAX	  64
#define INCIDENT_TEXT_MAX (8 * 1024 * 1024) /* incident.json or report.txt, when read back */

enum incident_status {
	INCIDENT_IN_PROGRESS,
	INCIDENT_COMPLETE,
	INCIDENT_PARTIAL, /* a step failed */
	INCIDENT_FAILED,  /* steps failed and nothing was taken */
	INCIDENT_STATUS_COUNT,
};

extern const char *const incident_status_names[INCIDENT_STATUS_COUNT];

enum artifact_type {
	ARTIFACT_HS_ERR,
	ARTIFACT_CORE,
	ARTIFACT_HEAP_DUMP,
	ARTIFACT_FILE,
	ARTIFACT_TYPE_COUNT,
};

extern const char *const artifact_type_names[ARTIFACT_TYPE_COUNT];

enum artifact_state {
	ARTIFACT_TAKEN,
	ARTIFACT_COMPRESSED,
	ARTIFACT_REFERENCED, /* too large to copy: it stays at its source */
	ARTIFACT_REMOVED,    /* by retention, which keeps the text */
	ARTIFACT_STATE_COUNT,
};

extern const char *const artifact_state_names[ARTIFACT_STATE_COUNT];

struct artifact {
	enum artifact_type type;
	enum artifact_state state;
	bool cut;     /* a heap dump without its end */
	char *name;   /* below the incident's folder */
	char *source; /* the path it was taken from */
	uint64_t bytes, original_bytes;
	char sha256[DIGEST_HEX]; /* of the file as it lies in the folder; "": not yet */
};

enum step_status { STEP_OK, STEP_FAILED, STEP_SKIPPED, STEP_STATUS_COUNT };

extern const char *const step_status_names[STEP_STATUS_COUNT];

struct step {
	enum step_status status;
	char *name;
	char *text; /* the error, or why it was skipped; NULL */
	uint64_t ms, bytes;
};

/* One line of the hooks' own record, as text: it is only shown. */
struct hook_row {
	char *event, *name, *status;
	char *reason;	   /* why it did not end well; NULL or "": it did */
	int64_t exit_code; /* -1: ended by a signal, or not run */
	uint64_t ms;
};

struct incident {
	char id[INCIDENT_ID_MAX];
	struct facts facts;
	enum incident_status status;
	uint64_t collected; /* ns since the epoch; 0: not yet */
	struct artifact *artifacts;
	size_t n_artifacts;
	struct step *steps;
	size_t n_steps;
	struct hook_row *hooks;
	size_t n_hooks;
	struct strv found; /* evidence of the collector's own, behind the verdict's */
	int err;	   /* -ENOMEM, sticky */
};

void incident_done(struct incident *inc);
#define _cleanup_incident_ _cleanup_(incident_done)

enum incident_kind incident_kind(const struct incident *inc);

/* The new artifact, zeroed but for these; NULL: no memory. */
struct artifact *incident_add_artifact(struct incident *inc, enum artifact_type type,
				       const char *name, const char *source);
const struct artifact *incident_find_artifact(const struct incident *inc, enum artifact_type type);
int artifact_rename(struct artifact *a, const char *name);

/* A row of steps[]; one of the same name is replaced, so that a repeated digest tells of its last
 * try. since: the clock_mono of its beginning, 0: took no time. NULL: no memory. */
struct step *incident_step(struct incident *inc, const char *name, enum step_status status,
			   uint64_t since, uint64_t bytes, const char *text);

void incident_add_hook(struct incident *inc, const struct hook_row *row); /* copies */
void incident_clear_hooks(struct incident *inc);

/* complete, partial or failed, by the steps. */
void incident_conclude(struct incident *inc);

/* Decides the verdict anew from the facts. A kind that is already there stays: it is in the id.
 * 1: the sentence has changed, 0, -ENOMEM. */
int incident_judge(struct incident *inc);

/* incident.json, schema 1, and back (the parts that a digest needs to go on: artifacts, steps,
 * hooks). The text may be anything: -EBADMSG. */
int incident_format_json(const struct incident *inc, struct strbuf *out);
int incident_parse_json(struct slice text, struct incident *inc, struct err *err);

void incident_format_report(const struct incident *inc, struct strbuf *out);

/* Writes both into the folder; reads the first. */
int incident_write(const struct incident *inc, int dir, struct err *err);
int incident_reload(struct incident *inc, int dir, struct err *err);
