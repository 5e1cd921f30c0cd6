/* SPDX-License-Identifier: Apache-2.0 */
/* From [process] to who the JVM is and what it and we may do. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/capability.h>
#include <unistd.h>
#include "launcher/rights.h"

#define BIT(cap) (1ULL << (cap))
#define OTHER	 "54321"

static const uint64_t bind_port = BIT(CAP_NET_BIND_SERVICE), raw = BIT(CAP_NET_RAW);

static const struct {
	const char *user;
	uint64_t keep, ambient;
	const char *hook_user;
	/* what the JVM may have, PRIVS_ALL: as it is; ambient is as it was given */
	uint64_t jvm;
	bool no_root;
	bool own_limited; /* nor may our helpers have more */
} cases[] = {
	{ NULL, 0, 0, NULL, PRIVS_ALL, false, false },
	{ NULL, 0, CAPS_GIVEN | bind_port, NULL, PRIVS_ALL, false, false },
	{ NULL, CAPS_GIVEN, 0, NULL, 0, false, true },
	{ NULL, CAPS_GIVEN | raw, CAPS_GIVEN | bind_port, NULL, raw | bind_port, false, true },
	{ OTHER, 0, 0, NULL, 0, true, true },
	{ OTHER, 0, CAPS_GIVEN | bind_port, NULL, bind_port, true, true },
	{ OTHER, CAPS_GIVEN | raw, CAPS_GIVEN | bind_port, NULL, raw | bind_port, true, true },
	{ OTHER, CAPS_ALL, 0, NULL, PRIVS_ALL, false, false },
	{ OTHER, 0, 0, "root", 0, true, false },
};

static void what_each_may_have(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct policy_hook hook = { .user = (char *)cases[i].hook_user };
		struct policy p = {
			.user = (char *)cases[i].user,
			.keep_caps = cases[i].keep,
			.ambient_caps = cases[i].ambient,
			.oom_score_adj = INT64_MAX,
			.hooks = &hook,
			.n_hooks = 1,
		};
		struct block b = { 0 };
		uint64_t ambient = cases[i].ambient & ~CAPS_GIVEN;

		assert_int_equal(rights_find(&p, "/bin/true", &b, NULL), 0);
		assert_int_equal(b.privs.change, cases[i].user != NULL);
		assert_true(b.privs.denied == ~cases[i].jvm);
		assert_true(b.privs.ambient == ambient);
		assert_int_equal(b.privs.no_root, cases[i].no_root);
		assert_true((b.own_caps & privs_of_supervisor) == privs_of_supervisor);
		assert_true((b.own_caps & ambient) == ambient);
		assert_false(b.own_caps & privs_for_limits);
		if (!cases[i].own_limited)
			assert_true(b.own_bound == PRIVS_ALL);
		else
			assert_true(b.own_bound == (privs_of_supervisor | cases[i].jvm));
		assert_int_equal(b.n_limits, 0);
		assert_false(b.oom_score_set);
	}
}

static void each_helper_has_what_it_needs_of_ours(void **state)
{
	const uint64_t all[] = { privs_of_supervisor_in_force, privs_of_hooks,
				 privs_of_collector,	       privs_of_guard,
				 privs_to_change_user,	       privs_to_shrink };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		assert_false(all[i] & ~privs_of_supervisor);
}

static void limits_are_those_that_were_given(void **state)
{
	struct policy p = { .oom_score_adj = -5 };
	struct block b = { 0 };

	p.limits[RLIMIT_NOFILE] = (struct policy_limit){ true, 10, 20 };
	p.limits[RLIMIT_CORE] = (struct policy_limit){ true, 0, UINT64_MAX };
	assert_int_equal(rights_find(&p, "/bin/true", &b, NULL), 0);
	assert_int_equal(b.n_limits, 2);
	assert_int_equal(b.limits[0].which, RLIMIT_CORE);
	assert_true(b.limits[0].value.rlim_max == RLIM_INFINITY);
	assert_int_equal(b.limits[1].which, RLIMIT_NOFILE);
	assert_int_equal(b.limits[1].value.rlim_cur, 10);
	assert_int_equal(b.limits[1].value.rlim_max, 20);
	assert_true(b.oom_score_set);
	assert_int_equal(b.oom_score, -5);
	assert_true(b.own_caps & privs_for_limits);
}

static void a_user_that_is_not_known_is_an_error(void **state)
{
	struct policy p = { .user = (char *)"no such user", .oom_score_adj = INT64_MAX };
	struct block b = { 0 };
	struct err err = { 0 };

	assert_int_equal(rights_find(&p, "/bin/true", &b, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/etc/passwd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_may_have),
		cmocka_unit_test(each_helper_has_what_it_needs_of_ours),
		cmocka_unit_test(limits_are_those_that_were_given),
		cmocka_unit_test(a_user_that_is_not_known_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
