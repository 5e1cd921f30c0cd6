/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an hs_err log, as words and as a secret: that one is hidden whole, and what has
 * neither a '=' nor a ':' nor an option stays as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include "jvm/hserr_mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mask_log(struct slice text, struct strbuf *out)
{
	struct hserr_mask m = { 0 };

	while (text.len) {
		ptrdiff_t end = slice_find(text, '\n');
		size_t len = end < 0 ? text.len : (size_t)end;

		hserr_mask_line(&m, (struct slice){ text.ptr, len }, out);
		if (end >= 0)
			strbuf_putc(out, '\n');
		text = slice_skip(text, len + (end >= 0));
	}
}

static void must_be(const struct strbuf *got, const char *text, size_t len)
{
	if (got->len != len || (len && memcmp(got->buf, text, len) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, word = STRBUF_INIT, log = STRBUF_INIT,
				       shown = STRBUF_INIT;
	const char *bytes = (const char *)data;
	struct mask mask = { 0 };

	mask_text(NULL, (struct slice){ bytes, size }, &text);
	if (!memchr(bytes, '=', size) && !memchr(bytes, ':', size) && !memchr(bytes, '-', size))
		must_be(&text, bytes, size);
	mask_log((struct slice){ bytes, size }, &log);

	strbuf_puts(&word, "-Dpassword=");
	strbuf_add(&word, bytes, strnlen(bytes, size));
	mask_word(&mask, strbuf_str(&word), &shown);
	if (strlen(word.buf) > strlen("-Dpassword="))
		must_be(&shown, "-Dpassword=***", strlen("-Dpassword=***"));
	strbuf_reset(&shown);
	mask_word(&mask, strbuf_str(&word) + strlen("-Dpassword="), &shown);
	return 0;
}
