/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of JAVA_TOOL_OPTIONS, _JAVA_OPTIONS, JDK_JAVA_OPTIONS and a VMOptionsFile.
 *
 * These are not shell words: a backslash is an ordinary character, both kinds of quotes group and
 * neither can be escaped. All four share the rule (observed on 8 to 28), though two different
 * pieces of Java read them.
 */
#include "jvm/envopts.h"

#include <errno.h>

/* isspace of the C locale, which is what the JVM asks. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes the word at the start of *rest (no blank there) into out. */
static int take_word(struct slice *rest, struct strbuf *out)
{
	while (rest->len && !is_blank(rest->ptr[0])) {
		char c = rest->ptr[0];
		ptrdiff_t end;

		*rest = slice_skip(*rest, 1);
		if (c != '\'' && c != '"') {
			strbuf_putc(out, c);
			continue;
		}
		end = slice_find(*rest, c);
		if (end < 0)
			return X_ENVOPTS_UNMATCHED;
		strbuf_add(out, rest->ptr, (size_t)end);
		*rest = slice_skip(*rest, (size_t)end + 1);
	}
	return strbuf_error(out);
}

int envopts_next(struct slice *rest, struct strbuf *word, const char **ret_start)
{
	int r;

	while (rest->len && is_blank(rest->ptr[0]))
		*rest = slice_skip(*rest, 1);
	if (!rest->len)
		return 0;
	*ret_start = rest->ptr;
	r = take_word(rest, word);
	return r ? r : X_ENVOPTS_WORD;
}

int envopts_split(struct slice value, struct strv *ret)
{
	_cleanup_strv_ struct strv words = STRV_INIT;

	for (;;) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;
		const char *start;
		int r = envopts_next(&value, &word, &start);

		if (!r)
			break;
		if (r != X_ENVOPTS_WORD)
			return r;
		strv_push(&words, strbuf_str(&word));
		if (words.err)
			return words.err;
	}
	for (size_t i = 0; i < words.n; i++)
		strv_take(ret, steal_ptr(words.v[i]));
	return ret->err;
}

/* A quoted run may hold everything but its own quote, so a word is as many runs as the kinds of
 * quotes in it alternate. */
static void put_word(struct strbuf *out, const char *word)
{
	size_t plain = 0;

	while (word[plain] && word[plain] != '\'' && word[plain] != '"' && !is_blank(word[plain]))
		plain++;
	if (plain && !word[plain]) {
		strbuf_puts(out, word);
		return;
	}
	do {
		size_t single = strcspn(word, "'"), twice = strcspn(word, "\"");
		char quote = twice >= single ? '"' : '\'';
		size_t run = twice >= single ? twice : single;

		strbuf_putc(out, quote);
		strbuf_add(out, word, run);
		strbuf_putc(out, quote);
		word += run;
	} while (*word);
}

int envopts_join(const struct strv *words, struct strbuf *out)
{
	for (size_t i = 0; i < words->n; i++) {
		if (i)
			strbuf_putc(out, ' ');
		put_word(out, words->v[i]);
	}
	return strbuf_error(out);
}
