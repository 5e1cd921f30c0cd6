/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets on a command line, hidden from whoever reads an explanation or an incident. What a name
 * means is guessed from its letters, with "-", "_" and "." between them ignored; what is not a name
 * ends it, so that "host=h,token=t" is two.
 *
 * One pass over the text, whatever it holds: a log's last line may be a megabyte.
 */
#include "base/mask.h"

#include <fnmatch.h>

static const char hidden[] = "***";

/* Lower case, as letters and digits only. */
static const char *const secrets[] = {
	"password",   "passwd",	    "passwort",	     "passphrase",    "passcode",  "pwd",
	"secret",     "token",	    "credential",    "authorization", "apikey",	   "accesskey",
	"privatekey", "signingkey", "encryptionkey", "accountkey",    "masterkey", "sharedkey",
};

enum { NAME_LOOK_AT = 256, URL_LOOK_AT = 256 };

static bool is_separator(char c)
{
	return c == '_' || c == '-' || c == '.';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool in_name(char c)
{
	char l = lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || is_separator(c);
}

/* The name begins with this word; *ret_end is behind it. */
static bool begins_with(struct slice name, const char *word, size_t *ret_end)
{
	size_t i = 0;

	for (; i < name.len && *word; i++) {
		if (lower(name.ptr[i]) == *word)
			word++;
		else if (!is_separator(name.ptr[i]))
			return false;
	}
	*ret_end = i;
	return !*word;
}

static bool holds_secret(struct slice name)
{
	for (; name.len; name = slice_skip(name, 1)) {
		char first = lower(*name.ptr);
		size_t end;

		if (!strchr("pstcaem", first))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
			if (*secrets[i] == first && begins_with(name, secrets[i], &end))
				return true;
		if (first == 'p' && begins_with(name, "pass", &end) && end == name.len)
			return true;
	}
	return false;
}

/* Of "-Dname" and "--name" the name. */
static struct slice bare_name(struct slice name)
{
	if (slice_starts(name, "-D"))
		return slice_skip(name, 2);
	while (name.len && *name.ptr == '-')
		name = slice_skip(name, 1);
	return name;
}

static bool is_named(const struct strv *names, struct slice name)
{
	char text[NAME_LOOK_AT];

	name = bare_name(name);
	if (!names || !names->n || !name.len || name.len >= sizeof(text))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	for (size_t i = 0; i < names->n; i++)
		if (!fnmatch(names->v[i], text, FNM_CASEFOLD))
			return true;
	return false;
}

static bool is_secret(const struct strv *names, struct slice name)
{
	return name.len && (holds_secret(name) || is_named(names, name));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the text behind a name (its closing quote first) gives it a value: the offset of that
 * value, or 0. A ':' does so in JSON and in a header; in a class path it only separates. */
static size_t find_value(struct slice name, struct slice behind)
{
	bool quoted = behind.len && (*behind.ptr == '"' || *behind.ptr == '\'');
	size_t at = quoted, end;

	while (quoted && at < behind.len && is_blank(behind.ptr[at]))
		at++;
	if (at >= behind.len)
		return 0;
	if (behind.ptr[at] == '=' && (!quoted || at == 1))
		return at + 1;
	if (behind.ptr[at] != ':' || *behind.ptr == '\'')
		return 0;
	if (!quoted && !(begins_with(name, "authorization", &end) && end == name.len))
		return 0;
	for (at++; at < behind.len && is_blank(behind.ptr[at]);)
		at++;
	return at;
}

/* "--password" and nothing else of that word; "-Dtoken" is a property without a value. */
static bool is_option(struct slice text, size_t from, size_t to)
{
	struct slice name = { text.ptr + from, to - from };
	char before = from ? text.ptr[from - 1] : ' ';

	return name.len > 1 && *name.ptr == '-' && !slice_starts(name, "-D") &&
	       (is_blank(before) || before == '\'' || before == '"');
}

/* Where a value in a text of several words ends. */
static size_t next_option(struct slice text, size_t at)
{
	for (; at + 1 < text.len; at++)
		if (is_blank(text.ptr[at]) && text.ptr[at + 1] == '-')
			return at;
	return text.len;
}

/* "://user:PASSWORD@host" at the begin: the password. A '/' ends the part that may hold one, but
 * for those that put one into the password itself: a port is a number. */
static bool find_url_password(struct slice url, size_t *ret_from, size_t *ret_to)
{
	size_t colon = 3, end, at = 0;
	bool number = true;

	for (; colon < url.len && !strchr("/?#@ \t\"':", url.ptr[colon]); colon++)
		;
	if (colon >= url.len || url.ptr[colon] != ':')
		return false;
	for (end = colon + 1; end < url.len && !strchr("/?# \t\"'", url.ptr[end]); end++) {
		number &= url.ptr[end] >= '0' && url.ptr[end] <= '9';
		if (url.ptr[end] == '@')
			at = end;
	}
	for (; !at && !number && end < url.len && !strchr(" \t\"'", url.ptr[end]); end++)
		if (url.ptr[end] == '@')
			at = end;
	if (at <= colon + 1)
		return false;
	*ret_from = colon + 1;
	*ret_to = at;
	return true;
}

/* "jdbc:oracle:thin:user/PASSWORD@host" */
static bool find_oracle_password(struct slice text, size_t *ret_from, size_t *ret_to)
{
	ptrdiff_t slash = slice_find(text, '/'), at = slice_find(text, '@');

	if (slash < 0 || at <= slash + 1)
		return false;
	*ret_from = (size_t)slash + 1;
	*ret_to = (size_t)at;
	return true;
}

struct masking {
	const struct strv *names;
	struct slice text;
	struct strbuf *out;
	bool joined; /* the text is several words */
	size_t done; /* what is written or hidden so far */
	bool open;   /* a value reached the end */
	bool next;   /* the text ended in "--password" */
};

static void hide(struct masking *m, size_t from, size_t to)
{
	strbuf_add(m->out, m->text.ptr + m->done, from - m->done);
	if (to > from)
		strbuf_puts(m->out, hidden);
	m->done = to;
	m->open = m->joined && to == m->text.len;
}

/* Behind "--password": the words up to the next option, or in one word the next one. */
static void hide_next(struct masking *m, size_t from)
{
	size_t to = from;

	while (from < m->text.len && is_blank(m->text.ptr[from]))
		from++;
	if (from == m->text.len) {
		m->next = !m->joined;
		return;
	}
	if (slice_starts(slice_skip(m->text, from), "--"))
		return;
	for (to = from; to < m->text.len && !is_blank(m->text.ptr[to]);)
		to++;
	hide(m, from, m->joined ? next_option(m->text, to) : to);
}

/* A name stands at [from, to); what is behind it is looked at. */
static void look_behind(struct masking *m, size_t from, size_t to)
{
	struct slice name = { m->text.ptr + from, to - from };
	size_t value = find_value(name, slice_skip(m->text, to));
	bool option = !value && is_option(m->text, from, to) &&
		      (to == m->text.len || is_blank(m->text.ptr[to]));

	if ((!value && !option) || !is_secret(m->names, name))
		return;
	if (option)
		hide_next(m, to);
	else
		hide(m, to + value, m->joined ? next_option(m->text, to + value) : m->text.len);
}

static void look_at_url(struct masking *m, size_t at)
{
	struct slice rest = slice_skip(m->text, at);
	size_t from, to;

	if (rest.len > URL_LOOK_AT)
		rest.len = URL_LOOK_AT;
	if (slice_starts(rest, "://")
		    ? find_url_password(rest, &from, &to)
		    : slice_starts(rest, ":oracle:") && find_oracle_password(rest, &from, &to))
		hide(m, at + from, at + to);
}

static void mask_all(struct masking *m)
{
	size_t i = m->done, name = i;

	for (; i < m->text.len && m->done < m->text.len; i++) {
		if (in_name(m->text.ptr[i]))
			continue;
		if (i > name)
			look_behind(m, name, i);
		if (m->done <= i && m->text.ptr[i] == ':')
			look_at_url(m, i);
		if (m->done > i)
			i = m->done - 1;
		name = i + 1;
	}
	if (m->done < m->text.len && i > name)
		look_behind(m, name, i);
	strbuf_add(m->out, m->text.ptr + m->done, m->text.len - m->done);
}

void mask_word(struct mask *m, const char *word, struct strbuf *out)
{
	struct masking one = { .names = m->names, .text = slice_of(word), .out = out };

	if (m->next && !slice_starts(one.text, "--")) {
		strbuf_puts(out, hidden);
		m->next = false;
		return;
	}
	mask_all(&one);
	m->next = one.next;
}

bool mask_text(const struct strv *names, struct slice text, struct strbuf *out)
{
	struct masking line = { .names = names, .text = text, .out = out, .joined = true };

	mask_all(&line);
	return line.open;
}

bool mask_rest(const struct strv *names, struct slice text, struct strbuf *out)
{
	struct masking line = { .names = names, .text = text, .out = out, .joined = true };

	hide(&line, 0, next_option(text, 0));
	mask_all(&line);
	return line.open;
}
