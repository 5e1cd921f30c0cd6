/* SPDX-License-Identifier: Apache-2.0 */
/* Events, the record of a hook set, and what hooks inherit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/clock.h"
#include "base/tlv.h"
#include "hooks/hooks.h"

static void events_have_names_and_times(void **state)
{
	for (int e = 0; e < HOOK_EVENT_COUNT; e++) {
		assert_non_null(hook_event_names[e]);
		assert_int_equal(hook_event_find(hook_event_names[e]), e);
		assert_int_equal(hook_event_timeout((enum hook_event)e) / NSEC_PER_SEC,
				 e == HOOK_COLLECTED ? 1800 : 10);
	}
	assert_int_equal(hook_event_find("ooms"), -1);
	assert_int_equal(hook_event_find(""), -1);
	assert_int_equal(hook_event_find(NULL), -1);
	for (int i = 0; i < HOOK_STATUS_COUNT; i++)
		assert_non_null(hook_status_names[i]);
}

static void hooks_do_not_inherit_what_is_meant_for_the_jvm(void **state)
{
	static const char *const env[] = {
		"PATH=/bin",	     "JAVA_TOOL_OPTIONS=-Xmx1g",
		"JDK_JAVA_OPTIONS=", "_JAVA_OPTIONS=-X",
		"LD_PRELOAD=x.so",   "NOTIFY_SOCKET=/run/x",
		"LISTEN_FDS=1",	     "LISTEN_PID=1",
		"LISTEN_FDNAMES=a",  "WATCHDOG_USEC=1",
		"WATCHDOG_PID=1",    "JAVA_TOOL_OPTIONS_X=stays",
		"JAVA_HOME=/opt/17", "LD_PRELOADED=stays",
		"A=LISTEN_FDS=1",    NULL,
	};
	static const char *const want[] = { "PATH=/bin", "JAVA_TOOL_OPTIONS_X=stays",
					    "JAVA_HOME=/opt/17", "LD_PRELOADED=stays",
					    "A=LISTEN_FDS=1" };
	struct strv got = STRV_INIT;

	assert_int_equal(hook_env((char *const *)env, &got), 0);
	assert_int_equal(got.n, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_string_equal(got.v[i], want[i]);
	strv_done(&got);
	assert_int_equal(hook_env(NULL, &got), 0);
	assert_int_equal(got.n, 0);
}

static void what_is_written_is_read_back(void **state)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT, again = STRBUF_INIT;
	_cleanup_(hook_set_done) struct hook_set got = { 0 };
	_cleanup_strv_ struct strv env = STRV_INIT;
	struct hook_section sections[] = {
		{ .name = "a",
		  .run = "x 'y z'",
		  .event = HOOK_OOM,
		  .order = 7,
		  .env = &env,
		  .timeout = 5,
		  .shell = true,
		  .user = "app" },
		{ .name = "b", .run = "", .event = HOOK_GIVE_UP, .stop_on_failure = true },
	};
	struct hook_set set = {
		.dir = (char[]){ "/etc/jvisor/hooks.d" },
		.sections = sections,
		.n_sections = 2,
		.uid = 4294967294,
		.gid = 5,
		.cwd = (char[]){ "/srv" },
		.instance = (char[]){ "i-1" },
		.started = 123456789012345,
	};

	strv_push(&set.env, "A=1");
	strv_push(&set.env, "B=\xff");
	strv_push(&env, "C=");
	assert_int_equal(hook_set_encode(&set, &record), 0);
	assert_int_equal(hook_set_decode((struct slice){ record.buf, record.len }, &got), 0);
	assert_int_equal(got.n_sections, 2);
	assert_string_equal(got.sections[0].run, "x 'y z'");
	assert_string_equal(got.sections[0].user, "app");
	assert_string_equal(got.sections[0].env->v[0], "C=");
	assert_int_equal(got.sections[1].event, HOOK_GIVE_UP);
	assert_true(got.sections[1].stop_on_failure);
	assert_null(got.sections[1].user);
	assert_int_equal(got.sections[1].env->n, 0);
	assert_string_equal(got.env.v[1], "B=\xff");
	assert_int_equal(hook_set_encode(&got, &again), 0);
	assert_int_equal(again.len, record.len);
	assert_memory_equal(again.buf, record.buf, record.len);
	strv_done(&set.env);
}

static int decode(const struct strbuf *b)
{
	struct hook_set s = { 0 };
	int r = hook_set_decode((struct slice){ strbuf_str(b), b->len }, &s);

	hook_set_done(&s);
	return r;
}

static void a_record_that_is_not_ours_is_refused(void **state)
{
	enum { DIR_TAG = 1, UID_TAG, ENV_TAG = 5, SECTION_TAG, EVENT_TAG = 4 };
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT, section = STRBUF_INIT;

	assert_int_equal(decode(&b), 0); /* nothing: no hooks */
	tlv_put_str(&b, 9999, "from the future");
	tlv_put_str(&b, DIR_TAG, "/a");
	tlv_put_str(&b, DIR_TAG, "/b");
	assert_int_equal(decode(&b), 0);
	b.len--;
	assert_int_equal(decode(&b), -EBADMSG);

	strbuf_reset(&b);
	tlv_put(&b, DIR_TAG, "/a\0b", 4);
	assert_int_equal(decode(&b), -EBADMSG);
	strbuf_reset(&b);
	tlv_put(&b, ENV_TAG, "A=\0", 3);
	assert_int_equal(decode(&b), -EBADMSG);
	strbuf_reset(&b);
	tlv_put_str(&b, UID_TAG, "0");
	assert_int_equal(decode(&b), -EBADMSG);
	strbuf_reset(&b);
	tlv_put(&b, SECTION_TAG, "", 0); /* without name and run */
	assert_int_equal(decode(&b), -EBADMSG);

	tlv_put_str(&section, 1, "n");
	tlv_put_str(&section, 2, "r");
	strbuf_reset(&b);
	tlv_put(&b, SECTION_TAG, section.buf, section.len);
	assert_int_equal(decode(&b), 0);
	tlv_put_u64(&section, EVENT_TAG, HOOK_EVENT_COUNT);
	strbuf_reset(&b);
	tlv_put(&b, SECTION_TAG, section.buf, section.len);
	assert_int_equal(decode(&b), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_have_names_and_times),
		cmocka_unit_test(hooks_do_not_inherit_what_is_meant_for_the_jvm),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_record_that_is_not_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
