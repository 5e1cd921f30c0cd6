/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints conf/policy.ini from the table of keys. The result is kept in the tree, so that it can be
 * read there and a packager need not run anything; a test compares both.
 */
#include <stdio.h>
#include "policy/conf.h"

int main(void)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	if (conf_text(&out) < 0)
		return 1;
	return fputs(strbuf_str(&out), stdout) < 0 || fflush(stdout) ? 1 : 0;
}
