/* SPDX-License-Identifier: Apache-2.0 */
/* What was split can be joined and split again, and is then the same. */
#include <stdint.h>
#include <stdlib.h>
#include "jvm/envopts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strv_ struct strv words = STRV_INIT, again = STRV_INIT;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (envopts_split((struct slice){ (const char *)data, size }, &words) != 0)
		return 0;
	if (envopts_join(&words, &text) < 0)
		return 0;
	if (envopts_split((struct slice){ text.buf, text.len }, &again) != 0 || again.n != words.n)
		abort();
	for (size_t i = 0; i < words.n; i++)
		if (strcmp(words.v[i], again.v[i]) != 0)
			abort();
	return 0;
}
