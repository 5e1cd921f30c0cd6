/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the text of a value to the field: one function for each type of keys.h, in a table with the
 * words that tell a person what is wanted.
 *
 * A setter writes only when the whole value is good, so that what a broken line of a later file
 * would have changed stays as the earlier one had it.
 */
#include "policy/keys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/parse.h"
#include "jvm/cmdline.h"
#include "jvm/envopts.h"

/* The beginning of a value, for a message. */
#define SHOWN(s) (int)((s).len > 60 ? 60 : (s).len), (s).ptr

static const struct key_word *find_word(const struct key *k, struct slice s)
{
	for (const struct key_word *w = k->words; w && w->word; w++)
		if (slice_eq(s, w->word))
			return w;
	return NULL;
}

/* "VALUE is not WANTED; did you mean ...", for every type. */
static int wrong(const struct key *k, struct slice s, struct err *err)
{
	const char *words[16], *near;
	_cleanup_strbuf_ struct strbuf wanted = STRBUF_INIT;
	size_t n = 0;
	bool comment = slice_search(s, " ;").ptr || slice_search(s, " #").ptr;

	for (const struct key_word *w = k->words; w && w->word && n < ARRAY_SIZE(words); w++)
		words[n++] = w->word;
	near = parse_nearest(s, words, n);
	key_describe(k, &wanted);
	if (!s.len)
		return err_set(err, EINVAL, "the value is missing; write %s", strbuf_str(&wanted));
	return err_set(err, EINVAL, "'%.*s' is not allowed; write %s%s%s%s%s", SHOWN(s),
		       strbuf_str(&wanted), near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "", comment ? "; a comment stands on a line of its own" : "");
}

static int set_bool(const struct key *k, void *field, struct slice s, struct err *err)
{
	return parse_bool(s, field) ? wrong(k, s, err) : 0;
}

static int in_range(const struct key *k, uint64_t v, uint64_t *field, struct slice s,
		    struct err *err)
{
	if (v < k->min || (k->max && v > k->max))
		return wrong(k, s, err);
	*field = v;
	return 0;
}

static int set_number(const struct key *k, void *field, struct slice s, struct err *err)
{
	uint64_t v;

	return parse_u64(s, &v) ? wrong(k, s, err) : in_range(k, v, field, s, err);
}

static int set_time(const struct key *k, void *field, struct slice s, struct err *err)
{
	uint64_t v;

	return parse_duration(s, &v) ? wrong(k, s, err) : in_range(k, v, field, s, err);
}

static int set_days(const struct key *k, void *field, struct slice s, struct err *err)
{
	uint64_t days;

	if (parse_u64(s, &days))
		return set_time(k, field, s, err);
	if (__builtin_mul_overflow(days, 86400 * NSEC_PER_SEC, &days))
		return wrong(k, s, err);
	*(uint64_t *)field = days;
	return 0;
}

static int set_enum(const struct key *k, void *field, struct slice s, struct err *err)
{
	const struct key_word *w = find_word(k, s);

	if (!w)
		return wrong(k, s, err);
	*(uint64_t *)field = w->value;
	return 0;
}

/* Items between commas; an empty one is passed over, so that a list may end in a comma. */
static bool next_item(struct slice *rest, struct slice *ret)
{
	while (slice_next(rest, ',', ret)) {
		*ret = slice_trim(*ret);
		if (ret->len)
			return true;
	}
	return false;
}

static int set_set(const struct key *k, void *field, struct slice s, struct err *err)
{
	struct slice item;
	uint64_t bits = 0;

	while (next_item(&s, &item)) {
		const struct key_word *w = find_word(k, item);

		if (!w)
			return wrong(k, item, err);
		bits |= w->value;
	}
	*(uint64_t *)field = bits;
	return 0;
}

static int keep_text(void *field, struct slice s)
{
	char **text = field, *copy = NULL;

	if (s.len) {
		copy = strndup(s.ptr, s.len);
		if (!copy)
			return -ENOMEM;
	}
	free(*text);
	*text = copy;
	return 0;
}

static int set_text(const struct key *k, void *field, struct slice s, struct err *err)
{
	if (k->words && s.len && !find_word(k, s))
		return wrong(k, s, err);
	return keep_text(field, s);
}

static int set_path(const struct key *k, void *field, struct slice s, struct err *err)
{
	if (s.len && *s.ptr == '"')
		return err_set(err, EINVAL,
			       "%.*s: quotes would be part of the path; leave them out", SHOWN(s));
	if (s.len && !slice_starts(s, "/") && !slice_starts(s, "${") && !find_word(k, s))
		return wrong(k, s, err);
	return keep_text(field, s);
}

static void keep_strv(void *field, struct strv *v)
{
	strv_done(field);
	*(struct strv *)field = *v;
	*v = STRV_INIT;
}

static int set_list(const struct key *k, void *field, struct slice s, struct err *err)
{
	_cleanup_strv_ struct strv list = STRV_INIT;
	struct slice item;

	while (next_item(&s, &item))
		strv_push_slice(&list, item);
	if (list.err)
		return list.err;
	keep_strv(field, &list);
	return 0;
}

