/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"

/* The shipped conf/policy.ini: every key, commented out at its default, with its meaning. */
int conf_text(struct strbuf *out);
