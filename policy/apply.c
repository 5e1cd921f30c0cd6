/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries to values: which section, which key, is the value good, was it given before.
 *
 * Nothing here stops at a finding. A later file may set again what an earlier one set; within one
 * text that is most likely a slip, so it is told. A section's own line reports what is wrong with
 * its name, so that its keys need not repeat it; an override has no such line.
 */
#include "policy/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/parse.h"
#include "jvm/flags.h"
#include "jvm/paths.h"

enum { FLAGS_MAX = 1000, HOOKS_MAX = 200 };

#define SHOWN(s) (int)((s).len > 60 ? 60 : (s).len), (s).ptr

#define find(a, level, e, col, ...) \
	diags_add((a)->diags, (level), (e)->file, (e)->ini.line, (col), __VA_ARGS__)

/* Says that a name is not known: the policy may be newer than we are, so only check is strict. */
static void unknown(struct apply *a, const struct policy_entry *e, const char *what,
		    const char *near)
{
	const struct ini_entry *i = &e->ini;
	bool section = !strcmp(what, "section");

	find(a, a->strict ? DIAG_ERROR : DIAG_WARNING, e, i->key_col,
	     "%.*s%s%.*s: no such %s%s%s%s", SHOWN(i->section), section ? "" : ".",
	     section ? 0 : (int)i->key.len, section ? "" : i->key.ptr, what,
	     near ? "; did you mean '" : ", it is left out", near ? near : "", near ? "'?" : "");
}

static void seen_before(struct apply *a, const struct policy_entry *e, size_t *seen)
{
	const struct policy_entry *other = *seen ? &a->entries[*seen - 1] : NULL;

	if (other && other->file == e->file && e->ini.line)
		find(a, DIAG_WARNING, e, e->ini.key_col,
		     "%.*s.%.*s: given twice, the one of line %u does not count; remove one",
		     SHOWN(e->ini.section), SHOWN(e->ini.key), other->ini.line);
	*seen = (size_t)(e - a->entries) + 1;
}

static int set_key(struct apply *a, const struct policy_entry *e, struct slice section, void *base,
		   size_t row)
{
	const struct key *k = key_find(section, e->ini.key);
	struct err err = { 0 };
	int r;

	if (!k) {
		unknown(a, e, "key", key_nearest(section, e->ini.key));
		return 0;
	}
	seen_before(a, e, &a->seen[row * keys_count + (size_t)(k - keys)]);
	r = key_set(k, base, e->ini.value, &err);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		find(a, DIAG_ERROR, e, e->ini.value_col, "%.*s.%s: %s", SHOWN(e->ini.section),
		     k->name, err.msg);
	else if (k->type == KEY_PATH && slice_search(e->ini.value, " ;").ptr)
		find(a, DIAG_WARNING, e, e->ini.value_col,
		     "%.*s.%s: the ';' is part of the path; a comment stands on a line of its own",
		     SHOWN(e->ini.section), k->name);
	return 0;
}

static struct slice next_word(struct slice *rest)
{
	struct slice word = slice_trim(*rest);
	size_t n = 0;

	while (n < word.len && word.ptr[n] != ' ' && word.ptr[n] != '\t')
		n++;
	*rest = slice_skip(word, n);
	word.len = n;
	return word;
}

/* "flags", and in any order "force" or "forbid" and a range: 1, with tell also a finding when it is
 * none; 0: another section. */
static int flags_section(struct apply *a, const struct policy_entry *e, bool tell,
			 enum flag_rule *rule, struct jvm_range *range)
{
	struct slice rest = e->ini.section, word = next_word(&rest);
	bool ruled = false, ranged = false, good = true;

	if (!slice_eq(word, "flags"))
		return 0;
	*rule = RULE_DEFAULT;
	*range = (struct jvm_range){ 0, 0 };
	while ((word = next_word(&rest)).len) {
		bool force = slice_eq(word, "force");

		if (!ruled && (force || slice_eq(word, "forbid"))) {
			*rule = force ? RULE_FORCE : RULE_FORBID;
			ruled = true;
		} else if (!ranged && !jvm_range_parse(word, range)) {
			ranged = true;
		} else {
			good = false;
			break;
		}
	}
	if (good)
		return 1;
	if (tell)
		find(a, DIAG_ERROR, e, e->ini.key_col,
		     "%.*s: '%.*s' is not understood; write [flags], [flags force] or [flags "
		     "forbid], with a range of JDK releases behind it where wanted: 17, 17+, 11-20",
		     SHOWN(e->ini.section), SHOWN(word));
	return -EINVAL;
}

static bool is_flag_name(struct slice s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "0123456789_";

	if (!s.len || !strchr(letters, *s.ptr))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || (!strchr(letters, s.ptr[i]) && !strchr(more, s.ptr[i])))
			return false;
	return true;
}

