/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What jvisorctl prints. Reports, hook output and names in them come from programs that may be
 * hostile, so on a terminal nothing of theirs reaches it that could move its cursor or retitle its
 * window; a pipe or a file gets the very bytes. Output that could not be written (a full disk) is
 * a failure of the command.
 */
#include "tool/out.h"

#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"

int out_write(const struct strbuf *b)
{
	int r = strbuf_error(b);

	if (!r)
		r = file_write_all(STDOUT_FILENO, strbuf_str(b), b->len);
	if (r < 0) {
		log_error("the output could not be written: %s", strerror(-r));
		return TOOL_FAILED;
	}
	return TOOL_OK;
}

int out_foreign(const struct context *c, struct slice text)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (c->terminal)
		strbuf_clean(&b, text, true);
	else
		strbuf_slice(&b, text);
	return out_write(&b);
}

int out_js(const struct context *c, const struct js *v)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	int r = js_format(v, false, &b);

	if (r < 0) {
		log_error("the output could not be made: %s", strerror(-r));
		return TOOL_FAILED;
	}
	return out_foreign(c, (struct slice){ b.buf, b.len });
}
