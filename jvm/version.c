/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java versions and ranges of releases.
 *
 * Until 8 the feature release stands second and the update behind an underscore ("1.8.0_504"); from
 * 9 on it stands first ("17.0.21.0.3", which Debian really ships with five parts).
 */
#include "jvm/version.h"

#include <errno.h>
#include "base/macro.h"

#define VERSION_PART_MAX 99999

/* Takes a decimal number off *s. */
static int take_number(struct slice *s, unsigned *ret)
{
	unsigned v = 0;
	size_t n = 0;

	for (; n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++) {
		v = v * 10 + (unsigned)(s->ptr[n] - '0');
		if (v > VERSION_PART_MAX)
			return -EINVAL;
	}
	if (!n)
		return -EINVAL;
	*s = slice_skip(*s, n);
	*ret = v;
	return 0;
}

static bool take_char(struct slice *s, char c)
{
	if (!s->len || s->ptr[0] != c)
		return false;
	*s = slice_skip(*s, 1);
	return true;
}

int jvm_version_parse(struct slice text, struct jvm_version *ret)
{
	unsigned part[3] = { 0 }, old_update = 0, extra;
	size_t n = 0;

	do {
		if (take_number(&text, n < ARRAY_SIZE(part) ? &part[n] : &extra) < 0)
			return -EINVAL;
		n++;
	} while (take_char(&text, '.'));
	if (take_char(&text, '_') && take_number(&text, &old_update) < 0)
		return -EINVAL;
	/* What may follow is a pre-release or build text: "-ea+18", "+9-Debian". */
	if (text.len && text.ptr[0] != '-' && text.ptr[0] != '+')
		return -EINVAL;
	if (part[0] == 1 && n > 1)
		*ret = (struct jvm_version){ part[1], part[2], old_update };
	else
		*ret = (struct jvm_version){ part[0], part[1], part[2] };
	return 0;
}

int jvm_range_parse(struct slice text, struct jvm_range *ret)
{
	struct jvm_range r;

	if (take_number(&text, &r.first) < 0 || !r.first)
		return -EINVAL;
	r.last = r.first;
	if (take_char(&text, '+'))
		r.last = 0;
	else if (take_char(&text, '-') && (take_number(&text, &r.last) < 0 || r.last < r.first))
		return -EINVAL;
	if (text.len)
		return -EINVAL;
	*ret = r;
	return 0;
}

bool jvm_range_holds(struct jvm_range r, unsigned feature)
{
	return feature >= r.first && (!r.last || feature <= r.last);
}
