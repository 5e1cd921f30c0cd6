/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's text through the whole reader: lines, inih, keys, values, flags, hooks, paths. The
 * text is read a second time in the way that check does.
 */
#include <stdint.h>
#include <stdlib.h>
#include "policy/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int strict = 0; strict < 2; strict++) {
		char *text = malloc(size ? size : 1);
		struct diags diags = { 0 };
		struct policy p;

		if (!text)
			return 0;
		memcpy(text, size ? data : (const uint8_t *)"", size);
		if (policy_load_text(text, size, "fuzz", strict, &p, &diags, NULL) >= 0)
			policy_done(&p);
		diags_done(&diags);
		free(text);
	}
	return 0;
}
