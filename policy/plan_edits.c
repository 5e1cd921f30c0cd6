/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plan changes the line: its list of edits, and what has to be done so that an option counts
 * or a forbidden one does not.
 *
 * A flag may be set on six channels and some of them cannot be edited (a -XX:Flags file, a
 * VMOptionsFile, an argument file in JDK_JAVA_OPTIONS). All but _JAVA_OPTIONS stand below the end
 * of the command line, so what cannot be taken off is outvoted there, or at the end of
 * _JAVA_OPTIONS. Options that are added go to the front: whoever adds has made sure that nothing
 * behind them says otherwise.
 */
#include "policy/planner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXTS = 4 };

/* Copies of these texts (NULL stays NULL) in one block: a line may hold thousands. NULL: no
 * memory. */
static char *join_texts(const char *const from[TEXTS], const char **const to[TEXTS])
{
	size_t len = 1;
	char *block, *at;

	for (size_t i = 0; i < TEXTS; i++)
		len += from[i] ? strlen(from[i]) + 1 : 0;
	block = at = malloc(len);
	for (size_t i = 0; block && i < TEXTS; i++) {
		*to[i] = from[i] ? at : NULL;
		at = from[i] ? stpcpy(at, from[i]) + 1 : at;
	}
	return block;
}

/* The texts of e are borrowed. */
static void add_edit(struct planner *pl, struct edit e)
{
	const char *const from[TEXTS] = { e.flag, e.text, e.old, e.reason };
	const char **const to[TEXTS] = { &e.flag, &e.text, &e.old, &e.reason };
	struct plan *p = pl->plan;

	if (p->n_edits == pl->cap_edits) {
		size_t cap = pl->cap_edits ? pl->cap_edits * 2 : 16;
		struct edit *edits = reallocarray(p->edits, cap, sizeof(*edits));

		if (!edits) {
			pl->err = -ENOMEM;
			return;
		}
		p->edits = edits;
		pl->cap_edits = cap;
	}
	e.block = join_texts(from, to);
	if (e.block)
		p->edits[p->n_edits++] = e;
	else
		pl->err = -ENOMEM;
}

/* Until the next one is asked for. */
static const char *reason_of(struct planner *pl, const struct want *w)
{
	strbuf_reset(&pl->reason);
	strbuf_printf(&pl->reason, "%s%s%s", w->where, w->reason ? ": " : "",
		      w->reason ? w->reason : "");
	if (strbuf_error(&pl->reason))
		pl->err = strbuf_error(&pl->reason);
	return pl->reason.buf;
}

void planner_note(struct planner *pl, const char *flag, const char *fmt, ...)
{
	va_list ap;

	strbuf_reset(&pl->reason);
	va_start(ap, fmt);
	strbuf_vprintf(&pl->reason, fmt, ap);
	va_end(ap);
	if (strbuf_error(&pl->reason))
		pl->err = strbuf_error(&pl->reason);
	add_edit(pl, (struct edit){ .kind = EDIT_NOTE, .flag = flag, .reason = pl->reason.buf });
}

void planner_warn(struct planner *pl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strv_vprintf(&pl->plan->warnings, fmt, ap);
	va_end(ap);
}

void planner_add_flag(struct planner *pl, const char *name, const char *value, bool tmpl,
		      enum flag_origin origin, const char *where, const char *reason)
{
	struct plan_flag f = { .tmpl = tmpl, .origin = origin };
	const char *const from[TEXTS] = { name, value, where, reason };
	const char **const to[TEXTS] = { &f.name, &f.value, &f.where, &f.reason };
	struct plan *p = pl->plan;

	if (p->n_flags == pl->cap_flags) {
		size_t cap = pl->cap_flags ? pl->cap_flags * 2 : 16;
		struct plan_flag *flags = reallocarray(p->flags, cap, sizeof(*flags));

		if (!flags) {
			pl->err = -ENOMEM;
			return;
		}
		p->flags = flags;
		pl->cap_flags = cap;
	}
	f.block = join_texts(from, to);
	if (f.block)
		p->flags[p->n_flags++] = f;
	else
		pl->err = -ENOMEM;
}

static bool is_switch(const char *name, const char *value)
{
	const struct flag_def *def = flag_def_find(slice_of(name));

	if (def)
		return def->type == FLAG_BOOL;
	return !strcmp(value, "true") || !strcmp(value, "false");
}

void planner_option_text(const char *name, const char *value, struct strbuf *out)
{
	if (is_switch(name, value))
		strbuf_printf(out, "-XX:%c%s", strcmp(value, "true") ? '-' : '+', name);
	else
		strbuf_printf(out, "-XX:%s=%s", name, value);
}

