/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as a person writes them, from slices. Nothing is skipped and nothing is half taken:
 * what is left over makes the whole -EINVAL.
 *
 * A size with a suffix counts in 1024s, as -Xmx does, also when it is written "MB".
 */
#include "base/parse.h"

#include <errno.h>
#include "base/clock.h"
#include "base/macro.h"

int parse_bool(struct slice s, bool *ret)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "yes", true }, { "true", true },   { "on", true },   { "1", true },
		{ "no", false }, { "false", false }, { "off", false }, { "0", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (slice_ieq(s, words[i].word)) {
			*ret = words[i].value;
			return 0;
		}
	}
	return -EINVAL;
}

/* Takes the digits at the start of *s off; all of them also when the number is too large. */
static _steady_ int take_digits(struct slice *s, unsigned base, uint64_t *ret)
{
	uint64_t v = 0;
	size_t n = 0;
	int r = 0;

	for (; n < s->len && s->ptr[n] >= '0' && s->ptr[n] < (char)('0' + base); n++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s->ptr[n] - '0'), &v))
			r = -ERANGE;
	if (!n)
		return -EINVAL;
	*s = slice_skip(*s, n);
	if (!r)
		*ret = v;
	return r;
}

static _steady_ int whole_number(struct slice s, unsigned base, uint64_t *ret)
{
	uint64_t v = 0;
	int r = take_digits(&s, base, &v);

	if (s.len)
		return -EINVAL;
	if (!r)
		*ret = v;
	return r;
}

_steady_ int parse_u64(struct slice s, uint64_t *ret)
{
	return whole_number(s, 10, ret);
}

int parse_i64(struct slice s, int64_t *ret)
{
	bool minus = slice_starts(s, "-");
	uint64_t v;
	int r = parse_u64(slice_skip(s, minus || slice_starts(s, "+")), &v);

	if (r)
		return r;
	if (v > (uint64_t)INT64_MAX + minus)
		return -ERANGE;
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return 0;
}

int parse_octal(struct slice s, unsigned *ret)
{
	uint64_t v;
	int r = whole_number(s, 8, &v);

	if (r)
		return r;
	if (v > 07777)
		return -ERANGE;
	*ret = (unsigned)v;
	return 0;
}

int parse_size(struct slice s, uint64_t *ret)
{
	static const char units[] = "kmgt";
	uint64_t v = 0;
	int r = take_digits(&s, 10, &v);

	if (r == -EINVAL)
		return r;
	if (s.len && !slice_ieq(s, "b")) {
		const char *unit = strchr(units, s.ptr[0] | 0x20);

		s = slice_skip(s, 1);
		if (!unit || !*unit || (s.len && !slice_ieq(s, "b") && !slice_ieq(s, "ib")))
			return -EINVAL;
		if (__builtin_mul_overflow(v, 1ULL << (10 * (unit - units + 1)), &v))
			r = -ERANGE;
	}
	if (!r)
		*ret = v;
	return r;
}

static uint64_t duration_unit(struct slice word)
{
	static const struct {
		const char *word;
		uint64_t ns;
	} units[] = {
		{ "ms", NSEC_PER_MSEC },      { "s", NSEC_PER_SEC },
		{ "m", 60 * NSEC_PER_SEC },   { "min", 60 * NSEC_PER_SEC },
		{ "h", 3600 * NSEC_PER_SEC }, { "d", 86400 * NSEC_PER_SEC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (slice_ieq(word, units[i].word))
			return units[i].ns;
	return 0;
}

int parse_duration(struct slice s, uint64_t *ret)
{
	uint64_t sum = 0;
	bool bare = false;
	size_t parts = 0;
	int err = 0;

	do {
		size_t letters = 0;
		uint64_t v = 0, unit;
		int r = take_digits(&s, 10, &v);

		if (r == -EINVAL)
			return r;
		while (letters < s.len && s.ptr[letters] != ' ' &&
		       (s.ptr[letters] < '0' || s.ptr[letters] > '9'))
			letters++;
		bare |= !letters;
		unit = letters ? duration_unit((struct slice){ s.ptr, letters }) : NSEC_PER_SEC;
		if (!unit)
			return -EINVAL;
		if (r || __builtin_mul_overflow(v, unit, &v) ||
		    __builtin_add_overflow(sum, v, &sum))
			err = -ERANGE;
		s = slice_skip(s, letters);
		if (s.len > 1 && s.ptr[0] == ' ')
			s = slice_skip(s, 1);
		parts++;
	} while (s.len);
	if (bare && parts > 1)
		return -EINVAL;
	if (!err)
		*ret = sum;
	return err;
}

int parse_percent(struct slice s, unsigned *ret)
{
	uint64_t v;
	int r;

	if (!slice_ends(s, "%"))
		return -EINVAL;
	s.len--;
	r = parse_u64(s, &v);
	if (r)
		return r;
	if (v > 100)
		return -ERANGE;
	*ret = (unsigned)v;
	return 0;
}

enum { NEAREST_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Changes, missing, added and swapped letters; case does not count. */
static size_t distance(struct slice a, struct slice b)
{
	size_t rows[3][NEAREST_MAX + 1]; /* two rows back, one back, this one */

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *before = rows[(i + 1) % 3], *last = rows[(i - 1) % 3], *row = rows[i % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			char ca = lower(a.ptr[i - 1]), cb = lower(b.ptr[j - 1]);

			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == lower(b.ptr[j - 2]) &&
			    cb == lower(a.ptr[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[a.len % 3][b.len];
}

const char *parse_nearest(struct slice text, const char *const *candidates, size_t n)
{
	size_t best = text.len / 3 + 1;
	const char *found = NULL;

	if (text.len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct slice candidate = slice_of(candidates[i]);
		size_t d;

		if (candidate.len > NEAREST_MAX)
			continue;
		d = distance(text, candidate);
		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
