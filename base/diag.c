/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of located findings. The counts include a finding that memory did not suffice to keep:
 * a policy with an error must not pass because its message was lost.
 */
#include "base/diag.h"
#include "base/log.h"
#include "base/mask.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

void diags_done(struct diags *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->items[i].file);
		free(d->items[i].text);
	}
	free(d->items);
	*d = (struct diags){ 0 };
}

static int grow(struct diags *d)
{
	size_t cap = d->cap ? d->cap * 2 : 8;
	struct diag *items;

	if (d->n < d->cap)
		return 0;
	items = reallocarray(d->items, cap, sizeof(*items));
	if (!items)
		return -ENOMEM;
	d->items = items;
	d->cap = cap;
	return 0;
}

void diags_add(struct diags *d, enum diag_level level, const char *file, unsigned line,
	       unsigned col, const char *fmt, ...)
{
	_cleanup_free_ char *name = file ? strdup(file) : NULL;
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT, masked = STRBUF_INIT;
	_cleanup_free_ char *text = NULL;
	va_list ap;

	d->errors += level == DIAG_ERROR;
	d->warnings += level == DIAG_WARNING;
	va_start(ap, fmt);
	strbuf_vprintf(&said, fmt, ap);
	va_end(ap);
	/* A finding quotes the text that it is about. */
	mask_text(NULL, (struct slice){ strbuf_str(&said), said.len }, &masked);
	if (!strbuf_error(&said) && !strbuf_error(&masked))
		text = strdup(strbuf_str(&masked));
	if (!text || (file && !name) || grow(d)) {
		d->err = -ENOMEM;
		return;
	}
	d->items[d->n++] = (struct diag){
		.level = level,
		.file = steal_ptr(name),
		.line = line,
		.col = col,
		.text = steal_ptr(text),
	};
}

void diag_format(const struct diag *d, struct strbuf *out)
{
	if (d->file)
		strbuf_printf(out, "%s:", d->file);
	if (d->line)
		strbuf_printf(out, "%u:", d->line);
	if (d->line && d->col)
		strbuf_printf(out, "%u:", d->col);
	strbuf_printf(out, "%s%s", d->file || d->line ? " " : "", d->text);
}

void diags_log(const struct diags *d)
{
	static const enum log_level levels[] = {
		[DIAG_NOTE] = LOG_LEVEL_INFO,
		[DIAG_WARNING] = LOG_LEVEL_WARNING,
		[DIAG_ERROR] = LOG_LEVEL_ERROR,
	};

	for (size_t i = 0; i < d->n; i++) {
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

		diag_format(&d->items[i], &text);
		log_at(levels[d->items[i].level], "%s", strbuf_str(&text));
	}
}
