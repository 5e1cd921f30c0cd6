/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The incident in memory: its lists and its verdict.
 *
 * The kind is part of the id, which scripts have seen as soon as the claim was made, so a digest
 * that learns more makes the sentence better and never changes the kind.
 */
#include "incident/incident.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"

const char *const incident_status_names[INCIDENT_STATUS_COUNT] = {
	[INCIDENT_IN_PROGRESS] = "in progress",
	[INCIDENT_COMPLETE] = "complete",
	[INCIDENT_PARTIAL] = "partial",
	[INCIDENT_FAILED] = "failed",
};

const char *const artifact_type_names[ARTIFACT_TYPE_COUNT] = {
	[ARTIFACT_HS_ERR] = "hs_err",
	[ARTIFACT_CORE] = "core",
	[ARTIFACT_HEAP_DUMP] = "heap-dump",
	[ARTIFACT_FILE] = "file",
};

const char *const artifact_state_names[ARTIFACT_STATE_COUNT] = {
	[ARTIFACT_TAKEN] = "taken",
	[ARTIFACT_COMPRESSED] = "compressed",
	[ARTIFACT_REFERENCED] = "referenced",
	[ARTIFACT_REMOVED] = "removed",
};

const char *const step_status_names[STEP_STATUS_COUNT] = {
	[STEP_OK] = "ok",
	[STEP_FAILED] = "failed",
	[STEP_SKIPPED] = "skipped",
};

static void artifact_done(struct artifact *a)
{
	free(a->name);
	free(a->source);
}

static void step_done(struct step *s)
{
	free(s->name);
	free(s->text);
}

static void hook_row_done(struct hook_row *h)
{
	free(h->event);
	free(h->name);
	free(h->status);
	free(h->reason);
}

void incident_clear_hooks(struct incident *inc)
{
	for (size_t i = 0; i < inc->n_hooks; i++)
		hook_row_done(&inc->hooks[i]);
	free(inc->hooks);
	inc->hooks = NULL;
	inc->n_hooks = 0;
}

void incident_done(struct incident *inc)
{
	for (size_t i = 0; i < inc->n_artifacts; i++)
		artifact_done(&inc->artifacts[i]);
	for (size_t i = 0; i < inc->n_steps; i++)
		step_done(&inc->steps[i]);
	incident_clear_hooks(inc);
	free(inc->artifacts);
	free(inc->steps);
	strv_done(&inc->found);
	facts_done(&inc->facts);
	*inc = (struct incident){ 0 };
}

enum incident_kind incident_kind(const struct incident *inc)
{
	uint64_t kind = fact_get(&inc->facts.num, FACT_KIND, KIND_NONE);

	return kind < KIND_COUNT ? (enum incident_kind)kind : KIND_NONE;
}

/* These lists have a handful of rows each, so they grow by one. */
static void *one_more(struct incident *inc, void *items, size_t n, size_t size)
{
	void *more = reallocarray(items, n + 1, size);

	if (more)
		memset((char *)more + n * size, 0, size);
	else
		inc->err = -ENOMEM;
	return more;
}

static char *copy_text(struct incident *inc, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		inc->err = -ENOMEM;
	return copy;
}

struct artifact *incident_add_artifact(struct incident *inc, enum artifact_type type,
				       const char *name, const char *source)
{
	struct artifact *more =
		one_more(inc, inc->artifacts, inc->n_artifacts, sizeof(*inc->artifacts));
	struct artifact *a;

	if (!more)
		return NULL;
	inc->artifacts = more;
	a = &more[inc->n_artifacts];
	a->type = type;
	a->name = copy_text(inc, name);
	a->source = copy_text(inc, source);
	if (!a->name || (source && !a->source)) {
		artifact_done(a);
		return NULL;
	}
	inc->n_artifacts++;
	return a;
}

const struct artifact *incident_find_artifact(const struct incident *inc, enum artifact_type type)
{
	for (size_t i = 0; i < inc->n_artifacts; i++)
		if (inc->artifacts[i].type == type)
			return &inc->artifacts[i];
	return NULL;
}

