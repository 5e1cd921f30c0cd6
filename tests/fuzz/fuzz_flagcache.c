/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the file of what was found in a libjvm.so: whatever it says of a name is one of the
 * answers, and a text without its end says nothing. */
#include <stdint.h>
#include <stdlib.h>
#include "base/macro.h"
#include "jvm/flagsearch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "HeapDumpPath", "OnError" };
	struct slice text = { (const char *)data, size };
	enum flag_found found[ARRAY_SIZE(names)];

	if (!flagcache_parse(text, "library 1 2 3 4.0 5.0", names, ARRAY_SIZE(names), found))
		return 0;
	if (!slice_ends(text, "\nend\n"))
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (found[i] != FLAG_ABSENT && found[i] != FLAG_TAIL && found[i] != FLAG_WHOLE)
			abort();
	return 0;
}
