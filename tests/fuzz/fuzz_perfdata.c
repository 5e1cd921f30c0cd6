/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as hsperfdata: it is read or refused, and what is refused gives no reading. */
#include <stdlib.h>
#include <string.h>
#include "jvm/perfdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct perf_reading r, untouched;
	int result;

	memset(&r, 0xa5, sizeof(r));
	untouched = r;
	result = perfdata_parse((struct slice){ (const char *)data, size }, &r);
	if (result > 0 || (result && memcmp(&r, &untouched, sizeof(r))))
		abort();
	if (!result && (r.heap_max % 4096 || r.old_max % 4096))
		abort();
	return 0;
}
