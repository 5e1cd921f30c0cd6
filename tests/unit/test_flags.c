/* SPDX-License-Identifier: Apache-2.0 */
/* The table of flags, and what the user set over all channels. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/macro.h"
#include "base/strbuf.h"
#include "jvm/flags.h"

#define WORDS 8

static char folder[] = "/tmp/jvisor-flags-XXXXXX";

static const struct {
	const char *name, *text;
} files[] = {
	{ "flags",
	  "# c\nOnError=z\"a b\" # x\nErrorFile=/tmp/a\"#b c\"d#e\n-CreateCoredumpOnCrash\n" },
	{ "flags2", "ErrorFile=two" },
	{ "vm", "-XX:ErrorFile=vm -Dx=vm" },
	{ "vm2", "'-XX:ErrorFile=v f'\n\t-Dx=\"a 'b\"  -XX:+Other" },
	{ "bad-quote", "-Dx=\"a" },
	{ "nested", "-XX:VMOptionsFile=vm" },
	{ "to-flags", "-XX:Flags=flags2" },
	{ "args", "-ea\n-XX:ErrorFile=args\n" },
};

static int make_files(void **state)
{
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *f = fopen(files[i].name, "we");

		if (!f || fputs(files[i].text, f) < 0 || fclose(f) != 0)
			return -1;
	}
	return 0;
}

static int remove_files(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlink(files[i].name);
	return chdir("/") < 0 || rmdir(folder) < 0;
}

static void every_row_is_whole_and_there_once(void **state)
{
	assert_true(flag_defs_count >= 26);
	for (size_t i = 0; i < flag_defs_count; i++) {
		const struct flag_def *d = &flag_defs[i];

		assert_ptr_equal(flag_def_find(slice_of(d->name)), d);
		assert_true(d->help && *d->help);
		assert_true(!d->watch || *d->watch);
		assert_true(!d->first_update || d->first == 8);
		assert_true(!d->last || d->last >= d->first);
		assert_true(d->min <= d->max);
		assert_true(d->type == FLAG_INT || (!d->min && !d->max));
		assert_true(d->last || flag_def_in(d, (struct jvm_version){ 25, 0, 0 }));
		assert_true(flag_value_fits(d, slice_of(d->value)));
	}
}

static void a_flag_belongs_to_its_releases(void **state)
{
	static const struct {
		const char *name;
		struct jvm_version v;
		bool in;
	} cases[] = {
		{ "HeapDumpOnOutOfMemoryError", { 8, 0, 0 }, true },
		{ "HeapDumpOnOutOfMemoryError", { 0, 0, 0 }, true },
		{ "ExitOnOutOfMemoryError", { 8, 0, 91 }, false },
		{ "ExitOnOutOfMemoryError", { 8, 0, 92 }, true },
		{ "ExitOnOutOfMemoryError", { 8, 0, 0 }, false },
		{ "ExitOnOutOfMemoryError", { 0, 0, 0 }, false },
		{ "ExitOnOutOfMemoryError", { 11, 0, 0 }, true },
		{ "CrashOnOutOfMemoryError", { 8, 0, 91 }, false },
		{ "HeapDumpGzipLevel", { 11, 0, 33 }, false },
		{ "HeapDumpGzipLevel", { 17, 0, 0 }, true },
		{ "FullGCHeapDumpLimit", { 21, 0, 0 }, false },
		{ "CreateCoredumpOnCrash", { 8, 0, 504 }, false },
		{ "CreateCoredumpOnCrash", { 11, 0, 0 }, true },
		{ "CreateMinidumpOnCrash", { 8, 0, 0 }, true },
		{ "ErrorLogTimeout", { 8, 0, 504 }, false },
		{ "AllocateHeapAt", { 8, 0, 504 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct flag_def *d = flag_def_find(slice_of(cases[i].name));

		assert_non_null(d);
		assert_int_equal(flag_def_in(d, cases[i].v), cases[i].in);
	}
	assert_null(flag_def_find(SLICE_LIT("heapdumppath")));
	assert_null(flag_def_find(SLICE_LIT("")));
}

static void a_value_fits_a_release(void **state)
{
	static const struct {
		const char *name;
		unsigned feature;
		const char *value;
		bool fits, some;
	} cases[] = {
		{ "ExitOnOutOfMemoryError", 17, "true", true, true },
		{ "ExitOnOutOfMemoryError", 17, "yes", false, false },
		{ "HeapDumpGzipLevel", 17, "9", true, true },
		{ "HeapDumpGzipLevel", 17, "10", false, false },
		{ "HeapDumpGzipLevel", 17, "", false, false },
		{ "ErrorLogTimeout", 27, "4294967296", true, true },
		{ "ErrorLogTimeout", 28, "4294967296", false, true },
		{ "SelfDestructTimer", 17, "0.5", false, true },
		{ "SelfDestructTimer", 21, "0.5", true, true },
		{ "SelfDestructTimer", 28, ".5", true, true },
		{ "SelfDestructTimer", 28, "a", false, false },
		{ "SelfDestructTimer", 28, "", false, false },
		{ "OnError", 8, "", true, true },
		{ "HeapDumpPath", 8, "any", true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct flag_def *d = flag_def_find(slice_of(cases[i].name));
		struct flag_def at = flag_def_at(d, cases[i].feature);
		struct slice value = slice_of(cases[i].value);

		assert_int_equal(flag_value_fits(&at, value), cases[i].fits);
		assert_int_equal(flag_value_fits_some(d, value), cases[i].some);
	}
}

static void a_number_is_read_as_the_jvm_reads_it(void **state)
{
	static const struct {
		const char *text;
		bool is;
		int64_t n;
	} cases[] = {
		{ "0", true, 0 },
		{ "-1", true, -1 },
		{ "1024", true, 1024 },
		{ "1k", true, 1024 },
		{ "2M", true, 2 << 20 },
		{ "0x10", true, 16 },
		{ "1g", true, 1 << 30 },
		{ "", false, 0 },
		{ " 1", false, 0 },
		{ "1kb", false, 0 },
		{ "k", false, 0 },
		{ "1 ", false, 0 },
		{ "0x", false, 0 },
		{ "1.5", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "9999999999t", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t n = 0;

		assert_int_equal(flag_number(cases[i].text, &n), cases[i].is);
		assert_int_equal(n, cases[i].n);
	}
}

static void every_origin_has_a_name(void **state)
{
	for (size_t i = 0; i < ORIGIN_COUNT; i++)
		assert_true(flag_origin_names[i] && *flag_origin_names[i]);
}

/* What java_line_read gives, or its positive result. */
static int read_line(unsigned feature, const char *const *argv, const char *const *env,
		     struct java_line *ret)
{
	struct jdk jdk = { .kind = JVM_HOTSPOT, .version.feature = feature };
	_cleanup_strv_ struct strv vars = STRV_INIT;
	struct err err = { 0 };
	int r;

