/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of keys: that it is sound, what each type accepts, what the profiles are, and that the
 * shipped conf/policy.ini is the one the table makes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/file.h"
#include "hooks/hooks.h"
#include "jvm/verdict.h"
#include "policy/conf.h"
#include "policy/keys.h"

#define S  NSEC_PER_SEC
#define MB (1024ULL * 1024)

static const struct key *key(const char *section, const char *name)
{
	const struct key *k = key_find(slice_of(section), slice_of(name));

	if (!k)
		fail_msg("no key %s.%s", section, name);
	return k;
}

static void every_row_is_sound(void **state)
{
	static const size_t sizes[KEY_TYPE_COUNT] = {
		[KEY_BOOL] = sizeof(bool),
		[KEY_TEXT] = sizeof(char *),
		[KEY_PATH] = sizeof(char *),
		[KEY_LIST] = sizeof(struct strv),
		[KEY_OPTIONS] = sizeof(struct strv),
		[KEY_ENV] = sizeof(struct strv),
		[KEY_SHARE] = sizeof(struct policy_size),
		[KEY_LIMIT] = sizeof(struct policy_limit),
	};

	for (size_t i = 0; i < keys_count; i++) {
		const struct key *k = &keys[i];
		size_t len = strlen(k->meaning);

		assert_ptr_equal(key_find(slice_of(k->section), slice_of(k->name)), k);
		assert_non_null(key_section_find(slice_of(k->section)));
		assert_int_equal(k->size, sizes[k->type] ? sizes[k->type] : sizeof(uint64_t));
		assert_true(len && k->meaning[len - 1] == '.');
		assert_null(strpbrk(k->meaning, "\n\t"));
		assert_true((k->type == KEY_ENUM || k->type == KEY_SET) <= (k->words != NULL));
	}
}

static void no_two_rows_share_a_field(void **state)
{
	for (size_t i = 0; i < keys_count; i++)
		for (size_t j = i + 1; j < keys_count; j++)
			if (!strcmp(keys[i].section, "hook") == !strcmp(keys[j].section, "hook"))
				assert_int_not_equal(keys[i].offset, keys[j].offset);
}

static void a_kind_of_incident_has_the_name_it_has_elsewhere(void **state)
{
	struct policy p;

	for (int kind = KIND_OOM; kind < KIND_COUNT; kind++) {
		assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
		assert_int_equal(
			key_set(key("collect", "on"), &p, slice_of(kind_names[kind]), NULL), 0);
		assert_int_equal(p.on, 1 << kind);
		policy_done(&p);
	}
}

static void production_is_what_the_contract_says(void **state)
{
	struct policy p;

	assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
	assert_int_equal(p.on_error, ON_ERROR_REFUSE);
	assert_null(p.java_path);
	assert_int_equal(p.java_options.n, 0);
	assert_true(p.supervise);
	assert_int_equal(p.oom_action, OOM_ACTION_EXIT);
	assert_false(p.heap_dump);
	assert_true(p.error_file);
	assert_int_equal(p.core, CORE_NO);
	assert_true(p.core_limit == UINT64_MAX);
	assert_int_equal(p.on, 1 << KIND_OOM | 1 << KIND_CRASH | 1 << KIND_OOM_KILLER |
				       1 << KIND_KILLED | 1 << KIND_START_FAILED |
				       1 << KIND_STOP_TIMEOUT);
	assert_int_equal(p.wait, WAIT_AUTO);
	assert_int_equal(p.max_total.percent, 10);
	assert_true(p.max_total.bytes == 20 * 1024 * MB);
	assert_int_equal(p.min_free.percent, 10);
	assert_true(p.keep_time == 90 * 86400 * S);
	assert_int_equal(p.keep_count, 0);
	assert_string_equal(p.hooks_dir, "/etc/jvisor/hooks.d");
	assert_int_equal(p.restart_when, RESTART_NEVER);
	assert_true(p.restart_delay == 1 * S && p.restart_delay_max == 60 * S);
	assert_int_equal(p.restart_limit, 5);
	assert_true(p.restart_window == 600 * S);
	assert_true(p.umask == UINT64_MAX);
	assert_int_equal(p.stop_signal, SIGTERM);
	assert_int_equal(p.stop_timeout, 0);
	assert_true(p.stop_hooks_deadline == 5 * S);
	assert_string_equal(p.log_target, "stderr");
	policy_done(&p);
}

