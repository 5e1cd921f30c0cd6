/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same content as explain.c, for programs. Keys are only ever added.
 */
#include "policy/explain.h"

#include "base/json.h"

static const char *const edit_names[EDIT_KIND_COUNT] = {
	[EDIT_ADD] = "add",
	[EDIT_REMOVE] = "remove",
	[EDIT_REPLACE] = "replace",
	[EDIT_ENV_REMOVE] = "remove_from_variable",
	[EDIT_ENV_ADD] = "add_to_variable",
	[EDIT_NOTE] = "note",
};

static struct js *built(const struct strbuf *text)
{
	return strbuf_error(text) ? NULL : js_str(strbuf_str(text));
}

static void set_filled(struct js *object, const char *key, const struct decision *d,
		       const char *text, bool tmpl)
{
	_cleanup_strbuf_ struct strbuf shown = STRBUF_INIT;
	struct mask mask = { .names = &d->policy.secrets };

	if (!text)
		return;
	explain_filled(&mask, text, tmpl, &shown);
	js_set(object, key, built(&shown));
}

/* Somebody's text that quotes somebody else's. */
static struct js *masked(const struct decision *d, const char *text)
{
	_cleanup_strbuf_ struct strbuf shown = STRBUF_INIT;

	mask_text(&d->policy.secrets, slice_of(text), &shown);
	return built(&shown);
}

static void set_masked(struct js *object, const char *key, const struct decision *d,
		       const char *text)
{
	if (text && *text)
		js_set(object, key, masked(d, text));
}

static struct js *java_json(const struct decision *d)
{
	struct js *o = js_object();

	js_set_str(o, "path", d->jdk.java);
	js_set_str(o, "found_by", d->java_how);
	js_set_str(o, "home", d->jdk.home);
	js_set_str(o, "version", d->jdk.version_text);
	js_set_str(o, "vendor", d->jdk.vendor);
	js_set_str(o, "kind", jvm_kind_names[d->jdk.kind]);
	return o;
}

static struct js *strv_json(const struct decision *d, const struct strv *v)
{
	struct js *a = js_array();

	for (size_t i = 0; i < v->n; i++)
		js_push(a, masked(d, v->v[i]));
	return a;
}

static struct js *policy_json(const struct decision *d)
{
	struct js *o = js_object(), *findings = js_array();

	js_set_str(o, "profile", profile_names[d->policy.profile]);
	js_set(o, "sources", strv_json(d, &d->policy.sources));
	js_set(o, "overrides", strv_json(d, &d->policy.overrides));
	for (size_t i = 0; i < d->diags.n; i++) {
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

		diag_format(&d->diags.items[i], &text);
		js_push(findings, masked(d, strbuf_str(&text)));
	}
	js_set(o, "findings", findings);
	return o;
}

static struct js *store_json(const struct decision *d)
{
	struct js *o = js_object();

	js_set_str(o, "path", d->store.path);
	if (d->store.path) {
		js_set_bool(o, "exists", d->store.fd >= 0);
		js_set_bool(o, "volatile", d->store.volatile_);
	}
	if (d->store_err.code)
		js_set_str(o, "error", d->store_err.msg);
	return o;
}

static struct js *edits_json(const struct decision *d)
{
	const struct plan *p = &d->plan;
	struct js *a = js_array();

	for (size_t i = 0; i < p->n_edits; i++) {
		const struct edit *e = &p->edits[i];
		struct js *o = js_object();

		js_set_str(o, "kind", edit_names[e->kind]);
		js_set_str(o, "flag", e->flag);
		set_filled(o, "text", d, e->text, e->tmpl);
		set_filled(o, "old", d, e->old, false);
		if (e->old)
			js_set_str(o, "from", flag_origin_names[e->origin]);
		set_masked(o, "reason", d, e->reason);
		js_push(a, o);
	}
	return a;
}

