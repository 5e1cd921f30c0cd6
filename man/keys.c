/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints a part of jvisor.ini(5): the keys of a policy, or with "profiles" what each profile means.
 * `make update-man` puts them in the places of @KEYS@ and @PROFILES@ in the template; the page is
 * kept in the tree, and a test compares.
 */
#include <stdio.h>
#include <string.h>
#include "man/parts.h"
#include "policy/keys.h"

enum { WIDTH = 78 };

/* A backslash, and a dot or a quote at the begin of a line, mean something to roff. */
void put_text(struct strbuf *out, const char *text)
{
	struct slice rest = slice_of(text), word;
	size_t col = 0;

	while (slice_next(&rest, ' ', &word)) {
		if (col && col + 1 + word.len > WIDTH)
			col = 0;
		if (out->len && !col && out->buf[out->len - 1] != '\n')
			strbuf_putc(out, '\n');
		if (col)
			strbuf_putc(out, ' ');
		else if (word.len && (*word.ptr == '.' || *word.ptr == '\''))
			strbuf_puts(out, "\\&");
		for (size_t i = 0; i < word.len; i++)
			strbuf_puts(out, word.ptr[i] == '\\' ? "\\e" : (char[2]){ word.ptr[i] });
		col += word.len + (col ? 1 : 0);
		/* A sentence ends its line, so that the formatter knows that it is one. */
		if (word.len && word.ptr[word.len - 1] == '.')
			col = WIDTH;
	}
	strbuf_putc(out, '\n');
}

static void put_type(struct strbuf *out, const struct key *k)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, "Takes ");
	key_describe(k, &b);
	if (*k->def)
		strbuf_printf(&b, "; default: %s", k->def);
	for (int p = 0; p < PROFILE_COUNT; p++) {
		const char *value = profile_value((enum policy_profile)p, k);

		if (value)
			strbuf_printf(&b, "; in profile %s: %s", profile_names[p],
				      *value ? value : "nothing");
	}
	strbuf_putc(&b, '.');
	put_text(out, strbuf_str(&b));
}

static void put_section(struct strbuf *out, const struct key_section *s)
{
	bool any = false;

	strbuf_printf(out, ".Ss %s\n", s->title);
	put_text(out, s->meaning);
	for (size_t i = 0; i < keys_count; i++) {
		if (strcmp(keys[i].section, s->name) != 0)
			continue;
		strbuf_puts(out, any ? "" : ".Bl -tag -width Ds\n");
		strbuf_printf(out, ".It Cm %s\n", keys[i].name);
		put_text(out, keys[i].meaning);
		strbuf_puts(out, ".br\n");
		put_type(out, &keys[i]);
		any = true;
	}
	strbuf_puts(out, any ? ".El\n" : "");
}

int main(int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	bool profiles = argc > 1 && !strcmp(argv[1], "profiles");

	if (profiles && put_profiles(&out) < 0)
		return 1;
	for (size_t i = 0; !profiles && i < key_sections_count; i++)
		put_section(&out, &key_sections[i]);
	if (strbuf_error(&out))
		return 1;
	return fputs(strbuf_str(&out), stdout) < 0 || fflush(stdout) ? 1 : 0;
}
