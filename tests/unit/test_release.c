/* SPDX-License-Identifier: Apache-2.0 */
/* The release file of a JDK home. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "jvm/release.h"

#define assert_slice(s, text) assert_true(slice_eq(s, text))

static void the_file_of_debian_is_read(void **state)
{
	static const char text[] = "IMPLEMENTOR=\"Debian\"\n"
				   "JAVA_RUNTIME_VERSION=\"28-ea+18-1-Debian\"\n"
				   "JAVA_VERSION=\"28\"\n"
				   "JAVA_VERSION_DATE=\"2027-03-23\"\n"
				   "MODULES=\"java.base java.compiler\"\n";
	struct release r;

	assert_int_equal(release_parse(SLICE_LIT(text), &r), 0);
	assert_slice(r.implementor, "Debian");
	assert_slice(r.version, "28");
	assert_slice(r.runtime_version, "28-ea+18-1-Debian");
	assert_null(r.jvm_variant.ptr);
}

static void the_file_of_temurin_8_is_read(void **state)
{
	static const char text[] = "JAVA_VERSION=\"1.8.0_392\"\r\nOS_NAME=\"Linux\"\r\n"
				   "IMPLEMENTOR=\"Eclipse Adoptium\"\r\nJVM_VARIANT=\"Hotspot\"";
	struct release r;

	assert_int_equal(release_parse(SLICE_LIT(text), &r), 0);
	assert_slice(r.implementor, "Eclipse Adoptium");
	assert_slice(r.version, "1.8.0_392");
	assert_slice(r.jvm_variant, "Hotspot");
}

static void an_early_build_has_the_version_of_its_release(void **state)
{
	struct release r;

	assert_int_equal(release_parse(SLICE_LIT("JAVA_VERSION=\"29-ea\""), &r), 0);
	assert_slice(r.version, "29");
}

static void the_first_of_two_lines_counts_and_quotes_may_be_missing(void **state)
{
	static const char text[] =
		"JAVA_VERSION=17\nJAVA_VERSION=\"21\"\nIMPLEMENTOR=\"\"\nJVM_VARIANT=\"";
	struct release r;

	assert_int_equal(release_parse(SLICE_LIT(text), &r), 0);
	assert_slice(r.version, "17");
	assert_int_equal(r.implementor.len, 0);
	assert_slice(r.jvm_variant, "\"");
}

static void a_text_without_a_line_is_refused(void **state)
{
	struct release r = { .version = SLICE_LIT("kept") };

	assert_int_equal(release_parse(SLICE_LIT(""), &r), -EINVAL);
	assert_int_equal(release_parse(SLICE_LIT("#!/bin/sh\n\n=x\n"), &r), -EINVAL);
	assert_slice(r.version, "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_of_debian_is_read),
		cmocka_unit_test(the_file_of_temurin_8_is_read),
		cmocka_unit_test(an_early_build_has_the_version_of_its_release),
		cmocka_unit_test(the_first_of_two_lines_counts_and_quotes_may_be_missing),
		cmocka_unit_test(a_text_without_a_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
