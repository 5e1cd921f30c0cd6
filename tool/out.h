/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "base/strbuf.h"
#include "tool/context.h"

/* To stdout; TOOL_OK or TOOL_FAILED with a message. */
int out_write(const struct strbuf *b); /* as it is: we made it */
int out_foreign(const struct context *c,
		struct slice text); /* cleaned when it goes to a terminal */
int out_js(const struct context *c, const struct js *v);
