/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a [hook] section's run, without a shell.
 *
 * Quotes are the shell's, and that is all of it: no globs, no pipes, no $(...). Names are filled in
 * while a word is built, after it was delimited, so a value with blanks or quotes in it stays one
 * word: a hook cannot be made to run something else by an environment variable.
 */
#include "hooks/words.h"

#include <errno.h>
#include <string.h>
#include "base/clock.h"

static void put(struct strbuf *out, const char *text)
{
	strbuf_puts(out, text ? text : "");
}

/* A % at at[0]; returns what follows the name. An unknown one is left as it is (date +%s). */
static const char *percent(const char *at, const struct words_in *in, struct strbuf *out)
{
	char stamp[CLOCK_STAMP_LEN] = "";

	switch (at[1]) {
	case '%':
		strbuf_putc(out, '%');
		break;
	case 'p':
		put(out, in->pid);
		break;
	case 'h':
		put(out, in->host);
		break;
	case 'i':
		put(out, in->incident);
		break;
	case 't':
		if (in->started)
			clock_stamp(in->started, stamp);
		put(out, stamp);
		break;
	default:
		strbuf_putc(out, '%');
		return at + 1;
	}
	return at + 2;
}

/* A $ at at[0]: ${NAME}, or a $ as it is. */
static const char *dollar(const char *at, const struct words_in *in, struct strbuf *out)
{
	const char *end = at[1] == '{' ? strchr(at, '}') : NULL;
	char name[256];
	size_t len = end ? (size_t)(end - at) - 2 : 0;

	if (!len || len >= sizeof(name)) {
		strbuf_putc(out, '$');
		return at + 1;
	}
	memcpy(name, at + 2, len);
	name[len] = '\0';
	put(out, in->env ? strv_env_get(in->env, name) : NULL);
	return end + 1;
}

/* One character or name outside of single quotes. */
static const char *plain(const char *at, const struct words_in *in, struct strbuf *word)
{
	if (*at == '%')
		return percent(at, in, word);
	if (*at == '$')
		return dollar(at, in, word);
	strbuf_putc(word, *at);
	return at + 1;
}

/* The text behind an opening quote up to behind the closing one; NULL: there is none. */
static const char *quoted(const char *at, const struct words_in *in, struct strbuf *word)
{
	const char quote = at[-1];

	while (*at && *at != quote) {
		if (quote == '\'' && *at != '%') {
			strbuf_putc(word, *at++);
			continue;
		}
		if (quote == '"' && *at == '\\' && at[1] && strchr("\"\\$`", at[1])) {
			strbuf_putc(word, at[1]);
			at += 2;
		} else {
			at = plain(at, in, word);
		}
	}
	return *at ? at + 1 : NULL;
}

/* One word from its first character; returns what follows, NULL when a quote is not closed. */
static const char *word_at(const char *at, const struct words_in *in, struct strbuf *word)
{
	while (at && *at && !strchr(" \t\n\r", *at)) {
		if (*at == '\'' || *at == '"') {
			at = quoted(at + 1, in, word);
		} else if (*at == '\\') {
			if (!at[1])
				return NULL;
			strbuf_putc(word, at[1]);
			at += 2;
		} else {
			at = plain(at, in, word);
		}
	}
	return at;
}

int words_split(const char *run, const struct words_in *in, struct strv *ret)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;
	const char *at = run;

	while (*(at += strspn(at, " \t\n\r"))) {
		strbuf_reset(&word);
		at = word_at(at, in, &word);
		if (!at)
			return -EINVAL;
		if (strbuf_error(&word))
			return strbuf_error(&word);
		strv_push(&words, strbuf_str(&word));
	}
	if (words.err)
		return words.err;
	if (!words.n)
		return -EINVAL;
	*ret = words;
	words = STRV_INIT;
	return 0;
}

void words_expand(const char *run, const struct words_in *in, struct strbuf *out)
{
	while (*run) {
		if (*run == '%')
			run = percent(run, in, out);
		else
			strbuf_putc(out, *run++);
	}
}