	for (size_t i = 0; env[i]; i++)
		strv_push(&vars, env[i]);
	r = java_line_read((char *const *)argv, &vars, &jdk, ret, &err);
	if (r)
		assert_true(err.msg[0]);
	return r;
}

static void the_channels_have_the_order_of_the_jvm(void **state)
{
	static const struct {
		unsigned feature;
		const char *argv[WORDS], *env[WORDS];
		const char *flags; /* name=value@origin, in the order of application */
		const char *x;	   /* -Dx */
	} cases[] = {
		{ 17, { "M" }, { NULL }, "", NULL },
		{ 17,
		  { "-XX:F=c", "-Dx=c", "M", "-XX:F=p", "-Dx=p" },
		  { "_JAVA_OPTIONS=-XX:F=u", "JDK_JAVA_OPTIONS=-XX:F=j",
		    "JAVA_TOOL_OPTIONS=-XX:F=t -Dx=t" },
		  "F=t@2 F=j@3 F=c@4 F=u@5 ",
		  "c" },
		{ 17, { "-Dx=1", "-Dx=2", "-Dxy=3", "M" }, { NULL }, "", "2" },
		{ 17, { "-Dx", "M" }, { NULL }, "", "" },
		{ 17, { "M" }, { "_JAVA_OPTIONS='-Dx=a b'" }, "", "a b" },
		{ 17,
		  { "-XX:Flags=flags", "M" },
		  { NULL },
		  "OnError=za b@1 ErrorFile=/tmp/a#b cd#e@1 CreateCoredumpOnCrash=false@1 "
		  "Flags=flags@4 ",
		  NULL },
		{ 17,
		  { "-XX:Flags=flags", "-XX:Flags=flags2", "M" },
		  { NULL },
		  "ErrorFile=two@1 Flags=flags@4 Flags=flags2@4 ",
		  NULL },
		{ 17, { "-XX:Flags=/", "M" }, { NULL }, "Flags=/@4 ", NULL },
		{ 17,
		  { "-XX:Flags=/dev/null", "-XX:VMOptionsFile=/dev/null", "M" },
		  { NULL },
		  "Flags=/dev/null@4 VMOptionsFile=/dev/null@4 ",
		  NULL },
		{ 17,
		  { "-XX:OnError=", "-XX:OnError=a", "-XX:OnError:=b", "-XX:ErrorFile:=c",
		    "-XX:MaxJavaStackTraceDepth:=1", "M" },
		  { NULL },
		  "OnError=a@4 OnError=b@4 ErrorFile=c@4 ",
		  NULL },
		{ 17,
		  { "-XX:+ErrorFileToStdout", "-XX:-ErrorFileToStderr", "M" },
		  { NULL },
		  "ErrorFileToStdout=true@4 ErrorFileToStderr=false@4 ErrorFileToStderr=false@4 ",
		  NULL },
		{ 17,
		  { "-XX:Flags=flags2", "M" },
		  { "JAVA_TOOL_OPTIONS=-XX:Flags=flags" },
		  "ErrorFile=two@1 Flags=flags@2 Flags=flags2@4 ",
		  NULL },
		{ 8, { "M" }, { "JAVA_TOOL_OPTIONS=-XX:Flags=flags2" }, "Flags=flags2@2 ", NULL },
		/* What is not of the flag's form is refused, or dropped by 8. */
		{ 8,
		  { "-XX:+IgnoreUnrecognizedVMOptions", "-XX:SelfDestructTimer=0.5",
		    "-XX:+ErrorFile", "-XX:UsePerfData=true", "-XX:MaxJavaStackTraceDepth=2k",
		    "M" },
		  { NULL },
		  "IgnoreUnrecognizedVMOptions=true@4 MaxJavaStackTraceDepth=2k@4 ",
		  NULL },
		{ 21,
		  { "-XX:SelfDestructTimer=0.5", "M" },
		  { NULL },
		  "SelfDestructTimer=0.5@4 ",
		  NULL },
		/* The launcher prints it by itself. */
		{ 17, { "-XX:Flags=missing", "-fullversion" }, { NULL }, "", NULL },
		{ 17,
		  { "-XX:VMOptionsFile=vm2", "-XX:ErrorFile=c", "M" },
		  { NULL },
		  "ErrorFile=v f@4 Other=true@4 VMOptionsFile=vm2@4 ErrorFile=c@4 ",
		  "a 'b" },
		{ 17,
		  { "-XX:ErrorFile=c", "-XX:VMOptionsFile=vm", "-Dx=c", "M" },
		  { NULL },
		  "ErrorFile=c@4 ErrorFile=vm@4 VMOptionsFile=vm@4 ",
		  "c" },
		{ 17,
		  { "M" },
		  { "JAVA_TOOL_OPTIONS=-XX:VMOptionsFile=vm",
		    "_JAVA_OPTIONS=-XX:VMOptionsFile=vm" },
		  "ErrorFile=vm@2 VMOptionsFile=vm@2 ErrorFile=vm@5 VMOptionsFile=vm@5 ",
		  "vm" },
		{ 17,
		  { "-XX:VMOptionsFile=to-flags", "M" },
		  { NULL },
		  "ErrorFile=two@1 Flags=flags2@4 VMOptionsFile=to-flags@4 ",
		  NULL },
		{ 8,
		  { "-XX:VMOptionsFile=nope", "M" },
		  { "JDK_JAVA_OPTIONS=-XX:F=j" },
		  "VMOptionsFile=nope@4 ",
		  NULL },
		{ 17,
		  { "-XX:+F", "-XX:-F", "-XX:+G", "M" },
		  { NULL },
		  "F=true@4 F=false@4 G=true@4 ",
		  NULL },
		{ 17,
		  { "-XX:-CreateMinidumpOnCrash", "M" },
		  { NULL },
		  "CreateCoredumpOnCrash=false@4 ",
		  NULL },
		{ 8,
		  { "-XX:-CreateMinidumpOnCrash", "M" },
		  { NULL },
		  "CreateMinidumpOnCrash=false@4 ",
		  NULL },
		{ 17,
		  { "-XX:OnError=a", "-XX:OnError:=b", "-XX:P=", "-XX:P=a=b", "M" },
		  { NULL },
		  "OnError=a@4 OnError=b@4 P=@4 P=a=b@4 ",
		  NULL },
		{ 17,
		  { "-XX:Bare", "-XX:", "-XX:=x", "-Xmx1g", "-cp", "-", "M" },
		  { "JAVA_TOOL_OPTIONS=" },
		  NULL,
		  NULL },
		{ 17,
		  { "-XX:Bare", "-XX:", "-XX:=x", "-Xmx1g", "M" },
		  { "JAVA_TOOL_OPTIONS=" },
		  "MaxHeapSize=1g@4 ",
		  NULL },
		{ 17, { "@args", "M" }, { NULL }, "ErrorFile=args@4 ", NULL },
		{ 17,
		  { "M" },
		  { "JDK_JAVA_OPTIONS=@args -XX:F=2" },
		  "ErrorFile=args@3 F=2@3 ",
		  NULL },
		{ 17,
		  { "-XX:VMOptionsFile=vm", "-XX:VMOptionsFile=vm2", "M" },
		  { NULL },
		  NULL,
		  NULL },
		{ 17,
		  { "-XX:VMOptionsFile=vm", "M" },
		  { "JDK_JAVA_OPTIONS=-XX:VMOptionsFile=vm" },
		  NULL,
		  NULL },
		{ 17, { "-XX:VMOptionsFile=nested", "M" }, { NULL }, NULL, NULL },
		{ 17, { "-XX:VMOptionsFile=bad-quote", "M" }, { NULL }, NULL, NULL },
		{ 17, { "-XX:VMOptionsFile=nope", "M" }, { NULL }, NULL, NULL },
		{ 17, { "-XX:Flags=nope", "M" }, { NULL }, NULL, NULL },
		{ 17, { "M" }, { "JAVA_TOOL_OPTIONS='" }, NULL, NULL },
		{ 17, { "@nope", "M" }, { NULL }, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		struct java_line l = { 0 };
		const char *x;
		int r = read_line(cases[i].feature, cases[i].argv, cases[i].env, &l);

		assert_int_equal(r, cases[i].flags ? 0 : X_CMDLINE_JAVA_REFUSES);
		if (r)
			continue;
		for (size_t k = 0; k < l.n_flags; k++)
			strbuf_printf(&out, "%s=%s@%d ", l.flags[k].name, l.flags[k].value,
				      (int)l.flags[k].origin);
		assert_string_equal(strbuf_str(&out), cases[i].flags);
		x = java_line_property(&l, "x");
		assert_int_equal(!x, !cases[i].x);
		if (x)
			assert_string_equal(x, cases[i].x);
		java_line_done(&l);
	}
}

static void a_setting_knows_its_place(void **state)
{
	static const char *const argv[] = {
		"-ea", "-XX:+A", "@args", "-XX:VMOptionsFile=vm", "-XX:Flags=flags2", "M", NULL
	};
	static const char *const env[] = { "JAVA_TOOL_OPTIONS=-Da=b -XX:+T", NULL };
	const struct flag_setting *s;
	struct java_line l;

	assert_int_equal(read_line(17, argv, env, &l), 0);
	s = java_line_flag(&l, "A");
	assert_int_equal(s->arg, 1);
	assert_null(s->file);
	s = java_line_flag(&l, "T");
	assert_int_equal(s->origin, ORIGIN_JAVA_TOOL_OPTIONS);
	assert_int_equal(s->arg, 1);
	s = java_line_flag(&l, "ErrorFile");
	assert_string_equal(s->value, "vm");
	assert_string_equal(s->file, "vm");
	assert_string_equal(l.cmd.args[s->arg].text, "-XX:VMOptionsFile=vm");
	s = &l.flags[0];
	assert_string_equal(s->value, "two");
	assert_string_equal(s->file, "flags2");
	assert_int_equal(s->line, 1);
	for (size_t i = 0; i < l.n_flags; i++)
		if (!strcmp(l.flags[i].value, "args")) {
			assert_string_equal(l.flags[i].file, "args");
			assert_int_equal(l.flags[i].line, 2);
		}
	assert_null(java_line_flag(&l, "Nothing"));
	assert_true(java_line_bool(&l, "A", false));
	assert_true(java_line_bool(&l, "Nothing", true));
	assert_false(java_line_bool(&l, "Nothing", false));
	assert_null(java_line_property(&l, "nothing"));
	java_line_done(&l);
}

static void release_8_drops_a_long_variable(void **state)
{
	_cleanup_strbuf_ struct strbuf value = STRBUF_INIT;
	const char *const argv[] = { "M", NULL };
	static const unsigned features[] = { 8, 17 };

	strbuf_puts(&value, "JAVA_TOOL_OPTIONS=-XX:+F -Dx=");
	while (value.len < strlen("JAVA_TOOL_OPTIONS=") + 1024)
		strbuf_putc(&value, 'x');
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		const char *const env[] = { value.buf, NULL };
		struct java_line l;

		assert_int_equal(read_line(features[i], argv, env, &l), 0);
		assert_int_equal(java_line_bool(&l, "F", false), features[i] != 8);
		java_line_done(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole_and_there_once),
		cmocka_unit_test(a_flag_belongs_to_its_releases),
		cmocka_unit_test(a_value_fits_a_release),
		cmocka_unit_test(a_number_is_read_as_the_jvm_reads_it),
		cmocka_unit_test(every_origin_has_a_name),
		cmocka_unit_test(the_channels_have_the_order_of_the_jvm),
		cmocka_unit_test(a_setting_knows_its_place),
		cmocka_unit_test(release_8_drops_a_long_variable),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