static int split_words(struct slice s, struct strv *ret, struct err *err)
{
	int r = envopts_split(s, ret);

	if (r == X_ENVOPTS_UNMATCHED)
		return err_set(err, EINVAL, "a quote is not closed");
	return r < 0 ? r : ret->err;
}

/* The options must leave the main class to the command line: one word too many and the JVM would
 * run something else. A main class put behind them shows it. */
static int set_options(const struct key *k, void *field, struct slice s, struct err *err)
{
	_cleanup_strv_ struct strv words = STRV_INIT, line = STRV_INIT;
	struct cmdline c = { 0 };
	bool good;
	int r = split_words(s, &words, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < words.n; i++) {
		if (words.v[i][0] == '@')
			return err_set(err, EINVAL,
				       "'%s': argument files are not read here; write the options",
				       words.v[i]);
		strv_push(&line, words.v[i]);
	}
	if (!words.n) {
		keep_strv(field, &words);
		return 0;
	}
	strv_push(&line, "Main");
	if (line.err)
		return line.err;
	r = cmdline_parse(strv_argv(&line), 0, &c, err);
	if (r < 0)
		return r;
	good = !r && c.main_kind == MAIN_CLASS && c.main == words.n && !c.print_only;
	cmdline_done(&c);
	if (!good)
		return err_set(err, EINVAL,
			       "'%.*s': only JVM options, each beginning with '-', and none that "
			       "names the program or only prints",
			       SHOWN(s));
	keep_strv(field, &words);
	return 0;
}

static int set_env(const struct key *k, void *field, struct slice s, struct err *err)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	int r = split_words(s, &words, err);

	for (size_t i = 0; !r && i < words.n; i++)
		if (words.v[i][0] == '=' || !strchr(words.v[i], '='))
			r = err_set(err, EINVAL, "'%s' is no NAME=VALUE", words.v[i]);
	if (r < 0)
		return r;
	keep_strv(field, &words);
	return 0;
}

static int set_size(const struct key *k, void *field, struct slice s, struct err *err)
{
	uint64_t v = UINT64_MAX;

	if (s.len && parse_size(s, &v))
		return wrong(k, s, err);
	*(uint64_t *)field = v;
	return 0;
}

static int set_share(const struct key *k, void *field, struct slice s, struct err *err)
{
	struct policy_size v = { 0 };
	struct slice rest = s, item;
	bool bytes = false, percent = false;

	while (next_item(&rest, &item)) {
		bool *which = slice_ends(item, "%") ? &percent : &bytes;

		if (*which || (which == &percent ? parse_percent(item, &v.percent)
						 : parse_size(item, &v.bytes)))
			return wrong(k, s, err);
		*which = true;
	}
	if (!bytes && !percent)
		return wrong(k, s, err);
	*(struct policy_size *)field = v;
	return 0;
}

static int set_signal(const struct key *k, void *field, struct slice s, struct err *err)
{
	int sig;

	if (parse_signal(s, &sig) || sig == SIGKILL || sig == SIGSTOP)
		return wrong(k, s, err);
	*(uint64_t *)field = (uint64_t)sig;
	return 0;
}

static int set_octal(const struct key *k, void *field, struct slice s, struct err *err)
{
	unsigned v;

	if (s.len && parse_octal(s, &v))
		return wrong(k, s, err);
	*(uint64_t *)field = s.len ? v : UINT64_MAX;
	return 0;
}

static const char caps_wanted[] =
	"capabilities such as net_bind_service, separated by commas, or all, or none";

static int set_caps(const struct key *k, void *field, struct slice s, struct err *err)
{
	struct slice rest = s, item;
	uint64_t set = s.len ? CAPS_GIVEN : 0;

	while (next_item(&rest, &item)) {
		const char *near = capability_nearest(item);
		unsigned cap;

		if (slice_eq(item, "all")) {
			set = CAPS_ALL;
		} else if (!parse_capability(item, &cap)) {
			set |= 1ULL << cap;
		} else if (!slice_eq(s, "none")) {
			return err_set(err, EINVAL, "'%.*s' is no capability; write %s%s%s%s",
				       SHOWN(item), caps_wanted, near ? "; did you mean '" : "",
				       near ? near : "", near ? "'?" : "");
		}
	}
	*(uint64_t *)field = set;
	return 0;
}

static int parse_limit(struct slice s, uint64_t *ret)
{
	if (slice_ieq(s, "unlimited") || slice_ieq(s, "infinity")) {
		*ret = UINT64_MAX;
		return 0;
	}
	return parse_size(s, ret);
}