/* NULL when the value is one that the flag can take, else what to write. */
static const char *flag_value_wanted(const struct flag_def *def, struct slice value)
{
	int64_t number;
	bool yes;

	if (!value.len)
		return def && (def->type == FLAG_TEXT || def->type == FLAG_LIST)
			       ? NULL
			       : "a value; to take the flag off the line use [flags forbid]";
	if (!def)
		return NULL;
	if (def->type == FLAG_BOOL)
		return parse_bool(value, &yes) ? "yes or no" : NULL;
	if (flag_value_fits_some(def, value))
		return NULL;
	return parse_i64(value, &number) ? "a number" : "a number in the range that the JVM allows";
}

/* The row that this rule, range and name had before, or a new one. */
static struct policy_flag *flag_row(struct policy *p, enum flag_rule rule, struct jvm_range range,
				    struct slice name)
{
	struct policy_flag *f;

	for (size_t i = 0; i < p->n_flags; i++) {
		f = &p->flags[i];
		if (f->rule == rule && f->range.first == range.first &&
		    f->range.last == range.last && slice_eq(name, f->name))
			return f;
	}
	f = reallocarray(p->flags, p->n_flags + 1, sizeof(*f));
	if (!f)
		return NULL;
	p->flags = f;
	f = &p->flags[p->n_flags];
	*f = (struct policy_flag){ .rule = rule, .range = range };
	f->name = strndup(name.ptr, name.len);
	if (!f->name)
		return NULL;
	p->n_flags++;
	return f;
}

static int set_flag(struct apply *a, const struct policy_entry *e, enum flag_rule rule,
		    struct jvm_range range)
{
	const struct ini_entry *i = &e->ini;
	const char *wanted = NULL;
	struct policy_flag *f;
	size_t before = a->p->n_flags;
	char *value, *file;

	if (!is_flag_name(i->key)) {
		find(a, DIAG_ERROR, e, i->key_col,
		     "%.*s.%.*s: not the name of a JVM flag; write Name = value, without -XX:, + "
		     "or -",
		     SHOWN(i->section), SHOWN(i->key));
		return 0;
	}
	if (rule != RULE_FORBID)
		wanted = flag_value_wanted(flag_def_find(i->key), i->value);
	if (wanted) {
		find(a, DIAG_ERROR, e, i->value_col, "%.*s.%.*s: '%.*s' is not allowed; write %s",
		     SHOWN(i->section), SHOWN(i->key), SHOWN(i->value), wanted);
		return 0;
	}
	if (rule == RULE_FORBID && i->value.len)
		find(a, DIAG_WARNING, e, i->value_col,
		     "%.*s.%.*s: the value means nothing here, the flag is taken off whatever its "
		     "value",
		     SHOWN(i->section), SHOWN(i->key));
	if (before >= FLAGS_MAX) {
		if (before == FLAGS_MAX)
			find(a, DIAG_ERROR, e, 0, "flags: more than %d", FLAGS_MAX);
		return 0;
	}
	f = flag_row(a->p, rule, range, i->key);
	value = strndup(i->value.len ? i->value.ptr : "", i->value.len);
	file = strdup(e->file);
	if (!f || !value || !file) {
		free(value);
		free(file);
		return -ENOMEM;
	}
	if (f->file && !strcmp(f->file, e->file) && i->line)
		find(a, DIAG_WARNING, e, i->key_col,
		     "%.*s.%s: given twice, the one of line %u does not count; remove one",
		     SHOWN(i->section), f->name, f->line);
	free(f->value);
	free(f->file);
	f->value = value;
	f->file = file;
	f->line = i->line;
	return 0;
}

static bool is_hook_name(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || strchr("/\"'\\", s.ptr[i]))
			return false;
	return s.len && *s.ptr != '.';
}

