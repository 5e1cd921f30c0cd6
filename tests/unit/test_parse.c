/* SPDX-License-Identifier: Apache-2.0 */
/* Values as a person writes them, and every way to write them wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include "base/macro.h"
#include "base/parse.h"

#define UNTOUCHED 4711

struct value_case {
	const char *text;
	int r;
	uint64_t value;
};

static void walk(int (*parse)(struct slice, uint64_t *), const struct value_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v = UNTOUCHED;

		if (parse(slice_of(cases[i].text), &v) != cases[i].r ||
		    v != (cases[i].r ? UNTOUCHED : cases[i].value))
			fail_msg("\"%s\" gives %llu", cases[i].text, (unsigned long long)v);
	}
}

static void numbers_are_decimal_and_whole(void **state)
{
	static const struct value_case cases[] = {
		{ "0", 0, 0 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999999x", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "0x1", -EINVAL, 0 },
	};
	int64_t v = UNTOUCHED;

	walk(parse_u64, cases, ARRAY_SIZE(cases));
	assert_int_equal(parse_i64(SLICE_LIT("-9223372036854775808"), &v), 0);
	assert_true(v == INT64_MIN);
	assert_int_equal(parse_i64(SLICE_LIT("9223372036854775808"), &v), -ERANGE);
	assert_int_equal(parse_i64(SLICE_LIT("+5"), &v), 0);
	assert_int_equal(v, 5);
	assert_int_equal(parse_i64(SLICE_LIT("--5"), &v), -EINVAL);
	assert_int_equal(parse_i64(SLICE_LIT("-"), &v), -EINVAL);
}

static void a_size_with_a_suffix_is_bytes(void **state)
{
	static const struct value_case cases[] = {
		{ "0", 0, 0 },
		{ "512", 0, 512 },
		{ "512b", 0, 512 },
		{ "1k", 0, 1024 },
		{ "512m", 0, 512ULL << 20 },
		{ "2G", 0, 2ULL << 30 },
		{ "2GB", 0, 2ULL << 30 },
		{ "2GiB", 0, 2ULL << 30 },
		{ "3t", 0, 3ULL << 40 },
		{ "16777216t", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "m", -EINVAL, 0 },
		{ "1.5g", -EINVAL, 0 },
		{ "1 g", -EINVAL, 0 },
		{ "1gig", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
		{ "1mm", -EINVAL, 0 },
		{ "-1m", -EINVAL, 0 },
		{ "99999999999999999999x", -EINVAL, 0 },
	};

	walk(parse_size, cases, ARRAY_SIZE(cases));
	assert_int_equal(parse_size((struct slice){ "1\0", 2 }, &(uint64_t){ 0 }), -EINVAL);
}

static void a_duration_adds_its_parts(void **state)
{
	static const struct value_case cases[] = {
		{ "0", 0, 0 },
		{ "30", 0, 30000000000 },
		{ "30s", 0, 30000000000 },
		{ "250ms", 0, 250000000 },
		{ "10m", 0, 600000000000 },
		{ "10MIN", 0, 600000000000 },
		{ "1h 30m", 0, 5400000000000 },
		{ "1h30m", 0, 5400000000000 },
		{ "90d", 0, 7776000000000000 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "1h 30", -EINVAL, 0 },
		{ "30 1h", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1s ", -EINVAL, 0 },
		{ "1w", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "300000d", -ERANGE, 0 },
		{ "200000d 200000d", -ERANGE, 0 },
	};

	walk(parse_duration, cases, ARRAY_SIZE(cases));
}

static void yes_and_no_have_four_forms_each(void **state)
{
	static const char *const words[][2] = {
		{ "yes", "no" },
		{ "True", "False" },
		{ "ON", "OFF" },
		{ "1", "0" },
	};
	bool v;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		assert_int_equal(parse_bool(slice_of(words[i][0]), &v), 0);
		assert_true(v);
		assert_int_equal(parse_bool(slice_of(words[i][1]), &v), 0);
		assert_false(v);
	}
	assert_int_equal(parse_bool(SLICE_LIT("y"), &v), -EINVAL);
	assert_int_equal(parse_bool(SLICE_LIT(""), &v), -EINVAL);
}

static void masks_and_percents_have_bounds(void **state)
{
	unsigned v = 0;

	assert_int_equal(parse_octal(SLICE_LIT("022"), &v), 0);
	assert_int_equal(v, 022);
	assert_int_equal(parse_octal(SLICE_LIT("7777"), &v), 0);
	assert_int_equal(parse_octal(SLICE_LIT("10000"), &v), -ERANGE);
	assert_int_equal(parse_octal(SLICE_LIT("8"), &v), -EINVAL);
	assert_int_equal(parse_percent(SLICE_LIT("100%"), &v), 0);
	assert_int_equal(v, 100);
	assert_int_equal(parse_percent(SLICE_LIT("101%"), &v), -ERANGE);
	assert_int_equal(parse_percent(SLICE_LIT("10"), &v), -EINVAL);
	assert_int_equal(parse_percent(SLICE_LIT("%"), &v), -EINVAL);
}

static void every_signal_reads_back_from_its_name(void **state)
{
	char buf[16];

	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		int v = 0;

		assert_int_equal(parse_signal(slice_of(signal_name(sig, buf)), &v), 0);
		assert_int_equal(v, sig);
		if (sig < 32 || sig >= SIGRTMIN)
			assert_string_not_equal(signal_text(sig), "unknown signal");
	}
	assert_string_equal(signal_name(SIGTERM, buf), "TERM");
	assert_string_equal(signal_name(SIGRTMIN + 3, buf), "RTMIN+3");
	assert_string_equal(signal_name(-5, buf), "-5");
	assert_string_equal(signal_text(SIGSEGV), "segmentation fault");
	assert_string_equal(signal_text(0), "unknown signal");
}

static void signals_as_people_write_them(void **state)
{
	const struct {
		const char *text;
		int r, sig;
	} cases[] = {
		{ "TERM", 0, SIGTERM },
		{ "sigterm", 0, SIGTERM },
		{ "15", 0, 15 },
		{ "RTMIN", 0, SIGRTMIN },
		{ "RTMIN+3", 0, SIGRTMIN + 3 },
		{ "SIGRTMAX-1", 0, SIGRTMAX - 1 },
		{ "0", -ERANGE, 0 },
		{ "65", -ERANGE, 0 },
		{ "RTMIN+99", -ERANGE, 0 },
		{ "RTMIN-1", -EINVAL, 0 },
		{ "SIG", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "TERMX", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int v = 0;

		assert_int_equal(parse_signal(slice_of(cases[i].text), &v), cases[i].r);
		assert_int_equal(v, cases[i].sig);
	}
}

static void the_nearest_word_is_offered_when_near_enough(void **state)
{
	static const char *const words[] = { "heap_dump", "hooks_first", "action", "wait", "on" };
	static const struct {
		const char *text, *nearest;
	} cases[] = {
		{ "heap_dmup", "heap_dump" },
		{ "heapdump", "heap_dump" },
		{ "HEAP_DUMP", "heap_dump" },
		{ "wiat", "wait" },
		{ "acton", "action" },
		{ "zzz", NULL },
		{ "no", NULL },
		{ "", NULL },
	};
	char longer[200];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = parse_nearest(slice_of(cases[i].text), words, ARRAY_SIZE(words));

		assert_ptr_equal(got != NULL, cases[i].nearest != NULL);
		if (got)
			assert_string_equal(got, cases[i].nearest);
	}
	memset(longer, 'a', sizeof(longer));
	assert_null(parse_nearest((struct slice){ longer, sizeof(longer) }, words, 1));
}

/* By the kernel's own count. */
static void every_capability_reads_back_from_its_name(void **state)
{
	for (unsigned cap = 0; prctl(PR_CAPBSET_READ, (unsigned long)cap, 0L, 0L, 0L) >= 0; cap++) {
		_cleanup_strbuf_ struct strbuf name = STRBUF_INIT;
		unsigned got = 99;

		capability_list(1ULL << cap, &name);
		assert_int_equal(parse_capability(slice_of(strbuf_str(&name)), &got), 0);
		assert_int_equal(got, cap);
	}
}

