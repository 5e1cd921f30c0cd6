/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a life file that its supervisor can no longer explain. The head is written with one
 * pwrite, so it is of one reading; the record behind it may be cut, which facts_decode finds.
 */
#include "jvm/life.h"

#include <errno.h>
#include <string.h>

int life_parse(struct slice data, struct life_head *head, struct slice *record)
{
	struct life_head p;

	if (data.len < LIFE_HEAD)
		return -EBADMSG;
	memcpy(&p, data.ptr, sizeof(p));
	if (p.magic != LIFE_MAGIC)
		return -EBADMSG;
	*head = p;
	*record = slice_skip(data, LIFE_HEAD);
	return 0;
}
