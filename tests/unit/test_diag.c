/* SPDX-License-Identifier: Apache-2.0 */
/* Located findings: all are kept, counted and printed as editors understand them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/diag.h"

static void findings_keep_their_place_and_are_counted(void **state)
{
	static const char *const want[] = {
		"p.ini:3:7: oom.action: \"exti\" is not known",
		"p.ini:4: x",
		"p.ini: whole file",
		"nowhere",
	};
	struct diags d = { 0 };

	diags_add(&d, DIAG_ERROR, "p.ini", 3, 7, "oom.action: \"%s\" is not known", "exti");
	diags_add(&d, DIAG_WARNING, "p.ini", 4, 0, "x");
	diags_add(&d, DIAG_NOTE, "p.ini", 0, 0, "whole file");
	diags_add(&d, DIAG_ERROR, NULL, 0, 0, "nowhere");
	for (int i = 0; i < 20; i++)
		diags_add(&d, DIAG_NOTE, "p.ini", 0, 0, "%d", i);
	assert_int_equal(d.n, 24);
	assert_int_equal(d.errors, 2);
	assert_int_equal(d.warnings, 1);
	assert_int_equal(d.err, 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		diag_format(&d.items[i], &b);
		assert_string_equal(strbuf_str(&b), want[i]);
	}
	diags_done(&d);
	assert_int_equal(d.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_keep_their_place_and_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
