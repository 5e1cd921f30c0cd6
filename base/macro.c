/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions behind the cleanup attributes. They run on every way out of a scope, error paths
 * included, so none of them may change errno.
 */
#include "base/macro.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void close_fd(int *fd)
{
	int saved = errno;

	/* Never again after EINTR: on Linux the descriptor is gone and may be another's by now. */
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

void freep(void *p)
{
	int saved = errno;
	void *owned, *none = NULL;

	memcpy(&owned, p, sizeof(owned)); /* p is a T ** of any T */
	memcpy(p, &none, sizeof(none));
	free(owned);
	errno = saved;
}
