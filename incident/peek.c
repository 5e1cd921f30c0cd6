/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peek role: what an hs_err log says of the cause, for the supervisor, which parses nothing
 * hostile itself. It is its own process, so it goes into the sandbox as it is.
 *
 * All goes into one line, which holds 2 KiB of record: the texts are cut, and the stack waits for
 * the digest.
 */
#include <errno.h>
#include "base/macro.h"
#include "incident/collect.h"
#include "incident/sandbox.h"
#include "incident/work.h"
#include "jvm/hserr.h"
#include "proc/role.h"

enum { RECORD_MAX = 1980 };

static const struct {
	enum fact_str which;
	size_t max;
} told[] = {
	{ FACT_HSERR_FRAME, 500 },
	{ FACT_HSERR_LIBRARY, 200 },
	{ FACT_HSERR_REASON, 500 },
	{ FACT_OOM_MESSAGE, 300 },
};

static void say(const struct facts *f)
{
	static const char hex[] = "0123456789abcdef";
	char record[RECORD_MAX], line[2 * RECORD_MAX + 1];
	struct strbuf b = STRBUF_FIXED(record);
	size_t n = 0;

	facts_begin(&b);
	facts_put_nums(&b, &f->num);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		char *text = f->str[told[i].which];

		if (text && strlen(text) > told[i].max)
			text[told[i].max] = '\0';
		facts_put_str(&b, told[i].which, text);
	}
	if (strbuf_error(&b))
		return;
	for (size_t i = 0; i < b.len; i++) {
		line[n++] = hex[(unsigned char)b.buf[i] >> 4];
		line[n++] = hex[b.buf[i] & 15];
	}
	line[n] = '\0';
	role_say(ROLE_SAYS_FACT, line);
}

int peek_role(int argc, char *argv[])
{
	const struct sandbox_limits limits = { .memory = 256ULL * 1024 * 1024 };
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_facts_ struct facts f = { 0 };

	if (sandbox_enter(&limits, NULL) < 0 || work_read_log(ROLE_FD(0), &text) < 0)
		return 1;
	if (!work_hs_err((struct slice){ strbuf_str(&text), text.len }, &f))
		return 1;
	say(&f);
	return 0;
}
