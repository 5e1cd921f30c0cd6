/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one wish for one flag means for this command line and this JVM: whose word counts, and the
 * edits that make it so.
 *
 * A flag may be set on six channels and some of them cannot be edited (a -XX:Flags file, a
 * VMOptionsFile, an argument file in JDK_JAVA_OPTIONS). All but _JAVA_OPTIONS stand below the end
 * of the command line, so what cannot be taken off is outvoted there. Options that are added go to
 * the front: whoever adds has made sure that nothing behind them says otherwise.
 */
#include "policy/planner.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/parse.h"

enum { BUCKETS = 256 };

struct planner_index {
	uint32_t first[BUCKETS], last[BUCKETS]; /* 1 + a setting's number; 0: none */
	struct {
		uint32_t next, before;
	} of[]; /* the same, per setting */
};

static unsigned bucket_of(const char *name)
{
	unsigned h = 0;

	for (; *name; name++)
		h = h * 31 + (unsigned char)*name;
	return h % BUCKETS;
}

int planner_index_make(struct planner *pl)
{
	const struct java_line *l = pl->in->line;
	struct planner_index *x;

	if (l->n_flags >= UINT32_MAX)
		return -ENOMEM;
	x = calloc(1, sizeof(*x) + l->n_flags * sizeof(x->of[0]));
	if (!x)
		return -ENOMEM;
	for (uint32_t i = 0; i < l->n_flags; i++) {
		unsigned b = bucket_of(l->flags[i].name);

		x->of[i].before = x->last[b];
		if (x->last[b])
			x->of[x->last[b] - 1].next = i + 1;
		else
			x->first[b] = i + 1;
		x->last[b] = i + 1;
	}
	pl->index = x;
	return 0;
}

const struct flag_setting *planner_setting(const struct planner *pl, const char *name,
					   const struct flag_setting *after)
{
	const struct flag_setting *flags = pl->in->line->flags;
	const struct planner_index *x = pl->index;
	uint32_t i = after ? x->of[after - flags].next : x->first[bucket_of(name)];

	for (; i; i = x->of[i - 1].next)
		if (!pl->gone[i - 1] && !strcmp(flags[i - 1].name, name))
			return &flags[i - 1];
	return NULL;
}

const struct flag_setting *planner_user(const struct planner *pl, const char *name)
{
	const struct flag_setting *flags = pl->in->line->flags;
	uint32_t i = pl->index->last[bucket_of(name)];

	for (; i; i = pl->index->of[i - 1].before)
		if (!pl->gone[i - 1] && !strcmp(flags[i - 1].name, name))
			return &flags[i - 1];
	return NULL;
}

static const struct plan_flag *our_flag(const struct planner *pl, const char *name)
{
	for (size_t i = pl->plan->n_flags; i-- > 0;)
		if (pl->plan->flags[i].origin == ORIGIN_POLICY &&
		    !strcmp(pl->plan->flags[i].name, name))
			return &pl->plan->flags[i];
	return NULL;
}

const char *planner_value(const struct planner *pl, const char *name, const char *otherwise)
{
	const struct plan_flag *ours = our_flag(pl, name);
	const struct flag_setting *user = planner_user(pl, name);

	return ours ? ours->value : user ? user->value : otherwise;
}

bool planner_bool(const struct planner *pl, const char *name, bool otherwise)
{
	return !strcmp(planner_value(pl, name, otherwise ? "true" : "false"), "true");
}

void planner_origin(const struct flag_setting *s, struct strbuf *out)
{
	if (!s->file)
		strbuf_puts(out, flag_origin_names[s->origin]);
	else if (s->line)
		strbuf_printf(out, "%s:%u", s->file, s->line);
	else
		strbuf_puts(out, s->file);
}

/* Owns the texts of e. */
static void add_edit(struct planner *pl, struct edit e)
{
	struct plan *p = pl->plan;

	if (p->n_edits == pl->cap_edits) {
		size_t cap = pl->cap_edits ? pl->cap_edits * 2 : 16;
		struct edit *edits = reallocarray(p->edits, cap, sizeof(*edits));

		if (!edits) {
			pl->err = -ENOMEM;
			free(e.flag);
			free(e.text);
			free(e.old);
			free(e.reason);
			return;
		}
		p->edits = edits;
		pl->cap_edits = cap;
	}
	p->edits[p->n_edits++] = e;
}

