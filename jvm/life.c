/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a life file that its supervisor can no longer explain. It may have been killed in the
 * middle of a reading (an odd sequence): the older part of that reading is still about this life,
 * so the page is taken as it is.
 */
#include "jvm/life.h"

#include <errno.h>
#include <string.h>

int life_parse(struct slice data, struct life_page *page, struct slice *record)
{
	struct life_page p;

	if (data.len < LIFE_PAGE)
		return -EBADMSG;
	memcpy(&p, data.ptr, sizeof(p));
	if (p.magic != LIFE_MAGIC)
		return -EBADMSG;
	*page = p;
	*record = slice_skip(data, LIFE_PAGE);
	return 0;
}
