/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision told to a person. Every line that changes something stands next to its reason, and
 * what is left alone is told too: the question is as often "why not" as "why".
 *
 * Everything printed goes through strbuf_shell or mask_word and strbuf_shell: arguments are
 * other people's text.
 */
#include "policy/explain.h"

#include <errno.h>
#include <stdio.h>
#include "jvm/envopts.h"

/* What an edit does to the line; "=" of a note: nothing. */
static const char *sign_of(const struct edit *e)
{
	static const char *const signs[EDIT_KIND_COUNT] = {
		[EDIT_ADD] = "+",	 [EDIT_REMOVE] = "-",  [EDIT_REPLACE] = "~",
		[EDIT_ENV_REMOVE] = "-", [EDIT_ENV_ADD] = "+", [EDIT_NOTE] = "=",
	};

	return signs[e->kind];
}

struct page {
	struct strbuf *out;
	const struct strv *secrets;
	const char *bold, *dim, *yellow, *plain; /* "" without colour */
};

static void heading(const struct page *p, const char *text)
{
	strbuf_printf(p->out, "\n%s%s%s\n", p->bold, text, p->plain);
}

static void row(const struct page *p, const char *name, const char *value)
{
	strbuf_printf(p->out, "%s%-10s%s %s\n", p->bold, name, p->plain, value);
}

void explain_filled(struct mask *mask, const char *text, bool tmpl, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf filled = STRBUF_INIT;
	struct slice rest = slice_of(tmpl ? text : "");

	while (rest.len) {
		bool pid = slice_starts(rest, "%p"), number = slice_starts(rest, "%n");
		bool pair = pid || number || slice_starts(rest, "%%");

		if (pid || number)
			strbuf_puts(&filled, pid ? "PID" : "0000");
		else
			strbuf_putc(&filled, *rest.ptr);
		rest = slice_skip(rest, pair ? 2 : 1);
	}
	mask_word(mask, tmpl ? strbuf_str(&filled) : text, out);
	if (strbuf_error(&filled))
		out->err = strbuf_error(&filled);
}

void explain_variable(const struct strv *secrets, const char *value, struct strbuf *out)
{
	_cleanup_strv_ struct strv words = STRV_INIT, shown = STRV_INIT;
	struct mask mask = { .names = secrets };

	if (envopts_split(slice_of(value), &words)) {
		strbuf_puts(out, "***");
		return;
	}
	for (size_t i = 0; i < words.n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		mask_word(&mask, words.v[i], &word);
		strv_push(&shown, strbuf_error(&word) ? "***" : strbuf_str(&word));
	}
	if (shown.err || envopts_join(&shown, out) < 0)
		out->err = shown.err ? shown.err : -ENOMEM;
}

static void shell_filled(const struct page *p, const char *text, bool tmpl)
{
	_cleanup_strbuf_ struct strbuf shown = STRBUF_INIT;
	struct mask mask = { .names = p->secrets };

	explain_filled(&mask, text, tmpl, &shown);
	strbuf_shell(p->out, strbuf_str(&shown));
}

/* Somebody's text that quotes somebody else's. */
static void put_masked(const struct page *p, const char *text)
{
	mask_text(p->secrets, slice_of(text ? text : ""), p->out);
}

static void tell_java(const struct page *p, const struct decision *d)
{
	_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

	strbuf_shell(&line, d->jdk.java);
	strbuf_printf(&line, " (%s)", d->java_how);
	row(p, "java", strbuf_str(&line));
	strbuf_reset(&line);
	if (d->jdk.version_text || d->jdk.vendor)
		strbuf_printf(&line, "%s%s%s, ", d->jdk.vendor ? d->jdk.vendor : "",
			      d->jdk.vendor && d->jdk.version_text ? " " : "",
			      d->jdk.version_text ? d->jdk.version_text : "");
	strbuf_puts(&line, jvm_kind_names[d->jdk.kind]);
	row(p, "", strbuf_str(&line));
}

static void tell_policy(const struct page *p, const struct decision *d)
{
	_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "%sprofile %s", d->policy.sources.n ? "" : "built-in ",
		      profile_names[d->policy.profile]);
	row(p, "policy", strbuf_str(&line));
	for (size_t i = 0; i < d->policy.sources.n; i++)
		row(p, "", d->policy.sources.v[i]);
	for (size_t i = 0; i < d->policy.overrides.n; i++) {
		strbuf_reset(&line);
		mask_text(p->secrets, slice_of(d->policy.overrides.v[i]), &line);
		row(p, "", strbuf_str(&line));
	}
}

