/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/slice.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Secrets in what other people wrote on a command line, replaced by "***" wherever jvisor writes
 * it: the value behind a name such as password, secret, token, credential, API key, private key or
 * passphrase in any spelling ("-Ddb.password=x", "--token x", {"apiKey":"x"}), a header
 * "Authorization:", and the password of a URL. It is a guess by names, which hides too much rather
 * than too little. `names` are globs over more names ([collect] secrets), case ignored; NULL: none.
 */

/* The words of one line, one after the other: "--password" hides the word behind it. */
struct mask {
	const struct strv *names;
	bool next; /* the next word is a value */
};

/* A value reaches to the end of the word. */
void mask_word(struct mask *m, const char *word, struct strbuf *out);

/* Words that stand side by side, where nobody knows the end of one that holds blanks: a value
 * reaches to the next blank with a '-' behind it. 1: a value reached the end, and may go on in the
 * line behind it; else 0. */
bool mask_text(const struct strv *names, struct slice text, struct strbuf *out);

/* The text of a value that began before it: hidden up to the next option, the rest as mask_text. */
bool mask_rest(const struct strv *names, struct slice text, struct strbuf *out);