/* One number is both, as with systemd and ulimit. */
static int set_limit(const struct key *k, void *field, struct slice s, struct err *err)
{
	struct policy_limit v = { .given = s.len > 0 };
	struct slice hard = s, soft;

	if (s.len) {
		if (!slice_next(&hard, ':', &soft) || parse_limit(slice_trim(soft), &v.soft))
			return wrong(k, s, err);
		if (soft.len == s.len)
			v.hard = v.soft;
		else if (parse_limit(slice_trim(hard), &v.hard))
			return wrong(k, s, err);
		if (v.soft > v.hard)
			return err_set(err, EINVAL, "the soft limit is above the hard one");
	}
	*(struct policy_limit *)field = v;
	return 0;
}

static int set_score(const struct key *k, void *field, struct slice s, struct err *err)
{
	int64_t v = INT64_MAX;

	if (s.len && (parse_i64(s, &v) || v < -1000 || v > 1000))
		return wrong(k, s, err);
	*(int64_t *)field = v;
	return 0;
}

enum holds { HOLDS_NUMBER, HOLDS_TEXT, HOLDS_STRV };

static const struct {
	int (*set)(const struct key *k, void *field, struct slice s, struct err *err);
	enum holds holds;
	const char *wanted;
} types[KEY_TYPE_COUNT] = {
	[KEY_BOOL] = { set_bool, HOLDS_NUMBER, "yes or no" },
	[KEY_NUMBER] = { set_number, HOLDS_NUMBER, "a number" },
	[KEY_ENUM] = { set_enum, HOLDS_NUMBER, "one of" },
	[KEY_SET] = { set_set, HOLDS_NUMBER, "a list, separated by commas, of" },
	[KEY_TEXT] = { set_text, HOLDS_TEXT, "text" },
	[KEY_PATH] = { set_path, HOLDS_TEXT, "a path from / on" },
	[KEY_LIST] = { set_list, HOLDS_STRV, "a list, separated by commas" },
	[KEY_OPTIONS] = { set_options, HOLDS_STRV, "JVM options, separated by blanks" },
	[KEY_ENV] = { set_env, HOLDS_STRV, "NAME=VALUE words, separated by blanks" },
	[KEY_TIME] = { set_time, HOLDS_NUMBER, "a time, such as 30s, 10m, 2h or 90d" },
	[KEY_TIME_OR_WORD] = { NULL, HOLDS_NUMBER, "a time, such as 30s or 10m, or one of" },
	[KEY_DAYS] = { set_days, HOLDS_NUMBER, "a number of days, or a time such as 12h" },
	[KEY_SIZE] = { set_size, HOLDS_NUMBER, "a size, such as 512m or 2g" },
	[KEY_SHARE] = { set_share, HOLDS_NUMBER,
			"a size, such as 2g, a percentage, such as 10%, "
			"or both, separated by a comma" },
	[KEY_SIGNAL] = { set_signal, HOLDS_NUMBER, "a signal that can be caught, such as TERM" },
	[KEY_OCTAL] = { set_octal, HOLDS_NUMBER, "an octal number, such as 027" },
	[KEY_CAPS] = { set_caps, HOLDS_NUMBER, caps_wanted },
	[KEY_LIMIT] = { set_limit, HOLDS_NUMBER,
			"a number, a size or unlimited, or two of them as SOFT:HARD" },
	[KEY_SCORE] = { set_score, HOLDS_NUMBER, "a number from -1000 to 1000" },
};

void key_describe(const struct key *k, struct strbuf *out)
{
	strbuf_puts(out, k->type == KEY_TEXT && k->words ? "one of" : types[k->type].wanted);
	if (k->type == KEY_NUMBER && k->max)
		strbuf_printf(out, " from %ju to %ju", (uintmax_t)k->min, (uintmax_t)k->max);
	if (k->type == KEY_PATH && k->words)
		strbuf_puts(out, ", or");
	for (const struct key_word *w = k->words; w && w->word; w++)
		strbuf_printf(out, "%s %s", w == k->words ? "" : ",", w->word);
}

static int set_time_or_word(const struct key *k, void *base, struct slice s, struct err *err)
{
	uint64_t *field = (uint64_t *)((char *)base + k->offset);
	uint64_t *time = (uint64_t *)((char *)base + k->offset2);
	const struct key_word *w = find_word(k, s);

	if (w) {
		*field = w->value;
		return 0;
	}
	if (parse_duration(s, time))
		return wrong(k, s, err);
	*field = WAIT_TIME;
	return 0;
}

/* Texts and lists may be emptied; so may what nothing sets by default. */
static bool needs_value(const struct key *k)
{
	return *k->def && k->type != KEY_SET && (k->words || types[k->type].holds == HOLDS_NUMBER);
}

int key_set(const struct key *k, void *base, struct slice value, struct err *err)
{
	if (!value.len && needs_value(k))
		return wrong(k, value, err);
	if (k->type == KEY_TIME_OR_WORD)
		return set_time_or_word(k, base, value, err);
	return types[k->type].set(k, (char *)base + k->offset, value, err);
}

void key_done(const struct key *k, void *base)
{
	void *field = (char *)base + k->offset;

	if (types[k->type].holds == HOLDS_TEXT)
		freep(field);
	else if (types[k->type].holds == HOLDS_STRV)
		strv_done(field);
}