static void other_profiles_differ_where_they_say(void **state)
{
	struct policy p;

	assert_int_equal(policy_init(&p, PROFILE_DEVELOPMENT), 0);
	assert_int_equal(p.oom_action, OOM_ACTION_CRASH);
	assert_true(p.heap_dump);
	assert_int_equal(p.dump_gzip, 1);
	assert_int_equal(p.core, CORE_YES);
	policy_done(&p);
	assert_int_equal(policy_init(&p, PROFILE_CONTAINER), 0);
	assert_true(p.stop_timeout == 25 * S);
	assert_int_equal(p.oom_action, OOM_ACTION_EXIT);
	policy_done(&p);
	assert_int_equal(policy_init(&p, PROFILE_MINIMAL), 0);
	assert_int_equal(p.oom_action, OOM_ACTION_CONTINUE);
	assert_true(p.error_file);
	policy_done(&p);
	assert_int_equal(policy_init(&p, PROFILE_OFF), 0);
	assert_false(p.supervise);
	assert_int_equal(p.on, 0);
	policy_done(&p);
}

/* What each key accepts: number NULL means that the value is refused, with this in its sentence. */
static const struct {
	const char *section, *name, *value;
	bool good;
	uint64_t number;
	const char *sentence;
} values[] = {
	{ "oom", "heap_dump", "yes", true, 1, NULL },
	{ "oom", "heap_dump", "maybe", false, 0, "'maybe' is not allowed; write yes or no" },
	{ "oom", "heap_dump", "", false, 0, "the value is missing; write yes or no" },
	{ "oom", "dump_gzip", "9", true, 9, NULL },
	{ "oom", "dump_gzip", "10", false, 0, "a number from 0 to 9" },
	{ "oom", "action", "crash", true, OOM_ACTION_CRASH, NULL },
	{ "oom", "action", "exits", false, 0, "did you mean 'exit'?" },
	{ "oom", "action", "exit ; now", false, 0, "a comment stands on a line of its own" },
	{ "collect", "on", "oom,crash , exit", true,
	  1 << KIND_OOM | 1 << KIND_CRASH | 1 << KIND_EXIT, NULL },
	{ "collect", "on", "", true, 0, NULL },
	{ "collect", "on", "oom, chrash", false, 0, "did you mean 'crash'?" },
	{ "collect", "wait", "no", true, WAIT_NO, NULL },
	{ "collect", "wait", "30s", true, WAIT_TIME, NULL },
	{ "collect", "wait", "soon", false, 0, "a time" },
	{ "collect", "keep_days", "7", true, 7 * 86400 * S, NULL },
	{ "collect", "keep_days", "12h", true, 12 * 3600 * S, NULL },
	{ "collect", "keep_days", "99999999999999", false, 0, "days" },
	{ "restart", "when", "oom, killed", true, RESTART_OOM | RESTART_KILLED, NULL },
	{ "restart", "limit", "101", false, 0, "from 0 to 100" },
	{ "crash", "core_limit", "2g", true, 2048 * MB, NULL },
	{ "crash", "core_limit", "", true, UINT64_MAX, NULL },
	{ "crash", "core_limit", "2x", false, 0, "a size" },
	{ "process", "umask", "027", true, 027, NULL },
	{ "process", "umask", "", true, UINT64_MAX, NULL },
	{ "process", "umask", "098", false, 0, "octal" },
	{ "process", "keep_caps", "", true, 0, NULL },
	{ "process", "keep_caps", "none", true, CAPS_GIVEN, NULL },
	{ "process", "keep_caps", "all", true, CAPS_ALL, NULL },
	{ "process", "keep_caps", "chown, CAP_KILL,", true, CAPS_GIVEN | 1 << 0 | 1 << 5, NULL },
	{ "process", "keep_caps", "cap_checkpoint_restore", true, CAPS_GIVEN | 1ULL << 40, NULL },
	{ "process", "keep_caps", "net_bin_service", false, 0, "did you mean 'net_bind_service'?" },
	{ "process", "keep_caps", "none, chown", false, 0, "'none' is no capability" },
	{ "process", "ambient_caps", "41", false, 0, "write capabilities such as" },
	{ "process", "oom_score_adj", "-1000", true, (uint64_t)-1000, NULL },
	{ "process", "oom_score_adj", "", true, INT64_MAX, NULL },
	{ "process", "oom_score_adj", "-1001", false, 0, "from -1000 to 1000" },
	{ "stop", "signal", "SIGINT", true, SIGINT, NULL },
	{ "stop", "signal", "KILL", false, 0, "can be caught" },
	{ "stop", "timeout", "1m 30s", true, 90 * S, NULL },
	{ "stop", "timeout", "-1s", false, 0, "a time" },
};