static void capabilities_as_people_write_them(void **state)
{
	_cleanup_strbuf_ struct strbuf names = STRBUF_INIT;
	unsigned cap;

	assert_int_equal(parse_capability(SLICE_LIT("CAP_NET_BIND_SERVICE"), &cap), 0);
	assert_int_equal(cap, 10);
	assert_int_equal(parse_capability(SLICE_LIT("Chown"), &cap), 0);
	assert_int_equal(cap, 0);
	assert_int_equal(parse_capability(SLICE_LIT("cap_"), &cap), -EINVAL);
	assert_int_equal(parse_capability(SLICE_LIT(""), &cap), -EINVAL);
	assert_string_equal(capability_nearest(SLICE_LIT("cap_sysadmin")), "sys_admin");
	assert_null(capability_nearest(SLICE_LIT("everything")));
	capability_list(1 << 0 | 1 << 10, &names);
	assert_string_equal(strbuf_str(&names), "chown, net_bind_service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal_and_whole),
		cmocka_unit_test(a_size_with_a_suffix_is_bytes),
		cmocka_unit_test(a_duration_adds_its_parts),
		cmocka_unit_test(yes_and_no_have_four_forms_each),
		cmocka_unit_test(masks_and_percents_have_bounds),
		cmocka_unit_test(every_signal_reads_back_from_its_name),
		cmocka_unit_test(signals_as_people_write_them),
		cmocka_unit_test(every_capability_reads_back_from_its_name),
		cmocka_unit_test(capabilities_as_people_write_them),
		cmocka_unit_test(the_nearest_word_is_offered_when_near_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