static bool editable(const struct planner *pl, const struct flag_setting *s)
{
	if (s->implied)
		return false;
	switch (s->origin) {
	case ORIGIN_COMMAND_LINE:
		return !slice_starts(slice_of(pl->in->line->cmd.args[s->arg].text),
				     "-XX:VMOptionsFile=");
	case ORIGIN_JAVA_TOOL_OPTIONS:
	case ORIGIN_JDK_JAVA_OPTIONS:
	case ORIGIN_UNDERSCORE:
		return !s->file;
	default:
		return false;
	}
}

/* A file of options goes with the option that names it, and with it all that it sets. */
static void take_off_with(struct planner *pl, const struct flag_setting *option)
{
	const struct java_line *l = pl->in->line;
	bool flags = !strcmp(option->name, "Flags");

	if (!flags && strcmp(option->name, "VMOptionsFile") != 0)
		return;
	for (size_t i = 0; i < l->n_flags; i++) {
		const struct flag_setting *s = &l->flags[i];

		if (flags ? s->origin == ORIGIN_FLAGS_FILE
			  : s->file && s->origin == option->origin && s->arg == option->arg)
			pl->gone[i] = true;
	}
}

static void touch_setting(struct planner *pl, const struct flag_setting *s, enum edit_kind kind,
			  const char *text, bool tmpl, const char *reason)
{
	_cleanup_strbuf_ struct strbuf made = STRBUF_INIT;
	const struct java_line *l = pl->in->line;
	size_t i = (size_t)(s - l->flags);
	const char *old;

	if (s->origin == ORIGIN_COMMAND_LINE) {
		old = l->cmd.args[s->arg].text;
	} else {
		planner_option_text(s->name, s->value, &made);
		old = strbuf_str(&made);
	}
	pl->gone[i] = true;
	if (i + 1 < l->n_flags && l->flags[i + 1].implied) /* what the word switched off with it */
		pl->gone[i + 1] = true;
	take_off_with(pl, s);
	add_edit(pl, (struct edit){
			     .kind = kind,
			     .flag = s->name,
			     .text = text,
			     .old = old,
			     .tmpl = tmpl,
			     .origin = s->origin,
			     .arg = s->arg,
			     .reason = reason,
		     });
}

/* A diagnostic flag is refused by the JVM unless it was unlocked before. */
static void unlock(struct planner *pl, const char *name, const char *reason)
{
	const struct flag_def *def = flag_def_find(slice_of(name ? name : ""));

	if (!def || def->category != FLAG_DIAGNOSTIC || pl->unlocked)
		return;
	pl->unlocked = true;
	add_edit(pl, (struct edit){
			     .kind = EDIT_ADD,
			     .text = "-XX:+UnlockDiagnosticVMOptions",
			     .origin = ORIGIN_POLICY,
			     .reason = reason,
		     });
}

static void add_option(struct planner *pl, const char *name, const char *text, bool tmpl, bool last,
		       const char *reason)
{
	unlock(pl, name, reason);
	add_edit(pl, (struct edit){
			     .kind = EDIT_ADD,
			     .flag = name,
			     .text = text,
			     .tmpl = tmpl,
			     .last = last,
			     .origin = ORIGIN_POLICY,
			     .reason = reason,
		     });
}

void planner_add_option(struct planner *pl, const char *name, const char *text,
			const struct want *w)
{
	add_option(pl, name, text, false, false, reason_of(pl, w));
}

/* Takes off every setting of the flag that can be and notes what is left. */
static void take_off(struct planner *pl, const char *name, const struct want *w)
{
	const char *reason = reason_of(pl, w);
	const struct flag_setting *s = NULL;

	while ((s = planner_setting(pl, name, s))) {
		size_t i = (size_t)(s - pl->in->line->flags);
		bool var = s->origin != ORIGIN_COMMAND_LINE;

		if (editable(pl, s)) {
			touch_setting(pl, s, var ? EDIT_ENV_REMOVE : EDIT_REMOVE, NULL, false,
				      reason);
			continue;
		}
		pl->gone[i] = pl->left[i] = true;
		pl->n_left++;
	}
}

/* The highest channel on which settings of the flag are left; ORIGIN_DEFAULT: none. */
static enum flag_origin left_on(const struct planner *pl, const char *name)
{
	const struct java_line *l = pl->in->line;
	enum flag_origin highest = ORIGIN_DEFAULT;

	for (size_t i = 0; pl->n_left && i < l->n_flags; i++)
		if (pl->left[i] && !strcmp(l->flags[i].name, name) && l->flags[i].origin > highest)
			highest = l->flags[i].origin;
	return highest;
}

/* Adds an option behind all that the channel `over` says. Only _JAVA_OPTIONS stands behind the
 * command line, and what is added there is no template. */
static void add_over(struct planner *pl, const struct put *put, const char *text,
		     enum flag_origin over, const char *reason)
{
	bool variable = over == ORIGIN_UNDERSCORE && !put->text_tmpl;

