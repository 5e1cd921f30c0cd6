/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of flags (flags.def) and what is asked of a row: whether a release has the flag, in
 * which form, and whether a JVM would take a value.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/parse.h"
#include "jvm/flags.h"

#define FLAG(n, t, category_, value_, first_, update_, last_, min_, max_, help_, watch_) \
	{ .name = #n,                                                                    \
	  .type = FLAG_##t,                                                              \
	  .category = FLAG_##category_,                                                  \
	  .value = (value_),                                                             \
	  .first = (first_),                                                             \
	  .first_update = (update_),                                                     \
	  .last = (last_),                                                               \
	  .min = (min_),                                                                 \
	  .max = (max_),                                                                 \
	  .help = (help_),                                                               \
	  .watch = (watch_) },
#define CHANGED(name, from, type, value, min, max)
#define ALIAS(old, name, first)
#define CLEARS(name, other)
const struct flag_def flag_defs[] = {
#include "jvm/flags.def"
};
#undef FLAG
#undef CHANGED

const size_t flag_defs_count = ARRAY_SIZE(flag_defs);

#define FLAG(n, t, category_, value_, first_, update_, last_, min_, max_, help_, watch_)
#define CHANGED(n, from_, t, value_, min_, max_) \
	{ .name = #n,                            \
	  .from = (from_),                       \
	  .type = FLAG_##t,                      \
	  .value = (value_),                     \
	  .min = (min_),                         \
	  .max = (max_) },
static const struct {
	const char *name;
	unsigned from;
	enum flag_type type;
	const char *value;
	int64_t min, max;
} changes[] = {
#include "jvm/flags.def"
};
#undef CHANGED
#undef ALIAS

#define CHANGED(name, from, type, value, min, max)
#define ALIAS(old_, name_, first_) { .old = #old_, .name = #name_, .first = (first_) },
static const struct {
	const char *old, *name;
	unsigned first;
} aliases[] = {
#include "jvm/flags.def"
};
#undef ALIAS
#undef CLEARS

#define ALIAS(old, name, first)
#define CLEARS(name_, other_) { .name = #name_, .other = #other_ },
static const struct {
	const char *name, *other;
} clears[] = {
#include "jvm/flags.def"
};
#undef FLAG
#undef CHANGED
#undef ALIAS
#undef CLEARS

const char *const flag_type_names[] = {
	[FLAG_BOOL] = "switch", [FLAG_INT] = "number", [FLAG_DOUBLE] = "fraction",
	[FLAG_TEXT] = "text",	[FLAG_LIST] = "list",
};

const char *const flag_category_names[] = {
	[FLAG_PRODUCT] = "product",
	[FLAG_MANAGEABLE] = "manageable",
	[FLAG_DIAGNOSTIC] = "diagnostic",
	[FLAG_PSEUDO] = "pseudo",
};

const struct flag_def *flag_def_find(struct slice name)
{
	for (size_t i = 0; i < flag_defs_count; i++)
		if (slice_eq(name, flag_defs[i].name))
			return &flag_defs[i];
	return NULL;
}

bool flag_def_in(const struct flag_def *def, struct jvm_version v)
{
	if (def->last && v.feature > def->last)
		return false;
	if (v.feature != def->first)
		return v.feature > def->first;
	return v.update >= def->first_update;
}

struct flag_def flag_def_at(const struct flag_def *def, unsigned feature)
{
	struct flag_def at = *def;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		if (strcmp(changes[i].name, def->name) != 0 || feature < changes[i].from)
			continue;
		at.type = changes[i].type;
		at.value = changes[i].value;
		at.min = changes[i].min;
		at.max = changes[i].max;
	}
	return at;
}

/* "3", "0.5", "-1e3": what the JVM's own reader of a fraction takes, but for hexadecimal ones. */
static bool is_fraction(struct slice value)
{
	static const char allowed[] = "0123456789+-.eE";
	_cleanup_free_ char *text = strndup(value.ptr, value.len);
	char *end;

	if (!text || !value.len || strspn(text, allowed) != value.len)
		return false;
	(void)strtod(text, &end);
	return !*end;
}

bool flag_value_fits(const struct flag_def *def, struct slice value)
{
	int64_t number;

	switch (def->type) {
	case FLAG_BOOL:
		return slice_eq(value, "true") || slice_eq(value, "false");
	case FLAG_INT:
		return !parse_i64(value, &number) &&
		       ((!def->min && !def->max) || (number >= def->min && number <= def->max));
	case FLAG_DOUBLE:
		return is_fraction(value);
	case FLAG_TEXT:
	case FLAG_LIST:
		return true;
	}
	return true;
}

bool flag_value_fits_some(const struct flag_def *def, struct slice value)
{
	bool fits = flag_value_fits(def, value);

	for (size_t i = 0; !fits && i < ARRAY_SIZE(changes); i++) {
		struct flag_def at = flag_def_at(def, changes[i].from);

		fits = flag_value_fits(&at, value);
	}
	return fits;
}

bool flag_number(const char *text, int64_t *ret)
{
	static const char units[] = "kmgt";
	int64_t n;
	char *end;
	const char *unit;

	if (!*text || strchr(" \t\n\v\f\r", *text)) /* which strtoll would skip */
		return false;
	errno = 0;
	n = strtoll(text, &end, slice_starts(slice_of(text), "0x") ? 16 : 10);
	if (errno || end == text)
		return false;
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (*end && (!unit || end[1]))
		return false;
	for (ptrdiff_t i = unit ? unit - units : -1; i >= 0; i--)
		if (__builtin_mul_overflow(n, 1024, &n))
			return false;
	*ret = n;
	return true;
}

const char *flag_clears(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(clears); i++)
		if (slice_eq(name, clears[i].name))
			return clears[i].other;
	return NULL;
}

const char *flag_alias(struct slice name, unsigned feature)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (slice_eq(name, aliases[i].old) && (!feature || feature >= aliases[i].first))
			return aliases[i].name;
	return NULL;
}