int artifact_rename(struct artifact *a, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	free(a->name);
	a->name = copy;
	return 0;
}

static struct step *step_named(struct incident *inc, const char *name)
{
	struct step *more;

	for (size_t i = 0; i < inc->n_steps; i++) {
		if (!strcmp(inc->steps[i].name, name)) {
			free(inc->steps[i].text);
			inc->steps[i].text = NULL;
			return &inc->steps[i];
		}
	}
	more = one_more(inc, inc->steps, inc->n_steps, sizeof(*inc->steps));
	if (!more)
		return NULL;
	inc->steps = more;
	more[inc->n_steps].name = copy_text(inc, name);
	if (!more[inc->n_steps].name)
		return NULL;
	return &more[inc->n_steps++];
}

struct step *incident_step(struct incident *inc, const char *name, enum step_status status,
			   uint64_t since, uint64_t bytes, const char *text)
{
	struct step *s = step_named(inc, name);

	if (!s)
		return NULL;
	s->status = status;
	s->ms = since ? (clock_mono() - since) / NSEC_PER_MSEC : 0;
	s->bytes = bytes;
	s->text = copy_text(inc, text && *text ? text : NULL);
	return s;
}

void incident_add_hook(struct incident *inc, const struct hook_row *row)
{
	struct hook_row *more = one_more(inc, inc->hooks, inc->n_hooks, sizeof(*inc->hooks));
	struct hook_row *h;

	if (!more)
		return;
	inc->hooks = more;
	h = &more[inc->n_hooks];
	*h = (struct hook_row){
		.event = copy_text(inc, row->event),
		.name = copy_text(inc, row->name),
		.status = copy_text(inc, row->status),
		.reason = copy_text(inc, row->reason),
		.exit_code = row->exit_code,
		.ms = row->ms,
	};
	if (h->event && h->name && h->status)
		inc->n_hooks++;
	else
		hook_row_done(h);
}

void incident_conclude(struct incident *inc)
{
	bool failed = false;

	for (size_t i = 0; i < inc->n_steps; i++)
		failed |= inc->steps[i].status == STEP_FAILED;
	inc->status = !failed		 ? INCIDENT_COMPLETE
		      : inc->n_artifacts ? INCIDENT_PARTIAL
					 : INCIDENT_FAILED;
}

static int take_verdict(struct facts *f, const struct verdict *v)
{
	struct strv evidence = STRV_INIT;
	int r = facts_set_str(f, FACT_VERDICT, v->sentence);

	for (unsigned i = 0; i < v->n_evidence; i++)
		strv_push(&evidence, v->evidence[i]);
	if (r || evidence.err) {
		strv_done(&evidence);
		return r ? r : evidence.err;
	}
	strv_done(&f->list[FACT_EVIDENCE]);
	f->list[FACT_EVIDENCE] = evidence;
	verdict_nums(v, &f->num);
	return 0;
}

int incident_judge(struct incident *inc)
{
	struct facts *f = &inc->facts;
	const char *old = f->str[FACT_VERDICT];
	struct evidence e = verdict_evidence(f);
	struct verdict v;
	int r;

	verdict_decide(&e, &v);
	if (f->num.has[FACT_KIND] && v.kind != incident_kind(inc))
		return 0;
	r = !old || strcmp(old, v.sentence) != 0;
	return take_verdict(f, &v) < 0 ? -ENOMEM : r;
}

int incident_write(const struct incident *inc, int dir, struct err *err)
{
	_cleanup_strbuf_ struct strbuf json = STRBUF_INIT, report = STRBUF_INIT;
	int r = inc->err;

	if (!r)
		r = incident_format_json(inc, &json);
	incident_format_report(inc, &report);
	if (!r)
		r = strbuf_error(&report);
	if (r)
		return err_errno(err, -r, "cannot write the report");
	r = file_replace(dir, "report.txt", report.buf, report.len, 0600, err);
	if (!r)
		r = file_replace(dir, "incident.json", json.buf, json.len, 0600, err);
	return r;
}