static char *copy(struct planner *pl, const char *text)
{
	char *s = text ? strdup(text) : NULL;

	if (text && !s)
		pl->err = -ENOMEM;
	return s;
}

static char *reason_of(struct planner *pl, const struct want *w)
{
	char *s;

	if (!w->reason)
		return copy(pl, w->where);
	if (asprintf(&s, "%s: %s", w->where, w->reason) < 0) {
		pl->err = -ENOMEM;
		return NULL;
	}
	return s;
}

void planner_note(struct planner *pl, const char *flag, const char *fmt, ...)
{
	char *reason;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&reason, fmt, ap) < 0) {
		reason = NULL;
		pl->err = -ENOMEM;
	}
	va_end(ap);
	add_edit(pl, (struct edit){ .kind = EDIT_NOTE, .flag = copy(pl, flag), .reason = reason });
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
	p->flags[p->n_flags++] = (struct plan_flag){
		.name = copy(pl, name),
		.value = copy(pl, value),
		.tmpl = tmpl,
		.origin = origin,
		.where = copy(pl, where),
		.reason = copy(pl, reason),
	};
}

static bool is_switch(const char *name, const char *value)
{
	const struct flag_def *def = flag_def_find(slice_of(name));

	if (def)
		return def->type == FLAG_BOOL;
	return !strcmp(value, "true") || !strcmp(value, "false");
}

static void option_text(const char *name, const char *value, struct strbuf *out)
{
	if (is_switch(name, value))
		strbuf_printf(out, "-XX:%c%s", strcmp(value, "true") ? '-' : '+', name);
	else
		strbuf_printf(out, "-XX:%s=%s", name, value);
}

static bool editable(const struct planner *pl, const struct flag_setting *s)
{
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

static void touch_setting(struct planner *pl, const struct flag_setting *s, enum edit_kind kind,
			  const char *text, bool tmpl, char *reason)
{
	_cleanup_strbuf_ struct strbuf old = STRBUF_INIT;

	if (s->origin == ORIGIN_COMMAND_LINE)
		strbuf_puts(&old, pl->in->line->cmd.args[s->arg].text);
	else
		option_text(s->name, s->value, &old);
	pl->gone[s - pl->in->line->flags] = true;
	add_edit(pl, (struct edit){
			     .kind = kind,
			     .flag = copy(pl, s->name),
			     .text = copy(pl, text),
			     .old = copy(pl, strbuf_str(&old)),
			     .tmpl = tmpl,
			     .origin = s->origin,
			     .arg = s->arg,
			     .reason = reason,
		     });
}

/* Takes off every setting of the flag that can be; *ret_last when one that cannot be stands on the
 * command line, behind what is added in front. */
static void take_off(struct planner *pl, const char *name, const struct want *w, bool *ret_last)
{
	const struct flag_setting *s = NULL;

	while ((s = planner_setting(pl, name, s))) {
		_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
		bool var = s->origin != ORIGIN_COMMAND_LINE;
		const struct flag_def *def;

		if (editable(pl, s)) {
			touch_setting(pl, s, var ? EDIT_ENV_REMOVE : EDIT_REMOVE, NULL, false,
				      reason_of(pl, w));
			continue;
		}
		def = flag_def_find(slice_of(name));
		planner_origin(s, &where);
		*ret_last |= s->origin == ORIGIN_COMMAND_LINE;
		if (!w->value || s->origin == ORIGIN_UNDERSCORE || (def && def->type == FLAG_LIST))
			planner_warn(pl, "%s is set in %s, which jvisor does not rewrite (%s)",
				     name, strbuf_str(&where), w->where);
	}
}

static void add_option(struct planner *pl, const char *name, const char *text, bool tmpl, bool last,
		       char *reason)
{
	add_edit(pl, (struct edit){
			     .kind = EDIT_ADD,
			     .flag = copy(pl, name),
			     .text = copy(pl, text),
			     .tmpl = tmpl,
			     .last = last,
			     .origin = ORIGIN_POLICY,
			     .reason = reason,
		     });
}

void planner_add_option(struct planner *pl, const char *name, const char *text, const char *reason)
{
	add_option(pl, name, text, false, false, copy(pl, reason));
}

void planner_put(struct planner *pl, const struct put *put, const struct want *w)
{
	const struct flag_setting *s = NULL, *only = NULL;
	size_t n = 0;
	bool last = false;

	for (; (s = planner_setting(pl, put->name, s)); n++)
		only = s;
	if (n == 1 && only->origin == ORIGIN_COMMAND_LINE && editable(pl, only)) {
		touch_setting(pl, only, EDIT_REPLACE, put->text, put->text_tmpl, reason_of(pl, w));
	} else {
		take_off(pl, put->name, w, &last);
		add_option(pl, put->name, put->text, put->text_tmpl, last, reason_of(pl, w));
	}
	planner_add_flag(pl, put->name, put->value, put->value_tmpl, ORIGIN_POLICY, w->where,
			 w->reason);
}

bool planner_row_holds(const struct planner *pl, const struct policy_flag *f)
{
	unsigned feature = pl->in->jdk->version.feature;

	return !f->range.first || (feature && jvm_range_holds(f->range, feature));
}

/* The last row of this rule that holds here; later texts win. */
static const struct policy_flag *find_row(const struct planner *pl, enum flag_rule rule,
					  const char *name)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = p->n_flags; i-- > 0;)
		if (p->flags[i].rule == rule && !strcmp(p->flags[i].name, name) &&
		    planner_row_holds(pl, &p->flags[i]))
			return &p->flags[i];
	return NULL;
}

