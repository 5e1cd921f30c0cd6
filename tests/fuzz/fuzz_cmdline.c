/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command line, its words cut at newlines; the first byte chooses the release, the first line is
 * JDK_JAVA_OPTIONS. Words given to java again must mean the same line. A word that would read a
 * file is left out: a fuzzer must not open what it made up.
 */
#include <stdint.h>
#include <stdlib.h>
#include "base/strbuf.h"
#include "base/strv.h"
#include "jvm/cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned features[] = { 0, 8, 9, 11, 17, 21, 25, 28 };

static void check_again(const struct cmdline *c, unsigned feature)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	struct cmdline again;

	for (size_t i = 0; i < c->n; i++)
		strv_take(&words, cmdline_word(c, i, feature));
	if (words.err || c->n_env)
		return;
	if (cmdline_parse(strv_argv(&words), feature, &again, NULL) != 0 || again.n != c->n ||
	    again.main != c->main || again.main_kind != c->main_kind)
		abort();
	cmdline_done(&again);
}

static void check(const char *env, const struct strv *words, unsigned feature)
{
	struct cmdline c;
	char name[32];

	if (cmdline_parse_env(env, strv_argv(words), feature, &c, NULL) != 0)
		return;
	cmdline_app(&c, name, sizeof(name));
	/* An older release refuses what it does not know: the quick look may still say so. */
	if ((!feature || feature >= 17) && cmdline_is_print_only(strv_argv(words)) && !c.print_only)
		abort();
	if (c.main_kind != MAIN_NONE && (c.main >= c.n || c.main_option > c.main))
		abort();
	check_again(&c, feature);
	cmdline_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, line;
	_cleanup_strv_ struct strv words = STRV_INIT;
	_cleanup_strbuf_ struct strbuf env = STRBUF_INIT;
	unsigned feature = size ? features[data[0] % 8] : 0;

	rest = slice_skip(rest, size ? 1 : 0);
	if (slice_next_line(&rest, &line) && slice_find(line, '@') < 0)
		strbuf_slice(&env, line);
	while (slice_next_line(&rest, &line)) {
		bool reads = line.len > 1 && line.ptr[0] == '@' && line.ptr[1] != '@';

		if (!reads && !(slice_starts(line, "--source") && slice_find(line, '@') >= 0))
			strv_push_slice(&words, line);
	}
	if (!words.err && !strbuf_error(&env))
		check(env.len ? env.buf : NULL, &words, feature);
	return 0;
}
