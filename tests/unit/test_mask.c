/* SPDX-License-Identifier: Apache-2.0 */
/* What looks like a secret is hidden, in every usual spelling; what does not stays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/mask.h"

static const struct {
	const char *word, *masked;
} words[] = {
	{ "-Xmx64m", "-Xmx64m" },
	{ "", "" },
	{ "=", "=" },
	{ "-Dname=value", "-Dname=value" },
	{ "-Ddb.password=hunter2", "-Ddb.password=***" },
	{ "-Ddb.password=", "-Ddb.password=" },
	{ "-DDB_PASSWORD=a=b", "-DDB_PASSWORD=***" },
	{ "-Djavax.net.ssl.keyStorePassword=x", "-Djavax.net.ssl.keyStorePassword=***" },
	{ "-Dpass.word=x", "-Dpass.word=***" },
	{ "-Ddb.pass=x", "-Ddb.pass=***" },
	{ "-Dkeypass=x", "-Dkeypass=***" },
	{ "-Dpassive=x", "-Dpassive=x" },
	{ "--client-secret=x", "--client-secret=***" },
	{ "accessToken=x", "accessToken=***" },
	{ "-Dapi-key=x", "-Dapi-key=***" },
	{ "-DAPI_KEY=x", "-DAPI_KEY=***" },
	{ "-Dmy.api.key=x", "-Dmy.api.key=***" },
	{ "-DprivateKey=x", "-DprivateKey=***" },
	{ "-Dssh.private_key=x", "-Dssh.private_key=***" },
	{ "--passphrase=x y", "--passphrase=***" },
	{ "-Daws.secretAccessKey=x", "-Daws.secretAccessKey=***" },
	{ "-Dgoogle.credentials=x", "-Dgoogle.credentials=***" },
	{ "-Dspring.cloud[0].token=x", "-Dspring.cloud[0].token=***" },
	{ "-Dkey=x", "-Dkey=x" },
	{ "-Dmonkey=x", "-Dmonkey=x" },
	{ "-javaagent:/a.jar=host=h,token=t", "-javaagent:/a.jar=host=h,token=***" },
	{ "-javaagent:/opt/token-agent.jar", "-javaagent:/opt/token-agent.jar" },
	{ "-cp", "-cp" },
	{ "/opt/token:/opt/secret", "/opt/token:/opt/secret" },
	{ "password", "password" },
	{ "my password is=x", "my password is=x" },
	{ "-XX:OnError=curl --token t http://h", "-XX:OnError=curl --token *** http://h" },
	{ "-XX:OnError=curl -H 'Authorization: Bearer x'",
	  "-XX:OnError=curl -H 'Authorization: ***" },
	{ "--app.json={\"db\":{\"password\":\"x\"}}", "--app.json={\"db\":{\"password\":***" },
	{ "{\"apiKey\" : \"x\"}", "{\"apiKey\" : ***" },
	{ "section.key 'token': write another", "section.key 'token': write another" },
	{ "https://user:pw@host/path", "https://user:***@host/path" },
	{ "https://user:p@w@host/path", "https://user:***@host/path" },
	{ "https://user:p/w@host/path", "https://user:***@host/path" },
	{ "https://user@host:80/a:b@c", "https://user@host:80/a:b@c" },
	{ "https://host:8080/@scope/x", "https://host:8080/@scope/x" },
	{ "https://host:8080/", "https://host:8080/" },
	{ "a://b:c@d e://f:g@h", "a://b:***@d e://f:***@h" },
	{ "-Durl=jdbc:x://u:p@h?token=t", "-Durl=jdbc:x://u:***@h?token=***" },
	{ "jdbc:oracle:thin:scott/tiger@//h:1521/x", "jdbc:oracle:thin:scott/***@//h:1521/x" },
	{ "jdbc:oracle:thin:@//h:1521/x", "jdbc:oracle:thin:@//h:1521/x" },
	{ "://:@", "://:@" },
};

static void what_looks_like_a_secret_is_hidden(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		struct mask mask = { 0 };

		mask_word(&mask, words[i].word, &out);
		assert_string_equal(strbuf_str(&out), words[i].masked);
		assert_false(mask.next);
	}
}

static void check_line(const char *const line[], const char *const shown[])
{
	struct mask mask = { 0 };

	for (size_t i = 0; line[i]; i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		mask_word(&mask, line[i], &out);
		assert_string_equal(strbuf_str(&out), shown[i]);
	}
}

static void the_word_behind_a_secret_option_is_hidden(void **state)
{
	check_line((const char *const[]){ "Main", "--password", "x y", "-v", "--token", "t", NULL },
		   (const char *const[]){ "Main", "--password", "***", "-v", "--token", "***" });
	check_line(
		(const char *const[]){ "-db-password", "-x", "--secret", "--verbose", "z", NULL },
		(const char *const[]){ "-db-password", "***", "--secret", "--verbose", "z" });
	/* A property without a value, and a path, are no such options. */
	check_line((const char *const[]){ "-Dtoken", "Main", "-javaagent:token.jar", "x", NULL },
		   (const char *const[]){ "-Dtoken", "Main", "-javaagent:token.jar", "x" });
}

static const struct {
	const char *text, *masked;
	bool open;
} texts[] = {
	{ "-Dpassword=a b -Xmx5m -Dx=y", "-Dpassword=*** -Xmx5m -Dx=y", false },
	{ "Main --password a b -v", "Main --password *** -v", false },
	{ "Main --password a b", "Main --password ***", true },
	{ "-Dtoken=x", "-Dtoken=***", true },
	{ "-Dtoken", "-Dtoken", false },
	{ "a --token", "a --token", false },
	{ "-Xmx5m", "-Xmx5m", false },
	{ "", "", false },
	{ "x://u:p@h -Dpwd=1 -Dy.secret=2", "x://u:***@h -Dpwd=*** -Dy.secret=***", true },
};

static void values_of_joined_words_end_at_the_next_option(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

		assert_int_equal(mask_text(NULL, slice_of(texts[i].text), &out), texts[i].open);
		assert_string_equal(strbuf_str(&out), texts[i].masked);
	}
}

static void the_rest_of_a_value_is_hidden(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	assert_false(mask_rest(NULL, slice_of("of it -Dtoken=a -v"), &out));
	assert_string_equal(strbuf_str(&out), "*** -Dtoken=*** -v");
	strbuf_reset(&out);
	assert_true(mask_rest(NULL, slice_of("all of it"), &out));
	assert_string_equal(strbuf_str(&out), "***");
}

static void names_of_the_policy_are_hidden_too(void **state)
{
	static const struct {
		const char *word, *masked;
	} named[] = {
		{ "-Dshop.licence=x", "-Dshop.licence=***" },
		{ "--LICENCE=x", "--LICENCE=***" },
		{ "-Dlicence.file=x", "-Dlicence.file=x" },
		{ "-Dcode=x", "-Dcode=***" },
		{ "code=x", "code=***" },
	};
	_cleanup_strv_ struct strv names = STRV_INIT;

	strv_push(&names, "*licence");
	strv_push(&names, "code");
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
		struct mask mask = { .names = &names };

		mask_word(&mask, named[i].word, &out);
		assert_string_equal(strbuf_str(&out), named[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_looks_like_a_secret_is_hidden),
		cmocka_unit_test(the_word_behind_a_secret_option_is_hidden),
		cmocka_unit_test(values_of_joined_words_end_at_the_next_option),
		cmocka_unit_test(the_rest_of_a_value_is_hidden),
		cmocka_unit_test(names_of_the_policy_are_hidden_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