static void numbers_are_read_by_their_type(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const struct key *k = key(values[i].section, values[i].name);
		struct err err = { 0 };
		uint64_t got;
		struct policy p, before;
		int r;

		assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
		before = p;
		r = key_set(k, &p, slice_of(values[i].value), &err);
		got = k->type == KEY_BOOL ? *(bool *)((char *)&p + k->offset)
					  : *(uint64_t *)((char *)&p + k->offset);
		if (values[i].good) {
			if (r || got != values[i].number)
				fail_msg("%s = %s: %s", k->name, values[i].value, err.msg);
		} else {
			assert_int_equal(r, -EINVAL);
			if (!strstr(err.msg, values[i].sentence))
				fail_msg("%s = %s: %s", k->name, values[i].value, err.msg);
			assert_memory_equal(&p, &before, sizeof(p));
		}
		policy_done(&p);
	}
}

static void a_share_is_a_size_or_a_percentage_or_both(void **state)
{
	static const struct {
		const char *value;
		int r;
		unsigned percent;
		uint64_t bytes;
	} shares[] = {
		{ "10%", 0, 10, 0 },
		{ "5g", 0, 0, 5120 * MB },
		{ "20%, 1g", 0, 20, 1024 * MB },
		{ "1g,20%", 0, 20, 1024 * MB },
		{ "0", 0, 0, 0 },
		{ "10%, 20%", -EINVAL, 0, 0 },
		{ "", -EINVAL, 0, 0 },
		{ "101%", -EINVAL, 0, 0 },
		{ "many", -EINVAL, 0, 0 },
	};
	struct policy p;

	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
		assert_int_equal(
			key_set(key("collect", "max_total"), &p, slice_of(shares[i].value), NULL),
			shares[i].r);
		if (!shares[i].r) {
			assert_int_equal(p.max_total.percent, shares[i].percent);
			assert_true(p.max_total.bytes == shares[i].bytes);
		}
		policy_done(&p);
	}
}

static void a_limit_is_one_number_or_two(void **state)
{
	static const struct {
		const char *value;
		int r;
		bool given;
		uint64_t soft, hard;
	} limits[] = {
		{ "1024", 0, true, 1024, 1024 },
		{ "1k:2m", 0, true, 1024, 2 * MB },
		{ "16 : unlimited", 0, true, 16, UINT64_MAX },
		{ "infinity", 0, true, UINT64_MAX, UINT64_MAX },
		{ "", 0, false, 0, 0 },
		{ "2:1", -EINVAL, false, 0, 0 },
		{ "1:", -EINVAL, false, 0, 0 },
		{ ":1", -EINVAL, false, 0, 0 },
		{ "1:2:3", -EINVAL, false, 0, 0 },
		{ "many", -EINVAL, false, 0, 0 },
	};
	struct policy p;

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct policy_limit *l = &p.limits[RLIMIT_NOFILE];

		assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
		assert_int_equal(key_set(key("process", "rlimit_nofile"), &p,
					 slice_of(limits[i].value), NULL),
				 limits[i].r);
		assert_int_equal(l->given, limits[i].given);
		assert_true(l->soft == limits[i].soft && l->hard == limits[i].hard);
		policy_done(&p);
	}
}

static void every_limit_of_the_system_has_a_key(void **state)
{
	bool found[RLIM_NLIMITS] = { false };

	for (size_t i = 0; i < keys_count; i++)
		if (keys[i].type == KEY_LIMIT)
			found[(keys[i].offset - offsetof(struct policy, limits)) /
			      sizeof(struct policy_limit)] = true;
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		assert_true(found[i]);
}

static void a_path_is_absolute_and_without_quotes(void **state)
{
	struct err err;
	struct policy p;

	assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
	assert_int_equal(key_set(key("collect", "dir"), &p, SLICE_LIT("/srv/a b"), &err), 0);
	assert_string_equal(p.dir, "/srv/a b");
	assert_int_equal(key_set(key("collect", "dir"), &p, SLICE_LIT("${HOME}/x"), &err), 0);
	assert_int_equal(key_set(key("collect", "dir"), &p, SLICE_LIT("srv"), &err), -EINVAL);
	assert_int_equal(key_set(key("collect", "dir"), &p, SLICE_LIT("\"/srv\""), &err), -EINVAL);
	assert_non_null(strstr(err.msg, "quotes"));
	assert_string_equal(p.dir, "${HOME}/x");
	assert_int_equal(key_set(key("collect", "dir"), &p, SLICE_LIT(""), &err), 0);
	assert_null(p.dir);
	assert_int_equal(key_set(key("hooks", "dir"), &p, SLICE_LIT(""), &err), 0);
	assert_null(p.hooks_dir);
	assert_int_equal(key_set(key("log", "target"), &p, SLICE_LIT("/var/log/x"), &err), 0);
	assert_int_equal(key_set(key("log", "target"), &p, SLICE_LIT("stdout"), &err), -EINVAL);
	assert_int_equal(key_set(key("log", "target"), &p, SLICE_LIT(""), &err), -EINVAL);
	policy_done(&p);
}

