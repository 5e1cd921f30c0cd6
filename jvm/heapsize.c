/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How large a heap can grow: -Xmx, or a share of the memory (HotSpot's Arguments::set_heap_size).
 *
 * What one would get wrong: with little memory the share is not MaxRAMPercentage (25) but
 * MinRAMPercentage (50), and what HotSpot takes for little is decided by its default of 124 MiB.
 */
#include "jvm/heapsize.h"

#include <stdlib.h>
#include "base/parse.h"

#define MIB (1024ULL * 1024)

#define DEFAULT_MAX (124 * MIB)

/* 8 to 25 look no further than this unless MaxRAM says so (x86_64 and aarch64). */
#define DEFAULT_MAX_RAM	    (128 * 1024 * MIB)
#define NO_DEFAULT_MAX_RAM  26
#define DEFAULT_MAX_PERCENT 25
#define DEFAULT_MIN_PERCENT 50

static double percent(const char *text, double otherwise)
{
	char *end;
	double v = text ? strtod(text, &end) : otherwise;

	return text && (*end || !(v >= 0 && v <= 100)) ? otherwise : v;
}

static double max_percent(const struct heap_words *w)
{
	uint64_t fraction;

	if (w->max_fraction && !w->max_percentage &&
	    !parse_u64(slice_of(w->max_fraction), &fraction) && fraction)
		return 100.0 / (double)fraction;
	return percent(w->max_percentage, DEFAULT_MAX_PERCENT);
}

static uint64_t share(uint64_t memory, double of_100)
{
	return (uint64_t)((double)memory / 100 * of_100);
}

uint64_t heap_max_of(const struct heap_words *w, struct jvm_version v, uint64_t (*memory)(void))
{
	uint64_t bytes = 0, ram = UINT64_MAX, least;

	if (w->max_heap)
		return parse_size(slice_of(w->max_heap), &bytes) < 0 ? 0 : bytes;
	bytes = memory ? memory() : 0;
	if (!bytes)
		return 0;
	if (w->max_ram)
		(void)parse_size(slice_of(w->max_ram), &ram);
	else if (v.feature < NO_DEFAULT_MAX_RAM)
		ram = DEFAULT_MAX_RAM;
	if (ram < bytes)
		bytes = ram;
	least = share(bytes, percent(w->min_percentage, DEFAULT_MIN_PERCENT));
	if (least < DEFAULT_MAX)
		return least;
	bytes = share(bytes, max_percent(w));
	return bytes > DEFAULT_MAX ? bytes : DEFAULT_MAX;
}

uint64_t heap_dump_size(uint64_t heap)
{
	return heap + heap / 16 + 8 * MIB;
}
