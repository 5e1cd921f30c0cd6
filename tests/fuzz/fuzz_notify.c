/* SPDX-License-Identifier: Apache-2.0 */
/* What was let through is let through again, unchanged, and holds nothing that was not allowed. */
#include <stdint.h>
#include <stdlib.h>
#include "proc/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned allowed = ~NOTIFY_BIT(NOTIFY_OTHER);
	_cleanup_strbuf_ struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
	unsigned seen;

	(void)notify_filter((struct slice){ (const char *)data, size }, allowed, &once);
	seen = notify_filter((struct slice){ once.buf, once.len }, allowed, &twice);
	if (seen & NOTIFY_BIT(NOTIFY_OTHER) || once.len != twice.len ||
	    (once.len && memcmp(once.buf, twice.buf, once.len) != 0))
		abort();
	return 0;
}