/* Options stand in front of the user's; one word too many and java would run something else. */
static void options_must_leave_the_main_class_alone(void **state)
{
	static const struct {
		const char *value;
		size_t words; /* 0: refused */
	} options[] = {
		{ "-Xmx1g -XX:MaxRAMPercentage=75", 2 },
		{ "\"-Da=b c\" -ea", 2 },
		{ "-cp /srv/lib", 2 },
		{ "-Xmx1g Main", 0 },
		{ "-jar x.jar", 0 },
		{ "-version", 0 },
		{ "-cp", 0 },
		{ "@file", 0 },
		{ "\"-Da", 0 },
	};
	struct policy p;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		struct err err = { 0 };
		int r;

		assert_int_equal(policy_init(&p, PROFILE_PRODUCTION), 0);
		r = key_set(key("java", "options"), &p, slice_of(options[i].value), &err);
		if (r != (options[i].words ? 0 : -EINVAL) || p.java_options.n != options[i].words)
			fail_msg("%s: %d %s", options[i].value, r, err.msg);
		policy_done(&p);
	}
}

static void the_environment_of_a_hook_is_names_and_values(void **state)
{
	struct policy_hook h = { 0 };

	assert_int_equal(keys_init("hook", &h, NULL), 0);
	assert_int_equal(h.order, 50);
	assert_int_equal(key_set(key("hook", "env"), &h, SLICE_LIT("A=1 'B=two words'"), NULL), 0);
	assert_int_equal(h.env.n, 2);
	assert_string_equal(h.env.v[1], "B=two words");
	assert_int_equal(key_set(key("hook", "env"), &h, SLICE_LIT("A"), NULL), -EINVAL);
	assert_int_equal(key_set(key("hook", "event"), &h, SLICE_LIT("deaht"), NULL), -EINVAL);
	policy_hook_done(&h);
}

static void names_that_are_near_are_proposed(void **state)
{
	assert_string_equal(key_nearest(SLICE_LIT("oom"), SLICE_LIT("heapdump")), "heap_dump");
	assert_string_equal(key_section_nearest(SLICE_LIT("colect")), "collect");
	assert_null(key_nearest(SLICE_LIT("oom"), SLICE_LIT("something")));
}

static void the_shipped_policy_is_the_one_that_the_table_makes(void **state)
{
	_cleanup_strbuf_ struct strbuf made = STRBUF_INIT, shipped = STRBUF_INIT,
				       path = STRBUF_INIT;
	const char *top = getenv("top_srcdir");

	assert_int_equal(conf_text(&made), 0);
	strbuf_printf(&path, "%s/conf/policy.ini", top ? top : ".");
	assert_int_equal(file_read(AT_FDCWD, path.buf, 1 << 20, &shipped, NULL), 0);
	assert_string_equal(strbuf_str(&shipped), strbuf_str(&made)); /* else: make update-conf */
}

static void a_hook_has_the_events_that_there_are(void **state)
{
	const struct key *k = key("hook", "event");
	size_t n = 0;

	for (; k->words[n].word; n++)
		assert_true(hook_event_find(k->words[n].word) >= 0);
	assert_int_equal(n, HOOK_EVENT_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_sound),
		cmocka_unit_test(no_two_rows_share_a_field),
		cmocka_unit_test(a_kind_of_incident_has_the_name_it_has_elsewhere),
		cmocka_unit_test(a_hook_has_the_events_that_there_are),
		cmocka_unit_test(production_is_what_the_contract_says),
		cmocka_unit_test(other_profiles_differ_where_they_say),
		cmocka_unit_test(numbers_are_read_by_their_type),
		cmocka_unit_test(a_share_is_a_size_or_a_percentage_or_both),
		cmocka_unit_test(a_limit_is_one_number_or_two),
		cmocka_unit_test(every_limit_of_the_system_has_a_key),
		cmocka_unit_test(a_path_is_absolute_and_without_quotes),
		cmocka_unit_test(options_must_leave_the_main_class_alone),
		cmocka_unit_test(the_environment_of_a_hook_is_names_and_values),
		cmocka_unit_test(names_that_are_near_are_proposed),
		cmocka_unit_test(the_shipped_policy_is_the_one_that_the_table_makes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
