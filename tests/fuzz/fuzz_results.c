/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the hooks' record. Every row that is taken is complete and within bounds.
 */
#include <stdlib.h>
#include "incident/hookrows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_incident_ struct incident inc = { 0 };

	hook_rows_parse((struct slice){ (const char *)data, size }, &inc);
	for (size_t i = 0; i < inc.n_hooks; i++) {
		const struct hook_row *h = &inc.hooks[i];

		if (!h->event || !h->name || !h->status)
			abort();
		if (h->exit_code < -1 || h->exit_code > 255)
			abort();
	}
	return 0;
}
