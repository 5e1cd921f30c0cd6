/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The release file of a JDK home: KEY="value" lines, of which jvisor uses four.
 *
 * JAVA_VERSION drops the "-ea" of an early build on most JDKs but not by any rule, so it is cut
 * here; JAVA_RUNTIME_VERSION keeps it.
 */
#include "jvm/release.h"

#include <errno.h>
#include <stddef.h>
#include "base/macro.h"

static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{ "IMPLEMENTOR", offsetof(struct release, implementor) },
	{ "JAVA_VERSION", offsetof(struct release, version) },
	{ "JAVA_RUNTIME_VERSION", offsetof(struct release, runtime_version) },
	{ "JVM_VARIANT", offsetof(struct release, jvm_variant) },
};

static struct slice unquote(struct slice s)
{
	s = slice_trim(s);
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return (struct slice){ s.ptr + 1, s.len - 2 };
	return s;
}

static void set_key(struct release *r, struct slice key, struct slice value)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct slice *field = (struct slice *)((char *)r + keys[i].offset);

		if (slice_eq(key, keys[i].key) && !field->ptr)
			*field = value;
	}
}

int release_parse(struct slice text, struct release *ret)
{
	struct release r = { 0 };
	struct slice line;
	bool any = false;
	ptrdiff_t dash;

	while (slice_next_line(&text, &line)) {
		ptrdiff_t eq = slice_find(line, '=');

		if (eq <= 0)
			continue;
		any = true;
		set_key(&r, (struct slice){ line.ptr, (size_t)eq },
			unquote(slice_skip(line, (size_t)eq + 1)));
	}
	if (!any)
		return -EINVAL;
	dash = slice_find(r.version, '-');
	if (dash >= 0)
		r.version.len = (size_t)dash;
	*ret = r;
	return 0;
}
