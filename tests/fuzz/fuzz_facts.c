/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a facts record. A record that is accepted comes back as the same facts when it is
 * written and read again; and whatever was read, also of a bad record, gets a verdict that may be
 * printed.
 */
#include <stdlib.h>
#include "base/utf8.h"
#include "jvm/facts.h"
#include "jvm/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_printable(const char *text, size_t room)
{
	struct slice rest = { text, strnlen(text, room) };

	if (rest.len == room)
		abort();
	while (rest.len) {
		size_t n = utf8_printable(rest);

		if (!n)
			abort();
		rest = slice_skip(rest, n);
	}
}

static void judge(const struct facts *f)
{
	struct evidence e = verdict_evidence(f);
	struct verdict v;

	verdict_decide(&e, &v);
	if (v.kind >= KIND_COUNT || v.oom_kind >= OOM_KIND_COUNT || !v.sentence[0])
		abort();
	must_be_printable(v.sentence, sizeof(v.sentence));
	for (unsigned i = 0; i < v.n_evidence; i++)
		must_be_printable(v.evidence[i], sizeof(v.evidence[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strbuf_ struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 }, again = { 0 };
	int r = facts_decode((struct slice){ (const char *)data, size }, &f);

	judge(&f);
	if (r)
		return 0;
	facts_put(&once, &f);
	if (facts_decode((struct slice){ once.buf, once.len }, &again))
		abort();
	facts_put(&twice, &again);
	if (once.len != twice.len || memcmp(once.buf, twice.buf, once.len))
		abort();
	return 0;
}