static void row_where(const struct policy_flag *f, struct strbuf *out)
{
	strbuf_puts(out, f->file);
	if (f->line)
		strbuf_printf(out, ":%u", f->line);
}

/* "yes" of a switch is "true". */
static const char *normal_value(const char *name, const char *value)
{
	const struct flag_def *def = flag_def_find(slice_of(name));
	static const char *const words[] = { "yes", "no", "true", "false" };
	bool yes = false, word = def && def->type == FLAG_BOOL;

	for (size_t i = 0; !def && i < ARRAY_SIZE(words); i++)
		word |= slice_ieq(slice_of(value), words[i]);
	if (!word || parse_bool(slice_of(value), &yes))
		return value;
	return yes ? "true" : "false";
}

/* A managed flag among the words of [java] options. */
static const struct policy_flag *find_option(const struct planner *pl, const char *name)
{
	for (size_t i = pl->n_options; i-- > 0;)
		if (!strcmp(pl->options[i].name, name))
			return &pl->options[i];
	return NULL;
}

bool planner_wish(struct planner *pl, const char *name, const struct want *key, struct want *ret,
		  struct strbuf *where)
{
	const struct policy_flag *f = find_row(pl, RULE_FORCE, name);

	if (!f)
		f = find_row(pl, RULE_DEFAULT, name);
	if (!f)
		f = find_option(pl, name);
	if (!f && !key)
		return false;
	if (!f) {
		*ret = *key;
		return true;
	}
	row_where(f, where);
	*ret = (struct want){
		.value = normal_value(name, f->value),
		.rule = f->rule,
		.where = strbuf_str(where),
		.reason = f->rule == RULE_FORCE ? "forced by the policy" : NULL,
	};
	return true;
}

