/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one wish for one flag means for this command line and this JVM: whose word counts. What is
 * then done to the line stands in plan_edits.c.
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

const struct plan_flag *planner_ours(const struct planner *pl, const char *name)
{
	for (size_t i = pl->plan->n_flags; i-- > 0;)
		if (pl->plan->flags[i].origin == ORIGIN_POLICY &&
		    !strcmp(pl->plan->flags[i].name, name))
			return &pl->plan->flags[i];
	return NULL;
}

const char *planner_value(const struct planner *pl, const char *name, const char *otherwise)
{
	const struct plan_flag *ours = planner_ours(pl, name);
	const struct flag_setting *user = planner_user(pl, name);

	return ours ? ours->value : user ? user->value : otherwise;
}

bool planner_bool(const struct planner *pl, const char *name, bool otherwise)
{
	return !strcmp(planner_value(pl, name, otherwise ? "true" : "false"), "true");
}

void planner_origin(const struct flag_setting *s, struct strbuf *out)
{
	bool variable = s->origin != ORIGIN_COMMAND_LINE && s->origin != ORIGIN_FLAGS_FILE;

	if (!s->file) {
		strbuf_puts(out, flag_origin_names[s->origin]);
		return;
	}
	strbuf_puts(out, s->file);
	if (s->line)
		strbuf_printf(out, ":%u", s->line);
	if (variable)
		strbuf_printf(out, " (%s)", flag_origin_names[s->origin]);
}

bool planner_row_holds(const struct planner *pl, const struct policy_flag *f)
{
	return policy_flag_holds(f, pl->in->jdk->version.feature);
}

const struct policy_flag *planner_row(const struct planner *pl, enum flag_rule rule,
				      const char *name)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = p->n_flags; i-- > 0;)
		if (p->flags[i].rule == rule && !strcmp(p->flags[i].name, name) &&
		    planner_row_holds(pl, &p->flags[i]))
			return &p->flags[i];
	return NULL;
}

void planner_row_where(const struct policy_flag *f, struct strbuf *out)
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
	const struct policy_flag *f = planner_row(pl, RULE_FORCE, name);

	if (!f)
		f = planner_row(pl, RULE_DEFAULT, name);
	if (!f)
		f = find_option(pl, name);
	if (!f && !key)
		return false;
	if (!f) {
		*ret = *key;
		return true;
	}
	planner_row_where(f, where);
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
	return planner_row(pl, RULE_FORBID, name);
}

/* To switch this one on would switch off what the user has switched on. */
static bool clears_the_users(struct planner *pl, const char *name, const struct want *w)
{
	const char *other = flag_clears(slice_of(name));
	const struct flag_setting *user = other ? planner_user(pl, other) : NULL;
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;

	if (!user || w->rule == RULE_FORCE || strcmp(w->value, "true") != 0 ||
	    strcmp(user->value, "true") != 0)
		return false;
	planner_origin(user, &where);
	planner_note(pl, name, "%s: it would switch %s off, which you have set (%s)", w->where,
		     other, strbuf_str(&where));
	return true;
}

bool planner_yields(struct planner *pl, const char *name, const struct want *w)
{
	const struct policy_flag *forbidden = planner_row(pl, RULE_FORBID, name);
	const struct flag_setting *user = planner_user(pl, name);
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;

	if (w->rule != RULE_FORCE && forbidden) {
		planner_row_where(forbidden, &where);
		planner_note(pl, name, "%s: forbidden, so it is not set", strbuf_str(&where));
		return true;
	}
	if (!user)
		return clears_the_users(pl, name, w);
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

/* The JVM would not start with a value that this release does not take. */
static bool fits(struct planner *pl, const struct flag_def *def, const char *value,
		 const char *where)
{
	struct flag_def at;

	if (!def)
		return true;
	at = flag_def_at(def, pl->in->jdk->version.feature);
	if (flag_value_fits(&at, slice_of(value)))
		return true;
	planner_warn(pl, "%s: this JVM does not take %s = %s, it is not passed", where, def->name,
		     value);
	return false;
}

void planner_decide(struct planner *pl, const char *name, const struct want *key)
{
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT, text = STRBUF_INIT;
	const struct flag_def *def = flag_def_find(slice_of(name));
	const struct flag_setting *user = planner_user(pl, name);
	bool adds = def && def->type == FLAG_LIST && user;
	struct want w;
	struct put put;

	if (!planner_wish(pl, name, key, &w, &where))
		return;
	strv_push(&pl->handled, name);
	adds = adds && !planner_forbids(pl, name) && strcmp(user->value, w.value) != 0;
	if ((!adds && planner_yields(pl, name, &w)) || !planner_known(pl, name, w.where) ||
	    !fits(pl, def, w.value, w.where))
		return;
	planner_option_text(name, w.value, &text);
	put = (struct put){ .name = name, .text = strbuf_str(&text), .value = w.value };
	if (!adds) {
		planner_put(pl, &put, &w);
		return;
	}
	w.reason = "added to your own commands, which are kept";
	planner_append(pl, &put, &w);
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
			planner_add_option(pl, NULL, words->v[i],
					   &(struct want){ .where = "[java] options" });
			continue;
		}
		pl->options[pl->n_options++] = (struct policy_flag){
			.name = strndup(name.ptr, name.len),
			.value = strndup(value.ptr, value.len),
			.file = strdup("[java] options"),
		};
		if (!pl->options[pl->n_options - 1].name || !pl->options[pl->n_options - 1].value ||
		    !pl->options[pl->n_options - 1].file)
			pl->err = -ENOMEM;
	}
	if (words->n && !pl->options)
		pl->err = -ENOMEM;
}
