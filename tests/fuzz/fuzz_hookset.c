/* SPDX-License-Identifier: Apache-2.0 */
/* A hook set record from anywhere: what can be decoded is the same after a round trip, and its run
 * lines are split without harm. */
#include <stdint.h>
#include <stdlib.h>
#include "hooks/hooks.h"
#include "hooks/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(const struct hook_set *s, const struct hook_section *h)
{
	const struct words_in in = { .pid = "1",
				     .host = "h",
				     .incident = s->instance,
				     .started = s->started,
				     .env = &s->env };
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_strv_ struct strv words = STRV_INIT;

	if (words_split(h->run, &in, &words) == 0 && !words.n)
		abort();
	words_expand(h->run, &in, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(hook_set_done) struct hook_set s = { 0 }, again = { 0 };
	_cleanup_strbuf_ struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;

	if (hook_set_decode((struct slice){ (const char *)data, size }, &s) < 0)
		return 0;
	for (size_t i = 0; i < s.n_sections; i++)
		split(&s, &s.sections[i]);
	if (hook_set_encode(&s, &first) < 0 ||
	    hook_set_decode((struct slice){ strbuf_str(&first), first.len }, &again) < 0 ||
	    hook_set_encode(&again, &second) < 0)
		abort();
	if (first.len != second.len || memcmp(strbuf_str(&first), strbuf_str(&second), first.len))
		abort();
	return 0;
}