bool planner_known(struct planner *pl, const char *name, const char *where)
{
	const char *names[64], *near;
	size_t n = 0;

	if (pl->in->knows_flag(pl->in->jdk, name))
		return true;
	if (flag_def_find(slice_of(name))) {
		planner_note(pl, name, "%s: this JVM does not know the flag, it is not passed",
			     where);
		return false;
	}
	while (n < flag_defs_count && n < ARRAY_SIZE(names)) {
		names[n] = flag_defs[n].name;
		n++;
	}
	near = parse_nearest(slice_of(name), names, n);
	planner_warn(pl, "%s: this JVM does not know the flag %s, it is not passed%s%s%s", where,
		     name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return false;
}

bool planner_forbids(const struct planner *pl, const char *name)
{
	return find_row(pl, RULE_FORBID, name);
}

bool planner_yields(struct planner *pl, const char *name, const struct want *w)
{
	const struct policy_flag *forbidden = find_row(pl, RULE_FORBID, name);
	const struct flag_setting *user = planner_user(pl, name);
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;

	if (w->rule != RULE_FORCE && forbidden) {
		row_where(forbidden, &where);
		planner_note(pl, name, "%s: forbidden, so it is not set", strbuf_str(&where));
		return true;
	}
	if (!user)
		return false;
	planner_origin(user, &where);
	if (!strcmp(user->value, w->value)) {
		planner_note(pl, name, "%s: already so by %s", w->where, strbuf_str(&where));
		return true;
	}
	if (w->rule == RULE_FORCE)
		return false;
	planner_note(pl, name, "%s: your own setting (%s) is kept", w->where, strbuf_str(&where));
	return true;
}

void planner_decide(struct planner *pl, const char *name, const struct want *key)
{
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT, text = STRBUF_INIT;
	const struct flag_def *def = flag_def_find(slice_of(name));
	const struct flag_setting *user = planner_user(pl, name);
	bool adds = def && def->type == FLAG_LIST && user;
	struct want w;

	if (!planner_wish(pl, name, key, &w, &where))
		return;
	strv_push(&pl->handled, name);
	adds = adds && w.rule != RULE_FORCE && !planner_forbids(pl, name) &&
	       strcmp(user->value, w.value) != 0;
	if ((!adds && planner_yields(pl, name, &w)) || !planner_known(pl, name, w.where))
		return;
	option_text(name, w.value, &text);
	if (!adds) {
		planner_put(
			pl,
			&(struct put){ .name = name, .text = strbuf_str(&text), .value = w.value },
			&w);
		return;
	}
	w.reason = w.reason ? w.reason : "added to your own commands, which are kept";
	add_option(pl, name, strbuf_str(&text), false, false, reason_of(pl, &w));
	planner_add_flag(pl, name, w.value, false, ORIGIN_POLICY, w.where, w.reason);
}

/* [java] options: switches and values of managed flags are wishes like rows of [flags]; all other
 * words are passed as they are. */
void planner_read_options(struct planner *pl)
{
	const struct strv *words = &pl->in->policy->java_options;

	if (words->n)
		pl->options = calloc(words->n, sizeof(*pl->options));
	for (size_t i = 0; pl->options && i < words->n; i++) {
		struct slice name = slice_of(words->v[i]), value = SLICE_LIT("false");
		ptrdiff_t equals = slice_find(name, '=');

		name = slice_starts(name, "-XX:") ? slice_skip(name, 4) : (struct slice){ "", 0 };
		if (slice_starts(name, "+"))
			value = SLICE_LIT("true");
		if (slice_starts(name, "+") || slice_starts(name, "-")) {
			name = slice_skip(name, 1);
		} else if (name.len && equals > 4) {
			value = slice_skip(name, (size_t)equals - 3);
			name.len = (size_t)equals - 4;
		}
		if (!flag_def_find(name)) {
			planner_add_option(pl, NULL, words->v[i], "[java] options");
			continue;
		}
		pl->options[pl->n_options++] = (struct policy_flag){
			.name = strndup(name.ptr, name.len),
			.value = strndup(value.ptr, value.len),
			.file = copy(pl, "[java] options"),
		};
		if (!pl->options[pl->n_options - 1].name || !pl->options[pl->n_options - 1].value)
			pl->err = -ENOMEM;
	}
	if (words->n && !pl->options)
		pl->err = -ENOMEM;
}

void planner_take_off_forbidden(struct planner *pl)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = 0; i < p->n_flags; i++) {
		_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
		bool last = false;

		if (p->flags[i].rule != RULE_FORBID || !planner_row_holds(pl, &p->flags[i]))
			continue;
		row_where(&p->flags[i], &where);
		take_off(pl, p->flags[i].name,
			 &(struct want){ .where = strbuf_str(&where), .reason = "forbidden" },
			 &last);
	}
}
