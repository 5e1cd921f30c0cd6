/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment that hooks see of us, for the supervisor (events up to the death) and the
 * collector (collected). A variable that is not known yet is there and empty, so that a script
 * under "set -u" runs at every event.
 */
#include "jvm/hookvars.h"
#include "jvm/verdict.h"

static void put_text(struct strbuf *b, const char *name, const char *value)
{
	strbuf_puts(b, name);
	strbuf_putc(b, '=');
	strbuf_puts(b, value ? value : "");
}

static void put_num(struct strbuf *b, const char *name, const struct fact_nums *n, enum fact_num f)
{
	strbuf_puts(b, name);
	strbuf_putc(b, '=');
	if (n->has[f])
		strbuf_printf(b, "%llu", (unsigned long long)n->v[f]);
}

static const char *kind_text(const struct fact_nums *n)
{
	uint64_t kind = fact_get(n, FACT_KIND, KIND_NONE);

	return kind > KIND_NONE && kind < KIND_COUNT ? kind_names[kind] : NULL;
}

static const char *oom_kind_text(const struct fact_nums *n)
{
	uint64_t kind = fact_get(n, FACT_OOM_KIND, OOM_UNKNOWN);

	return kind < OOM_KIND_COUNT ? oom_kind_names[kind] : NULL;
}

void hookvars_make(const struct hookvars_in *in, struct hookvars *ret)
{
	const struct fact_nums *n = in->num;
	const struct {
		const char *name;
		const char *text;
		int num; /* a fact_num, or -1: the text */
	} vars[] = {
		{ "JVISOR_EVENT", in->event, -1 },
		{ "JVISOR_PID", NULL, FACT_PID },
		{ "JVISOR_KIND", kind_text(n), -1 },
		{ "JVISOR_OOM_KIND", oom_kind_text(n), -1 },
		{ "JVISOR_MESSAGE", in->message, -1 },
		{ "JVISOR_EXIT_CODE", NULL, FACT_EXIT_CODE },
		{ "JVISOR_SIGNAL", NULL, FACT_SIGNAL },
		{ "JVISOR_INCIDENT", in->incident, -1 },
		{ "JVISOR_INCIDENT_DIR", in->incident_dir, -1 },
		{ "JVISOR_HS_ERR", in->hs_err, -1 },
		{ "JVISOR_CORE", in->core, -1 },
		{ "JVISOR_HEAP_DUMP", in->heap_dump, -1 },
		{ "JVISOR_REPORT", in->report, -1 },
		{ "JVISOR_RESTARTS", NULL, FACT_RESTARTS },
		{ "JVISOR_APP", in->app, -1 },
		{ "JVISOR_JAVA_HOME", in->java_home, -1 },
		{ "JVISOR_JAVA_VERSION", in->java_version, -1 },
	};
	char *at = ret->text;
	size_t room = sizeof(ret->text), n_env = 0;

	_Static_assert(ARRAY_SIZE(vars) < HOOKVARS_MAX, "a place for the NULL at the end");
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++) {
		struct strbuf b = { .buf = at, .cap = room, .fixed = true };

		if (vars[i].num >= 0)
			put_num(&b, vars[i].name, n, (enum fact_num)vars[i].num);
		else
			put_text(&b, vars[i].name, vars[i].text);
		if (strbuf_error(&b)) { /* half a path is worse than none */
			b = (struct strbuf){ .buf = at, .cap = room, .fixed = true };
			put_text(&b, vars[i].name, NULL);
			if (strbuf_error(&b))
				break;
		}
		ret->env[n_env++] = at;
		at += b.len + 1;
		room -= b.len + 1;
	}
	ret->env[n_env] = NULL;
}
