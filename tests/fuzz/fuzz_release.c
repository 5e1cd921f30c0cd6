/* SPDX-License-Identifier: Apache-2.0 */
/* A release file, and the versions that texts in it may be taken for. */
#include <stdint.h>
#include <stdlib.h>
#include "jvm/release.h"
#include "jvm/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct release r;
	struct jvm_version v;
	struct jvm_range range;

	if (release_parse(text, &r) == 0) {
		const struct slice fields[] = { r.implementor, r.version, r.runtime_version,
						r.jvm_variant };

		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			if (fields[i].len && (fields[i].ptr < text.ptr ||
					      fields[i].ptr + fields[i].len > text.ptr + size))
				abort();
		jvm_version_parse(r.version, &v);
	}
	jvm_version_parse(text, &v);
	if (jvm_range_parse(text, &range) == 0 && !jvm_range_holds(range, range.first))
		abort();
	return 0;
}
