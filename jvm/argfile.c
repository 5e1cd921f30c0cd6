/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts an @argfile into the words that the launcher takes from it.
 *
 * This is neither the shell's grammar nor that of the environment variables: a backslash escapes
 * only inside quotes, a newline ends an open quote and its word, and what the end of the file finds
 * unfinished is kept only when it is not empty and not in an escape. A '#' in mid-word starts a
 * comment; until 25 it also loses the part of the word behind its last quote, and what was quoted
 * becomes the start of the next word. From 26 on it ends the word, but right behind a quote, where
 * it does as before (observed on 17 and 25 to 28).
 */
#include "jvm/argfile.h"

#include <errno.h>
#include <stdbool.h>
#include "base/strbuf.h"

enum lex_state { LEX_BETWEEN, LEX_COMMENT, LEX_WORD, LEX_QUOTE, LEX_ESCAPE, LEX_CONTINUED };

struct lexer {
	enum lex_state state;
	char quote;
	struct strbuf word;
	size_t kept; /* how much of the word a comment in its middle leaves */
	unsigned line, start_line;
	bool comment_ends_word;
	int (*token)(void *arg, struct argfile_token t);
	void *arg;
};

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f' || is_newline(c);
}

static int end_word(struct lexer *x)
{
	char *text;

	strbuf_add(&x->word, "", 1); /* an empty word is text too */
	text = strbuf_steal(&x->word);
	x->state = LEX_BETWEEN;
	x->kept = 0;
	if (!text)
		return -ENOMEM;
	return x->token(x->arg, (struct argfile_token){ text, x->start_line });
}

static void add_char(struct lexer *x, char c)
{
	strbuf_putc(&x->word, c);
}

static int in_word(struct lexer *x, char c)
{
	if (is_blank(c))
		return end_word(x);
	if (c == '#') {
		bool ends = x->comment_ends_word && x->word.len > x->kept;
		int r = ends ? end_word(x) : 0;

		x->word.len = x->kept;
		x->state = LEX_COMMENT;
		return r;
	}
	if (c == '"' || c == '\'') {
		x->quote = c;
		x->state = LEX_QUOTE;
		return 0;
	}
	add_char(x, c);
	return 0;
}

static int in_quote(struct lexer *x, char c)
{
	if (is_newline(c))
		return end_word(x);
	if (c == x->quote) {
		x->state = LEX_WORD;
		x->kept = x->word.len;
	} else if (c == '\\') {
		x->state = LEX_ESCAPE;
	} else {
		add_char(x, c);
	}
	return 0;
}

static int in_escape(struct lexer *x, char c)
{
	static const char from[] = "nrtf", to[] = "\n\r\t\f";
	const char *at = c ? strchr(from, c) : NULL;

	if (is_newline(c)) {
		x->state = LEX_CONTINUED;
		return 0;
	}
	add_char(x, at ? to[at - from] : c);
	x->state = LEX_QUOTE;
	return 0;
}

static int next_char(struct lexer *x, char c)
{
	switch (x->state) {
	case LEX_BETWEEN:
		if (is_blank(c))
			return 0;
		x->state = LEX_WORD;
		x->start_line = x->line;
		return in_word(x, c);
	case LEX_COMMENT:
		if (is_newline(c))
			x->state = LEX_BETWEEN;
		return 0;
	case LEX_WORD:
		return in_word(x, c);
	case LEX_CONTINUED:
		if (is_blank(c))
			return 0;
		x->state = LEX_QUOTE;
		return in_quote(x, c);
	case LEX_QUOTE:
		return in_quote(x, c);
	case LEX_ESCAPE:
		return in_escape(x, c);
	}
	return 0;
}

int argfile_parse(struct slice content, unsigned feature,
		  int (*token)(void *arg, struct argfile_token t), void *arg)
{
	struct lexer x = {
		.line = 1,
		.comment_ends_word = !feature || feature >= 26,
		.token = token,
		.arg = arg,
	};
	int r = 0;

	for (size_t i = 0; !r && i < content.len; i++) {
		r = next_char(&x, content.ptr[i]);
		if (content.ptr[i] == '\n')
			x.line++;
		if (!r)
			r = strbuf_error(&x.word);
	}
	if (!r && x.word.len && (x.state == LEX_WORD || x.state == LEX_QUOTE))
		r = end_word(&x);
	strbuf_done(&x.word);
	return r < 0 ? r : 0;
}
