/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are: the executable's path, by which home_find never finds ourselves. The kernel gives it
 * with all links resolved; where /proc is not mounted AT_EXECFN, as it was called, stands in.
 */
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "base/strbuf.h"
#include "launcher/self.h"

const char *self_called(void)
{
	return (const char *)getauxval(AT_EXECFN);
}

char *self_path(void)
{
	const char *called = self_called();
	char link[4096];
	ssize_t n = readlink("/proc/self/exe", link, sizeof(link));

	if (n > 0 && (size_t)n < sizeof(link))
		return strndup(link, (size_t)n);
	return called ? realpath(called, NULL) : NULL;
}
