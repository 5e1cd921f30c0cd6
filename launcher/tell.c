/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages that a machine may look for, too: in the journal each has its MESSAGE_ID and what is
 * known of the death as fields. On stderr and in a file they are lines as all others.
 */
#include <stdio.h>
#include "base/log.h"
#include "launcher/sup.h"

static const char *const message_ids[] = {
#define EVENT(name, id) [EVENT_##name] = (id),
#include "launcher/events.def"
#undef EVENT
};

_Static_assert(ARRAY_SIZE(message_ids) == EVENT_COUNT, "an id for each");

#define FIELDS_MAX 16

struct fields {
	struct log_field f[FIELDS_MAX];
	size_t n;
	char numbers[8][24];
	size_t n_numbers;
};

static void add(struct fields *f, const char *name, const char *value)
{
	if (value && *value)
		f->f[f->n++] = (struct log_field){ name, value };
}

static void add_fact(struct fields *f, const struct sup *s, const char *name, enum fact_num fact)
{
	char *text = f->numbers[f->n_numbers];

	if (!s->nums.has[fact])
		return;
	(void)snprintf(text, sizeof(f->numbers[0]), "%llu",
		       (unsigned long long)fact_get(&s->nums, fact, 0));
	f->n_numbers++;
	add(f, name, text);
}

static void of_event(struct fields *f, const struct sup *s, enum tell_event event)
{
	const struct block *b = s->block;

	*f = (struct fields){ 0 };
	add(f, "MESSAGE_ID", message_ids[event]);
	add(f, "JVISOR_APP", block_str(b, b->app));
	add(f, "JVISOR_JAVA_VERSION", block_str(b, b->java_version));
	add_fact(f, s, "JVISOR_PID", FACT_PID);
	add_fact(f, s, "JVISOR_RESTARTS", FACT_RESTARTS);
}

static void of_death(struct fields *f, const struct sup *s)
{
	add(f, "JVISOR_KIND", kind_names[s->verdict.kind]);
	add(f, "JVISOR_OOM_KIND", oom_kind_names[s->verdict.oom_kind]);
	add(f, "JVISOR_VERDICT", s->verdict.sentence);
	add(f, "JVISOR_CONFIDENCE",
	    s->verdict.confidence == CONFIDENCE_CONFIRMED ? "confirmed" : "presumed");
	add_fact(f, s, "JVISOR_EXIT_CODE", FACT_EXIT_CODE);
	add_fact(f, s, "JVISOR_SIGNAL", FACT_SIGNAL);
}

void tell_death(const struct sup *s)
{
	struct fields f;

	of_event(&f, s, EVENT_DEATH);
	of_death(&f, s);
	log_event(LOG_LEVEL_ERROR, f.f, f.n, "%s", s->verdict.sentence);
}

void tell_incident(const struct sup *s, const char *id, bool last_death)
{
	const char *store = block_str(s->block, s->block->store);
	struct fields f = { 0 };

	if (last_death) {
		of_event(&f, s, EVENT_INCIDENT);
		of_death(&f, s);
	} else {
		add(&f, "MESSAGE_ID", message_ids[EVENT_INCIDENT]);
	}
	add(&f, "JVISOR_INCIDENT", id);
	add(&f, "JVISOR_STORE", store);
	log_event(LOG_LEVEL_NOTICE, f.f, f.n, "incident %s in %s: jvisorctl show %s", id, store,
		  id);
}

void tell_restart(const struct sup *s)
{
	struct fields f;

	of_event(&f, s, EVENT_RESTART);
	of_death(&f, s);
	log_event(LOG_LEVEL_NOTICE, f.f, f.n, "starting %s again (restart %u)",
		  block_str(s->block, s->block->app), s->starts);
}

void tell_give_up(const struct sup *s)
{
	struct fields f;

	of_event(&f, s, EVENT_GIVE_UP);
	of_death(&f, s);
	log_event(LOG_LEVEL_ERROR, f.f, f.n, "giving up after %llu restarts",
		  (unsigned long long)s->block->restart.limit);
}
