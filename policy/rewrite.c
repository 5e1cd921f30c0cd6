/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan's edits applied: one pass over the original arguments, each of which stands for one
 * argument of the line as read or, where it is an argument file, for many.
 *
 * The bytes that nobody edits are copied from the original, never from what was read: reading
 * drops the second '@' of "@@x", and java has to see it again. A variable out of which the last
 * word was taken is unset, because the JVM announces even an empty one.
 */
#include "policy/rewrite.h"

#include <errno.h>
#include <stdlib.h>
#include "jvm/envopts.h"

static const struct {
	const char *name;
	enum flag_origin origin;
} variables[] = {
	{ "JAVA_TOOL_OPTIONS", ORIGIN_JAVA_TOOL_OPTIONS },
	{ "JDK_JAVA_OPTIONS", ORIGIN_JDK_JAVA_OPTIONS },
	{ "_JAVA_OPTIONS", ORIGIN_UNDERSCORE },
};

static const char *const our_variables[] = { "JVISOR_JAVA", "JVISOR_SET", "JVISOR_POLICY" };

struct apply {
	const struct plan *plan;
	const struct cmdline *cmd;
	unsigned feature;
	const struct edit **touched; /* per argument as read: its REMOVE or REPLACE */
	size_t front;		     /* the argument before which most is added */
	bool lasts;		     /* something is added before the main class */
	struct rewritten *out;
};

void rewritten_done(struct rewritten *r)
{
	strv_done(&r->argv);
	strv_done(&r->env);
	free(r->tmpl);
	*r = (struct rewritten){ 0 };
}

static void push(struct rewritten *out, const char *text, bool tmpl)
{
	out->tmpl[out->argv.n] = tmpl;
	strv_push(&out->argv, text);
}

static void push_added(struct apply *a, bool last)
{
	for (size_t i = 0; i < a->plan->n_edits; i++) {
		const struct edit *e = &a->plan->edits[i];

		if (e->kind == EDIT_ADD && e->last == last)
			push(a->out, e->text, e->tmpl);
	}
}

static void push_arg(struct apply *a, size_t arg, const char *original)
{
	const struct edit *e = a->touched[arg];
	char *word;

	if (e && e->kind == EDIT_REMOVE)
		return;
	if (e) {
		push(a->out, e->text, e->tmpl);
		return;
	}
	if (!a->cmd->args[arg].file) {
		push(a->out, original, false);
		return;
	}
	word = cmdline_word(a->cmd, arg, a->feature);
	a->out->tmpl[a->out->argv.n] = false;
	strv_take(&a->out->argv, word);
}

/* What is added in front of this argument: before the first one, or behind that where it is the
 * value of an option at the end of JDK_JAVA_OPTIONS; and last, before the main class (or its -jar).
 */
static void push_before(struct apply *a, size_t arg)
{
	if (arg == a->front)
		push_added(a, false);
	if (a->lasts && arg == a->cmd->main_option)
		push_added(a, true);
}

static bool within(size_t arg, size_t from, size_t to)
{
	return arg > from && arg < to;
}

/* What stands at args[from..to) for one original argument. An argument file in which something is
 * to be added has to be opened; so does one that was a pipe ("@<(...)" of a shell), since java
 * would find it empty. */
static void push_group(struct apply *a, size_t from, size_t to, const char *original)
{
	bool file = from == to || a->cmd->args[from].file;
	bool open = (a->cmd->consumed && file) || within(a->front, from, to) ||
		    (a->lasts && within(a->cmd->main_option, from, to));

	for (size_t i = from; i < to; i++)
		open |= a->touched[i] != NULL;
	if (!open) {
		if (from < to)
			push_before(a, from);
		push(a->out, original, false);
		return;
	}
	for (size_t i = from; i < to; i++) {
		push_before(a, i);
		push_arg(a, i, original);
	}
}

static int apply_line(struct apply *a, char *const argv[])
{
	size_t k = 0, from, n_argv = 0, room = a->cmd->n + a->plan->n_edits + 1;

	while (argv[n_argv])
		n_argv++;
	a->out->tmpl = calloc(room + n_argv, sizeof(bool));
	a->touched = calloc(a->cmd->n + 1, sizeof(*a->touched));
	if (!a->out->tmpl || !a->touched)
		return -ENOMEM;
	for (size_t i = 0; i < a->plan->n_edits; i++) {
		const struct edit *e = &a->plan->edits[i];

		a->lasts |= e->kind == EDIT_ADD && e->last;
		if (e->kind == EDIT_REMOVE || e->kind == EDIT_REPLACE)
			a->touched[e->arg] = e;
	}
	a->front = a->cmd->n && a->cmd->args[0].role == ARG_VALUE;
	for (size_t i = 0; i < n_argv && !a->out->argv.err; i++) {
		for (from = k; k < a->cmd->n && a->cmd->args[k].index == i;)
			k++;
		push_group(a, from, k, argv[i]);
	}
	if (a->front >= a->cmd->n)
		push_added(a, false);
	if (a->lasts && a->cmd->main_option >= a->cmd->n)
		push_added(a, true);
	return a->out->argv.err;
}