static struct js *flags_json(const struct decision *d)
{
	const struct plan *p = &d->plan;
	struct js *a = js_array();

	for (size_t i = 0; i < p->n_flags; i++) {
		const struct plan_flag *f = &p->flags[i];
		struct js *o = js_object();

		js_set_str(o, "name", f->name);
		set_filled(o, "value", d, f->value, f->tmpl);
		js_set_str(o, "origin", flag_origin_names[f->origin]);
		js_set_str(o, "where", f->where);
		set_masked(o, "reason", d, f->reason);
		js_push(a, o);
	}
	return a;
}

static struct js *argv_json(const struct decision *d)
{
	struct mask mask = { .names = &d->policy.secrets };
	struct js *a = js_array();

	js_push(a, js_str(d->jdk.java));
	for (size_t i = 0; i < d->out.argv.n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		explain_filled(&mask, d->out.argv.v[i], d->out.tmpl[i], &word);
		js_push(a, built(&word));
	}
	return a;
}

/* What java makes of the words as they came: the program and the properties, in order. */
static void set_line(struct js *object, const struct decision *d)
{
	static const char *const kinds[] = {
		[MAIN_NONE] = NULL,	  [MAIN_CLASS] = "class",   [MAIN_JAR] = "jar",
		[MAIN_MODULE] = "module", [MAIN_SOURCE] = "source",
	};
	const struct cmdline *c = &d->line.cmd;
	struct js *program = js_object(), *arguments = js_array(), *properties = js_array();
	struct mask mask = { .names = &d->policy.secrets };

	js_set_str(program, "kind", kinds[c->main_kind]);
	if (c->main_kind != MAIN_NONE) {
		const char *name = c->args[c->main].text;

		set_filled(program, "name", d, name + (strncmp(name, "--module=", 9) ? 0 : 9),
			   false);
	}
	for (size_t i = c->main + 1; i < c->n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		explain_filled(&mask, c->args[i].text, false, &word);
		js_push(arguments, built(&word));
	}
	for (size_t i = 0; i < d->line.properties.n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT, shown = STRBUF_INIT;

		strbuf_printf(&word, "-D%s", d->line.properties.v[i]);
		explain_filled(&mask, strbuf_str(&word), false, &shown);
		js_push(properties, built(&shown));
	}
	js_set(program, "arguments", arguments);
	js_set(object, "program", program);
	js_set(object, "properties", properties);
}

/* The variables that Java reads, as it will see them. */
static struct js *environment_json(const struct decision *d)
{
	struct js *o = js_object();

	for (int i = ORIGIN_JAVA_TOOL_OPTIONS; i <= ORIGIN_UNDERSCORE; i++) {
		const char *value = strv_env_get(&d->out.env, flag_origin_names[i]);
		_cleanup_strbuf_ struct strbuf shown = STRBUF_INIT;

		if (i == ORIGIN_COMMAND_LINE || !value)
			continue;
		explain_variable(&d->policy.secrets, value, &shown);
		js_set(o, flag_origin_names[i], built(&shown));
	}
	return o;
}

int explain_json(const struct decision *d, struct strbuf *out)
{
	_cleanup_js_ struct js *o = js_object();

	js_set(o, "java", java_json(d));
	js_set(o, "policy", policy_json(d));
	js_set(o, "store", store_json(d));
	js_set_bool(o, "straight", d->straight);
	js_set_str(o, "straight_why", d->straight_why);
	js_set(o, "edits", edits_json(d));
	js_set(o, "flags", flags_json(d));
	js_set(o, "warnings", strv_json(d, &d->plan.warnings));
	set_filled(o, "hs_err_path", d, d->plan.hs_err_path, true);
	set_filled(o, "heap_dump_path", d, d->plan.heap_dump_path, true);
	set_line(o, d);
	js_set(o, "argv", argv_json(d));
	js_set(o, "environment", environment_json(d));
	return js_format(o, false, out);
}
