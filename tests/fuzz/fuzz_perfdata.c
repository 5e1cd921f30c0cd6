/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as hsperfdata: it is read or refused, and what is refused gives no reading. */
#include <stdlib.h>
#include <string.h>
#include "jvm/perfdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct perf_reading r, untouched;
	struct perf_heap heap;
	int result;

	memset(&r, 0xa5, sizeof(r));
	untouched = r;
	result = perfdata_parse((struct slice){ (const char *)data, size }, &r);
	if (result > 0 || (result && memcmp(&r, &untouched, sizeof(r))))
		abort();
	if (!result && (r.heap_max % 4096 || r.old_max % 4096))
		abort();
	result = perfdata_find_heap((struct slice){ (const char *)data, size }, &heap);
	if (result > 0)
		abort();
	for (int i = 0; !result && i < PERF_HEAP_PARTS; i++)
		if (heap.has[i] && (heap.at[i] < heap.from ||
				    heap.at[i] - heap.from + 8 > heap.len || heap.at[i] + 8 > size))
			abort();
	return 0;
}
