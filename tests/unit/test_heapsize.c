/* SPDX-License-Identifier: Apache-2.0 */
/* The largest heap, as HotSpot works it out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/macro.h"
#include "jvm/heapsize.h"

#define MIB (1024ULL * 1024)
#define GIB (1024 * MIB)

static uint64_t has;

static uint64_t memory(void)
{
	return has;
}

static const struct {
	const char *what;
	struct heap_words words;
	unsigned feature;
	uint64_t memory, want;
} cases[] = {
	{ "-Xmx", { .max_heap = "512m" }, 17, 0, 512 * MIB },
	{ "-Xmx in bytes", { .max_heap = "1073741824" }, 17, 0, GIB },
	{ "-Xmx that the JVM refuses", { .max_heap = "12q" }, 17, GIB, 0 },
	{ "-Xmx before the rest", { .max_heap = "1g", .max_percentage = "50" }, 17, 8 * GIB, GIB },
	{ "a quarter of the memory", { 0 }, 17, 8 * GIB, 2 * GIB },
	{ "a share", { .max_percentage = "75.0" }, 17, 8 * GIB, 6 * GIB },
	{ "a share that is none", { .max_percentage = "many" }, 17, 8 * GIB, 2 * GIB },
	{ "a fraction", { .max_fraction = "2" }, 8, 8 * GIB, 4 * GIB },
	{ "both", { .max_fraction = "2", .max_percentage = "10" }, 17, 10 * GIB, GIB },
	{ "a fraction of nothing", { .max_fraction = "0" }, 8, 8 * GIB, 2 * GIB },
	{ "little memory: half of it", { 0 }, 17, 200 * MIB, 100 * MIB },
	{ "its own share", { .min_percentage = "25" }, 17, 200 * MIB, 50 * MIB },
	{ "a little more: HotSpot's default", { 0 }, 17, 400 * MIB, 124 * MIB },
	{ "MaxRAM", { .max_ram = "4g" }, 17, 64 * GIB, GIB },
	{ "more than there is", { .max_ram = "400g" }, 17, 64 * GIB, 16 * GIB },
	{ "a large machine until 25", { 0 }, 25, 512 * GIB, 32 * GIB },
	{ "and after", { 0 }, 26, 512 * GIB, 128 * GIB },
	{ "memory unknown", { 0 }, 17, 0, 0 },
};

static void every_line_has_its_heap(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jvm_version v = { .feature = cases[i].feature };
		uint64_t got;

		has = cases[i].memory;
		got = heap_max_of(&cases[i].words, v, memory);
		if (got != cases[i].want)
			fail_msg("%s: %llu", cases[i].what, (unsigned long long)got);
	}
	assert_int_equal(heap_max_of(&cases[4].words, (struct jvm_version){ .feature = 17 }, NULL),
			 0);
}

static void a_dump_is_larger_than_its_heap(void **state)
{
	assert_true(heap_dump_size(GIB) >= 1082 * 1000 * 1000ULL); /* observed */
	assert_true(heap_dump_size(0) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_has_its_heap),
		cmocka_unit_test(a_dump_is_larger_than_its_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