static void tell_store(const struct page *p, const struct decision *d)
{
	_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

	if (d->store.path) {
		strbuf_shell(&line, d->store.path);
		if (d->store.volatile_)
			strbuf_puts(&line, " (in memory: gone with the machine)");
	} else {
		strbuf_printf(&line, "none: %s",
			      d->store_err.code ? d->store_err.msg : "nothing is collected");
	}
	row(p, "incidents", strbuf_str(&line));
}

static void tell_edit(const struct page *p, const struct edit *e)
{
	strbuf_printf(p->out, "  %s ", sign_of(e));
	if (e->kind == EDIT_NOTE) {
		strbuf_printf(p->out, "%s%s", e->flag ? e->flag : "", e->flag ? ": " : "");
		put_masked(p, e->reason);
		strbuf_putc(p->out, '\n');
		return;
	}
	if (e->old)
		shell_filled(p, e->old, false);
	if (e->kind == EDIT_REMOVE || e->kind == EDIT_ENV_REMOVE || e->kind == EDIT_ENV_ADD)
		strbuf_printf(p->out, " (%s)", flag_origin_names[e->origin]);
	if (e->old && e->text)
		strbuf_puts(p->out, "\n    ");
	if (e->text)
		shell_filled(p, e->text, e->tmpl);
	strbuf_printf(p->out, "\n      %s", p->dim);
	put_masked(p, e->reason);
	strbuf_printf(p->out, "%s\n", p->plain);
}

static void tell_flags(const struct page *p, const struct plan *plan)
{
	heading(p, "flags");
	for (size_t i = 0; i < plan->n_flags; i++) {
		const struct plan_flag *f = &plan->flags[i];

		strbuf_printf(p->out, "  %-28s ", f->name);
		shell_filled(p, f->value, f->tmpl);
		strbuf_printf(p->out, "  %s%s%s%s\n", p->dim, f->where ? f->where : "",
			      f->origin == ORIGIN_POLICY ? " (jvisor)" : "", p->plain);
	}
}

static void tell_environment(const struct page *p, const struct decision *d)
{
	for (int o = ORIGIN_JAVA_TOOL_OPTIONS; o <= ORIGIN_UNDERSCORE; o++) {
		const char *name = flag_origin_names[o], *value = strv_env_get(&d->out.env, name);
		bool changed = false;

		for (size_t i = 0; i < d->plan.n_edits; i++)
			changed |= d->plan.edits[i].kind == EDIT_ENV_REMOVE &&
				   (int)d->plan.edits[i].origin == o;
		if (!changed)
			continue;
		strbuf_printf(p->out, "  %s%s", value ? "" : "unset ", name);
		if (value) {
			_cleanup_strbuf_ struct strbuf shown = STRBUF_INIT;

			explain_variable(p->secrets, value, &shown);
			strbuf_putc(p->out, '=');
			strbuf_shell(p->out, strbuf_str(&shown));
		}
		strbuf_puts(p->out, value ? " \\\n" : "; \\\n");
	}
}

static void tell_command(const struct page *p, const struct decision *d)
{
	struct mask mask = { .names = p->secrets };

	heading(p, "command");
	tell_environment(p, d);
	strbuf_puts(p->out, "  ");
	strbuf_shell(p->out, d->jdk.java);
	for (size_t i = 0; i < d->out.argv.n; i++) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		explain_filled(&mask, d->out.argv.v[i], d->out.tmpl[i], &word);
		strbuf_puts(p->out, " \\\n    ");
		strbuf_shell(p->out, strbuf_str(&word));
	}
	strbuf_putc(p->out, '\n');
}

int explain_text(const struct decision *d, bool colour, struct strbuf *out)
{
	const struct page p = {
		.out = out,
		.secrets = &d->policy.secrets,
		.bold = colour ? "\033[1m" : "",
		.dim = colour ? "\033[2m" : "",
		.yellow = colour ? "\033[33m" : "",
		.plain = colour ? "\033[0m" : "",
	};

	tell_java(&p, d);
	tell_policy(&p, d);
	if (!d->straight)
		tell_store(&p, d);
	if (d->straight)
		row(&p, "straight", d->straight_why);
	if (d->plan.n_edits) {
		heading(&p, "changes");
		for (size_t i = 0; i < d->plan.n_edits; i++)
			tell_edit(&p, &d->plan.edits[i]);
	}
	if (d->plan.n_flags)
		tell_flags(&p, &d->plan);
	if (d->plan.warnings.n)
		heading(&p, "warnings");
	for (size_t i = 0; i < d->plan.warnings.n; i++) {
		strbuf_printf(out, "  %s!%s ", p.yellow, p.plain);
		put_masked(&p, d->plan.warnings.v[i]);
		strbuf_putc(out, '\n');
	}
	tell_command(&p, d);
	return strbuf_error(out);
}
