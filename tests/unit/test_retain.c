/* SPDX-License-Identifier: Apache-2.0 */
/* Retention as a table: a line of incidents, limits, and what is left of each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "base/macro.h"
#include "incident/retain.h"

/* One incident is a word: its signature's letter (small: no large artifact, large: 90 of its 100
 * bytes), then p (pinned), i (in progress), and 1 for another instance. It ended at 10 * (index +
 * 1). The outcome has k (kept), r (removed), t (thin) for each. */
struct retain_case {
	const char *name, *items;
	struct retain_limits limits;
	uint64_t now, free_bytes;
	const char *outcome;
};

static const struct retain_case cases[] = {
	{ "an empty store", "", { .keep_count = 1 }, 100, 0, "" },
	{ "no limits", "a b c", { 0 }, 1000, 0, "kkk" },
	{ "a count that is kept", "a b c", { .keep_count = 3 }, 100, 0, "kkk" },
	{ "a count over", "a b c", { .keep_count = 2 }, 100, 0, "rkk" },
	{ "a count of one keeps the newest", "a b c", { .keep_count = 1 }, 100, 0, "rrk" },
	{ "a pinned one counts and stays", "ap b c", { .keep_count = 2 }, 100, 0, "krk" },
	{ "only pinned ones before the newest", "ap bp c", { .keep_count = 1 }, 100, 0, "kkk" },
	{ "one in progress stays", "ai b c", { .keep_count = 1 }, 100, 0, "krk" },
	{ "old ones go", "a b c", { .keep_time = 15 }, 40, 0, "rrk" },
	{ "exactly as old as allowed stays", "a b c", { .keep_time = 30 }, 40, 0, "kkk" },
	{ "the newest stays however old", "a", { .keep_time = 1 }, 9999, 0, "k" },
	{ "an old pinned one stays", "ap b c", { .keep_time = 1 }, 9999, 0, "krk" },
	{ "an old one in progress stays", "ai b c", { .keep_time = 1 }, 9999, 0, "krk" },
	{ "a clock that went back removes nothing", "a b c", { .keep_time = 5 }, 1, 0, "kkk" },
	{ "a total that fits", "a b c", { .max_total = 300 }, 100, 0, "kkk" },
	{ "a total over by a byte", "a b c", { .max_total = 299 }, 100, 0, "rkk" },
	{ "a total over by more than one", "a b c d", { .max_total = 200 }, 100, 0, "rrkk" },
	{ "a total that nothing fits", "a b c", { .max_total = 1 }, 100, 0, "rrk" },
	{ "a total passes over pinned ones", "a bp c", { .max_total = 200 }, 100, 0, "rkk" },
	{ "enough is free", "a b c", { .min_free = 50 }, 100, 50, "kkk" },
	{ "too little is free", "a b c", { .min_free = 51 }, 100, 50, "rkk" },
	{ "what goes for age counts as free",
	  "a b c",
	  { .keep_time = 20, .min_free = 100 },
	  40,
	  0,
	  "rkk" },
	{ "free space that cannot be had", "a b c", { .min_free = 9999 }, 100, 0, "rrk" },
	{ "the middle of a run is thin", "A A A A", { 0 }, 100, 0, "kttk" },
	{ "two equal ones are no run", "A A", { 0 }, 100, 0, "kk" },
	{ "another death ends a run", "A A B A A", { 0 }, 100, 0, "kkkkk" },
	{ "another instance does not end it", "A B1 A B1 A", { 0 }, 100, 0, "kktkk" },
	{ "equal ones of two instances", "A A1 A A1", { 0 }, 100, 0, "kkkk" },
	{ "a pinned one in a run is whole", "A Ap A A", { 0 }, 100, 0, "kktk" },
	{ "the only large one of a run stays", "a A a", { 0 }, 100, 0, "kkk" },
	{ "the first and last large ones stay", "a A a A A a", { 0 }, 100, 0, "kkktkk" },
	{ "those between large ones are thin", "A a A a A", { 0 }, 100, 0, "kktkk" },
	{ "text is never thinned", "a a a", { 0 }, 100, 0, "kkk" },
	{ "thin ones make room", "A A A A", { .max_total = 220 }, 100, 0, "kttk" },
	{ "and then the oldest goes", "A A A A", { .max_total = 219 }, 100, 0, "rttk" },
	{ "a removed one does not hold up a run", "A A A A", { .keep_count = 3 }, 100, 0, "rktk" },
};

static size_t read_items(const char *text, struct retain_item *items, char signatures[][2])
{
	size_t n = 0;

	while (*text) {
		struct retain_item *it = &items[n];

		signatures[n][0] = (char)(*text | 0x20);
		signatures[n][1] = '\0';
		*it = (struct retain_item){ .bytes = 100,
					    .ended = 10 * (n + 1),
					    .big_bytes = *text & 0x20 ? 0 : 90,
					    .signature = signatures[n],
					    .instance = "0" };
		for (text++; *text && *text != ' '; text++) {
			it->pinned |= *text == 'p';
			it->in_progress |= *text == 'i';
			if (*text == '1')
				it->instance = "1";
		}
		text += *text == ' ';
		n++;
	}
	return n;
}

static void every_rule_takes_the_oldest_that_may_go(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct retain_case *c = &cases[i];
		struct retain_item items[8];
		struct retain_choice choice[8];
		char signatures[8][2], outcome[9] = "";
		size_t n = read_items(c->items, items, signatures);

		retain_decide(items, n, &c->limits, c->now, c->free_bytes, choice);
		for (size_t k = 0; k < n; k++)
			outcome[k] = "krt"[choice[k].what];
		if (strcmp(outcome, c->outcome))
			fail_msg("%s: %s, not %s", c->name, outcome, c->outcome);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(choice[k].what != RETAIN_KEEP, choice[k].reason != NULL);
	}
}

static void incidents_without_a_signature_are_no_run(void **state)
{
	struct retain_item items[3] = { { .bytes = 100, .big_bytes = 90 },
					{ .bytes = 100, .big_bytes = 90 },
					{ .bytes = 100, .big_bytes = 90 } };
	struct retain_choice choice[3];

	retain_decide(items, 3, &(struct retain_limits){ 0 }, 1, 0, choice);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(choice[i].what, RETAIN_KEEP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_takes_the_oldest_that_may_go),
		cmocka_unit_test(incidents_without_a_signature_are_no_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
