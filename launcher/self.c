/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are: the executable's path, by which home_find never finds ourselves. Where /proc is
 * not mounted the kernel's AT_EXECFN, as it was called, stands in.
 */
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "base/strbuf.h"
#include "launcher/self.h"

char *self_path(void)
{
	const char *called = (const char *)getauxval(AT_EXECFN);
	char *path = realpath("/proc/self/exe", NULL);

	return path || !called ? path : realpath(called, NULL);
}