/* "NAME" of "NAME=VALUE". */
static bool is_variable(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(entry, name, len) && entry[len] == '=';
}

/* Per word of a variable whether it goes; free(). NULL: no memory. */
static bool *removed_words(const struct plan *p, enum flag_origin origin, size_t n)
{
	bool *removed = calloc(n + 1, sizeof(*removed));

	for (size_t i = 0; removed && i < p->n_edits; i++)
		if (p->edits[i].kind == EDIT_ENV_REMOVE && p->edits[i].origin == origin &&
		    p->edits[i].arg < n)
			removed[p->edits[i].arg] = true;
	return removed;
}

static int push_variable(const struct plan *p, const char *name, enum flag_origin origin,
			 const char *value, struct strv *env)
{
	_cleanup_strv_ struct strv words = STRV_INIT, kept = STRV_INIT;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_free_ bool *removed = NULL;
	int r = envopts_split(slice_of(value), &words);

	if (r)
		return r < 0 ? r : -EINVAL; /* an unmatched quote is not planned for */
	removed = removed_words(p, origin, words.n);
	if (!removed)
		return -ENOMEM;
	for (size_t i = 0; i < words.n; i++)
		if (!removed[i])
			strv_push(&kept, words.v[i]);
	for (size_t i = 0; i < p->n_edits; i++)
		if (p->edits[i].kind == EDIT_ENV_ADD && p->edits[i].origin == origin)
			strv_push(&kept, p->edits[i].text);
	if (kept.err || !kept.n)
		return kept.err;
	r = envopts_join(&kept, &text);
	if (r < 0)
		return r;
	strv_printf(env, "%s=%s", name, strbuf_str(&text));
	return env->err;
}

static bool has_env_edit(const struct plan *p, enum flag_origin origin)
{
	for (size_t i = 0; p && i < p->n_edits; i++)
		if ((p->edits[i].kind == EDIT_ENV_REMOVE || p->edits[i].kind == EDIT_ENV_ADD) &&
		    p->edits[i].origin == origin)
			return true;
	return false;
}

/* A name that stands twice counts the first time; taking that one away must not make the second
 * one count, so it goes too. */
static int apply_env(const struct plan *p, const struct strv *env, struct strv *ret)
{
	bool edited[ARRAY_SIZE(variables)], done[ARRAY_SIZE(variables)] = { false };
	int r = 0;

	for (size_t v = 0; v < ARRAY_SIZE(variables); v++)
		edited[v] = has_env_edit(p, variables[v].origin);
	for (size_t i = 0; r >= 0 && i < env->n; i++) {
		const char *entry = env->v[i];
		bool keep = true;

		for (size_t v = 0; v < ARRAY_SIZE(our_variables); v++)
			keep &= !is_variable(entry, our_variables[v]);
		for (size_t v = 0; keep && v < ARRAY_SIZE(variables); v++) {
			if (!edited[v] || !is_variable(entry, variables[v].name))
				continue;
			keep = false;
			if (!done[v])
				r = push_variable(p, variables[v].name, variables[v].origin,
						  strchr(entry, '=') + 1, ret);
			done[v] = true;
		}
		if (keep)
			strv_push(ret, entry);
	}
	return r < 0 ? r : ret->err;
}

static int finish(int r, struct rewritten *out, struct rewritten *ret, struct err *err)
{
	if (r < 0) {
		rewritten_done(out);
		return err_errno(err, -r, "cannot rewrite the command line");
	}
	*ret = *out;
	return 0;
}

int plan_apply_none(char *const argv[], const struct strv *env, struct rewritten *ret,
		    struct err *err)
{
	struct rewritten out = { 0 };
	int r;

	for (size_t i = 0; argv[i]; i++)
		strv_push(&out.argv, argv[i]);
	out.tmpl = calloc(out.argv.n + 1, sizeof(bool));
	r = out.tmpl ? out.argv.err : -ENOMEM;
	if (!r)
		r = apply_env(NULL, env, &out.env);
	return finish(r, &out, ret, err);
}

int plan_apply(const struct plan *p, const struct java_line *line, unsigned feature,
	       char *const argv[], const struct strv *env, struct rewritten *ret, struct err *err)
{
	struct rewritten out = { 0 };
	struct apply a = { .plan = p, .cmd = &line->cmd, .feature = feature, .out = &out };
	int r = apply_line(&a, argv);

	if (!r)
		r = apply_env(p, env, &out.env);
	free(a.touched);
	return finish(r, &out, ret, err);
}
