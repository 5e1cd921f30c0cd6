/* SPDX-License-Identifier: Apache-2.0 */
/* A value that is found lies in the text, on the line that is told. */
#include <stdint.h>
#include <stdlib.h>
#include "tool/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	static const char *const sections[] = { "Service", NULL };

	for (size_t i = 0; i < 2; i++) {
		struct slice value;
		unsigned line, at = 1;

		if (!unit_setting(text, sections[i], "KillMode", &value, &line))
			continue;
		if (value.ptr < text.ptr || value.ptr + value.len > text.ptr + text.len)
			abort();
		for (const char *c = text.ptr; c < value.ptr; c++)
			at += *c == '\n';
		/* an empty value may be cut where its line ends */
		if (at != line && !(value.len == 0 && at == line + 1))
			abort();
	}
	return 0;
}
