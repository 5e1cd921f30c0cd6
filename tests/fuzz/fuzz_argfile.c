/* SPDX-License-Identifier: Apache-2.0 */
/* An @argfile, read as two releases read it that differ in their grammar. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "jvm/argfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t bytes, room;
	unsigned line;
};

static int see(void *arg, struct argfile_token t)
{
	struct seen *s = arg;

	s->bytes += strlen(t.text);
	if (s->bytes > s->room || t.line < s->line)
		abort();
	s->line = t.line;
	free(t.text);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	static const unsigned features[] = { 17, 28 };

	for (size_t i = 0; i < 2; i++) {
		struct seen s = { .room = size };

		argfile_parse(text, features[i], see, &s);
	}
	return 0;
}