	if (over == ORIGIN_UNDERSCORE && put->text_tmpl)
		planner_warn(pl, "%s is set in a file that _JAVA_OPTIONS names, which wins",
			     put->name);
	if (!variable) {
		add_option(pl, put->name, text, put->text_tmpl, over >= ORIGIN_COMMAND_LINE,
			   reason);
		return;
	}
	unlock(pl, put->name, reason);
	add_edit(pl, (struct edit){
			     .kind = EDIT_ENV_ADD,
			     .flag = put->name,
			     .text = text,
			     .origin = ORIGIN_UNDERSCORE,
			     .reason = reason,
		     });
}

/* Adds the option where it wins over the settings that are left; a list is replaced (":=") instead
 * of appended to. */
static void outvote(struct planner *pl, const struct put *put, const char *reason)
{
	enum flag_origin left = left_on(pl, put->name);
	const struct flag_def *def = flag_def_find(slice_of(put->name));
	_cleanup_strbuf_ struct strbuf list = STRBUF_INIT;

	if (left == ORIGIN_DEFAULT || !def || def->type != FLAG_LIST) {
		add_over(pl, put, put->text, left, reason);
		return;
	}
	strbuf_printf(&list, "-XX:%s:=%s", put->name, put->value);
	add_over(pl, put, strbuf_str(&list), left, reason);
}

void planner_append(struct planner *pl, const struct put *put, const struct want *w)
{
	const struct flag_setting *s = NULL;
	enum flag_origin over = ORIGIN_DEFAULT;

	while ((s = planner_setting(pl, put->name, s)))
		if (s->replaces)
			over = s->origin;
	add_over(pl, put, put->text, over, reason_of(pl, w));
	planner_add_flag(pl, put->name, put->value, put->value_tmpl, ORIGIN_POLICY, w->where,
			 w->reason);
}

/* To switch this one on has switched another one off, whatever the user has said of it. */
static void clear_other(struct planner *pl, const struct put *put, const struct want *w)
{
	const char *other = flag_clears(slice_of(put->name));
	const struct flag_setting *s = NULL;

	if (!other || strcmp(put->value, "true") != 0 || !planner_setting(pl, other, NULL))
		return;
	while ((s = planner_setting(pl, other, s)))
		pl->gone[s - pl->in->line->flags] = true;
	planner_add_flag(pl, other, "false", false, ORIGIN_POLICY, w->where, w->reason);
}

void planner_put(struct planner *pl, const struct put *put, const struct want *w)
{
	const struct flag_setting *s = NULL, *only = NULL;
	size_t n = 0;

	for (; (s = planner_setting(pl, put->name, s)); n++)
		only = s;
	if (n == 1 && only->origin == ORIGIN_COMMAND_LINE && editable(pl, only) &&
	    left_on(pl, put->name) == ORIGIN_DEFAULT) {
		touch_setting(pl, only, EDIT_REPLACE, put->text, put->text_tmpl, reason_of(pl, w));
	} else {
		take_off(pl, put->name, w);
		outvote(pl, put, reason_of(pl, w));
	}
	planner_add_flag(pl, put->name, put->value, put->value_tmpl, ORIGIN_POLICY, w->where,
			 w->reason);
	clear_other(pl, put, w);
}

void planner_take_off_forbidden(struct planner *pl)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = 0; i < p->n_flags; i++) {
		_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;

		if (p->flags[i].rule != RULE_FORBID || !planner_row_holds(pl, &p->flags[i]))
			continue;
		planner_row_where(&p->flags[i], &where);
		take_off(pl, p->flags[i].name,
			 &(struct want){ .where = strbuf_str(&where), .reason = "forbidden" });
	}
}

/* Of a flag without a row nobody knows the default, and a file of options has none. */
static void outvote_with_default(struct planner *pl, const char *name, const struct want *w)
{
	const struct flag_def *def = flag_def_find(slice_of(name));
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct flag_def at;

	if (!def || def->category == FLAG_PSEUDO || !flag_def_in(def, pl->in->jdk->version)) {
		planner_warn(pl, "%s is set in a file that jvisor does not rewrite (%s)", name,
			     w->where);
		return;
	}
	at = flag_def_at(def, pl->in->jdk->version.feature);
	planner_option_text(name, at.value, &text);
	outvote(pl, &(struct put){ .name = name, .text = strbuf_str(&text), .value = at.value },
		reason_of(pl, w));
}

void planner_outvote_forbidden(struct planner *pl)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = 0; i < p->n_flags; i++) {
		const struct policy_flag *f = &p->flags[i];
		_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;

		if (f->rule != RULE_FORBID || !planner_row_holds(pl, f) ||
		    left_on(pl, f->name) == ORIGIN_DEFAULT || planner_ours(pl, f->name) ||
		    planner_row(pl, RULE_FORBID, f->name) != f)
			continue;
		planner_row_where(f, &where);
		outvote_with_default(pl, f->name,
				     &(struct want){ .where = strbuf_str(&where),
						     .reason = "forbidden, so the JVM's default" });
	}
}
