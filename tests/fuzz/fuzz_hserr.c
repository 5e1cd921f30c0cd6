/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an hs_err log: every piece that is handed out lies within them. */
#include <stdlib.h>
#include "base/macro.h"
#include "jvm/hserr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_within(struct slice s, struct slice text)
{
	if (!s.len)
		return;
	if (s.ptr < text.ptr || s.len > text.len ||
	    s.ptr - text.ptr > (ptrdiff_t)(text.len - s.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct hserr h;

	if (!hserr_parse(text, &h))
		return 0;
	if (h.cause >= HSERR_CAUSE_COUNT || h.signal < 0 || h.signal > 64 ||
	    h.n_stack > HSERR_STACK)
		abort();

	const struct slice parts[] = { h.signal_name, h.reason, h.frame,     h.library,	   h.thread,
				       h.jre_version, h.vm,	h.core_line, h.oom_message };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		must_be_within(parts[i], text);
	for (unsigned i = 0; i < h.n_stack; i++)
		must_be_within(h.stack[i], text);
	return 0;
}
