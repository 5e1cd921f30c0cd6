/* SPDX-License-Identifier: Apache-2.0 */
/* An hs_err log loses what the user's own words hold of secrets, and not a byte else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include "base/file.h"
#include "jvm/hserr_mask.h"

static void mask_log(struct slice text, const struct strv *names, struct strbuf *out)
{
	struct hserr_mask m = { .names = names };

	while (text.len) {
		ptrdiff_t end = slice_find(text, '\n');
		size_t len = end < 0 ? text.len : (size_t)end;

		hserr_mask_line(&m, (struct slice){ text.ptr, len }, out);
		if (end >= 0)
			strbuf_putc(out, '\n');
		text = slice_skip(text, len + (end >= 0));
	}
}

static const char log_17[] =
	"# password=stays, this is not the user's\n"
	"---------------  S U M M A R Y ------------\n\n"
	"Command Line: -Ddb.password=GONE and GONE -Xmx5m -Dtext=two\nGONE=x Main --token GONE\n"
	"GONE\n\nGONE -v\n\n"
	"Host: token=stays, 2 cores\nTime: now\n"
	"Event: token=stays\n"
	"VM Arguments:\n"
	"jvm_args: -Ddb.password=GONE -Xmx5m -Dsecret=GONE\nGONE\n\nGONE\n"
	"java_command: Main --token GONE\n"
	"java_class_path (initial): /opt/token:/srv\n"
	"Launcher Type: SUN_STANDARD\n\n"
	"[Global flags]\n"
	"    ccstr OnError  = curl --token GONE   {product} {command line}\n"
	"    ccstr ErrorFile  = /srv/x.log   {product} {command line}\n\n"
	"Logging:\n token=stays\n\n"
	"Environment Variables:\n"
	"JAVA_TOOL_OPTIONS=-Dapi.key=GONE -Xmx5m\n"
	"MY_TOKEN=GONE\nGONE\nPATH=/bin\n\n"
	"Signal Handlers:\n token=stays\n\nEND.\n";

static const char shown_17[] =
	"# password=stays, this is not the user's\n"
	"---------------  S U M M A R Y ------------\n\n"
	"Command Line: -Ddb.password=*** -Xmx5m -Dtext=two\nGONE=x Main --token ***\n"
	"***\n\n*** -v\n\n"
	"Host: token=stays, 2 cores\nTime: now\n"
	"Event: token=stays\n"
	"VM Arguments:\n"
	"jvm_args: -Ddb.password=*** -Xmx5m -Dsecret=***\n***\n\n***\n"
	"java_command: Main --token ***\n"
	"java_class_path (initial): /opt/token:/srv\n"
	"Launcher Type: SUN_STANDARD\n\n"
	"[Global flags]\n"
	"    ccstr OnError  = curl --token ***\n"
	"    ccstr ErrorFile  = /srv/x.log   {product} {command line}\n\n"
	"Logging:\n token=stays\n\n"
	"Environment Variables:\n"
	"JAVA_TOOL_OPTIONS=-Dapi.key=*** -Xmx5m\n"
	"MY_TOKEN=***\n***\nPATH=/bin\n\n"
	"Signal Handlers:\n token=stays\n\nEND.\n";

static void the_users_words_lose_their_secrets(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	mask_log(SLICE_LIT(log_17), NULL, &out);
	assert_string_equal(strbuf_str(&out), shown_17);
}

static void names_of_the_policy_are_hidden_too(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	_cleanup_strv_ struct strv names = STRV_INIT;

	strv_push(&names, "*licence");
	mask_log(SLICE_LIT("java_command: Main licence=x\n"), &names, &out);
	assert_string_equal(strbuf_str(&out), "java_command: Main licence=***\n");
}

static void logs_without_secrets_stay_as_they_are(void **state)
{
	static const char *const names[] = {
		"8-segv.log",	      "8-native-oom.log",    "17-crash-on-oom.log",
		"17-native-oom.log",  "17-unsafe-segv.log",  "25-internal.log",
		"25-unsafe-segv.log", "25-crash-on-oom.log",
	};
	const char *top = getenv("top_srcdir");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, text = STRBUF_INIT,
					       out = STRBUF_INIT;
		struct err err = { 0 };

		strbuf_printf(&path, "%s/tests/golden/hserr/%s", top ? top : ".", names[i]);
		if (file_read(AT_FDCWD, strbuf_str(&path), 1024 * 1024, &text, &err))
			fail_msg("%s", err.msg);
		mask_log((struct slice){ text.buf, text.len }, NULL, &out);
		assert_int_equal(out.len, text.len);
		assert_memory_equal(out.buf, text.buf, text.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_users_words_lose_their_secrets),
		cmocka_unit_test(names_of_the_policy_are_hidden_too),
		cmocka_unit_test(logs_without_secrets_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