static int hook_row(struct apply *a, const struct policy_entry *e, struct slice name)
{
	struct policy *p = a->p;
	struct policy_hook *h;
	size_t *seen;
	int r;

	for (size_t i = 0; i < p->n_hooks; i++)
		if (slice_eq(name, p->hooks[i].name))
			return (int)i;
	h = reallocarray(p->hooks, p->n_hooks + 1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	p->hooks = h;
	seen = reallocarray(a->seen, (p->n_hooks + 2) * keys_count, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	a->seen = seen;
	memset(seen + (p->n_hooks + 1) * keys_count, 0, keys_count * sizeof(*seen));
	h = &p->hooks[p->n_hooks++];
	*h = (struct policy_hook){ .line = e->ini.line };
	h->name = strndup(name.ptr, name.len);
	h->file = strdup(e->file);
	r = h->name && h->file ? keys_init("hook", h, NULL) : -ENOMEM;
	return r < 0 ? r : (int)p->n_hooks - 1;
}

static int set_hook(struct apply *a, const struct policy_entry *e, struct slice name)
{
	int row;

	if (!is_hook_name(name)) {
		if (!e->ini.key.ptr || !e->ini.line)
			find(a, DIAG_ERROR, e, e->ini.key_col,
			     "%.*s: write [hook NAME], the name one word without '/' and quotes",
			     SHOWN(e->ini.section));
		return 0;
	}
	if (a->p->n_hooks >= HOOKS_MAX) {
		if (!e->ini.key.ptr)
			find(a, DIAG_ERROR, e, 0, "hook: more than %d", HOOKS_MAX);
		return 0;
	}
	row = hook_row(a, e, name);
	if (row < 0 || !e->ini.key.ptr)
		return row < 0 ? row : 0;
	return set_key(a, e, SLICE_LIT("hook"), &a->p->hooks[row], (size_t)row + 1);
}

static void check_hooks(struct apply *a)
{
	for (size_t i = 0; i < a->p->n_hooks; i++) {
		const struct policy_hook *h = &a->p->hooks[i];

		if (!h->event)
			diags_add(a->diags, DIAG_ERROR, h->file, h->line, 0,
				  "hook %s.event: it is missing; write at which event it is run",
				  h->name);
		if (!h->run)
			diags_add(a->diags, DIAG_ERROR, h->file, h->line, 0,
				  "hook %s.run: it is missing; write the command", h->name);
	}
}

static int apply_entry(struct apply *a, const struct policy_entry *e)
{
	const struct ini_entry *i = &e->ini;
	struct slice rest = i->section, word = next_word(&rest);
	bool own_line = !i->key.ptr;
	struct jvm_range range;
	enum flag_rule rule;
	int r;

	if (slice_starts(i->section, "X-") || (!own_line && slice_starts(i->key, "X-")))
		return 0;
	if (!i->section.len) {
		find(a, DIAG_ERROR, e, i->key_col,
		     "%.*s: it stands before the first section; write the [section] above it",
		     SHOWN(i->key));
		return 0;
	}
	r = flags_section(a, e, own_line || !i->line, &rule, &range);
	if (r)
		return r < 0 || own_line ? 0 : set_flag(a, e, rule, range);
	if (slice_eq(word, "hook"))
		return set_hook(a, e, slice_trim(rest));
	if (key_section_find(i->section))
		return own_line ? 0 : set_key(a, e, i->section, a->p, 0);
	if (own_line || !i->line)
		unknown(a, e, "section", key_section_nearest(i->section));
	return 0;
}

static bool names_pid(struct slice tmpl)
{
	for (; tmpl.len; tmpl = slice_skip(tmpl, *tmpl.ptr == '%' ? 2 : 1))
		if (slice_starts(tmpl, "%p"))
			return true;
	return false;
}

/* What stands in a path for something else is put in here, so that nobody behind has to know. Of
 * an instance and its pid the policy itself knows nothing. */
static int expand_path(struct apply *a, const struct key *k, const struct policy_entry *e,
		       const char *host)
{
	_cleanup_strbuf_ struct strbuf tmpl = STRBUF_INIT, path = STRBUF_INIT;
	const struct path_vars vars = { .host = host, .env = a->env };
	char **field = (char **)((char *)a->p + k->offset);
	struct err err = { 0 };
	int r;

	r = path_expand(slice_of(*field), &vars, &tmpl, &err);
	if (!r && names_pid((struct slice){ tmpl.buf, tmpl.len }))
		r = err_set(&err, EINVAL, "the JVM's pid is not known here; leave %%p out");
	if (!r) {
		path_fill((struct slice){ tmpl.buf, tmpl.len }, 0, 0, &path);
		r = strbuf_error(&path);
	}
	if (!r && (!path.len || *path.buf != '/'))
		r = err_set(&err, EINVAL, "it must begin with '/'");
	if (r == -EINVAL) {
		find(a, DIAG_ERROR, e, e->ini.value_col, "%s.%s: %s", k->section, k->name, err.msg);
		return 0;
	}
	if (r < 0)
		return r;
	free(*field);
	*field = strbuf_steal(&path);
	return *field ? 0 : -ENOMEM;
}

static int expand_paths(struct apply *a)
{
	char host[256] = "";
	int r = 0;

	for (size_t i = 0; !r && i < keys_count; i++) {
		const char *text = *(char *const *)((const char *)a->p + keys[i].offset);

		if (keys[i].type != KEY_PATH || !a->seen[i] || !text || !strpbrk(text, "%$"))
			continue;
		if (!*host)
			(void)gethostname(host, sizeof(host) - 1);
		r = expand_path(a, &keys[i], &a->entries[a->seen[i] - 1], host);
	}
	return r;
}

int policy_apply(struct apply *a)
{
	int r = 0;

	a->seen = calloc(keys_count, sizeof(*a->seen));
	if (!a->seen)
		return -ENOMEM;
	for (size_t i = 0; !r && i < a->n; i++)
		r = apply_entry(a, &a->entries[i]);
	if (!r)
		check_hooks(a);
	if (!r)
		r = expand_paths(a);
	freep(&a->seen);
	return r;
}
