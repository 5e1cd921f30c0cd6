/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"
#include "incident/store.h"

/* What a person may write for an id, against a store of real folders. */
static const char *const ids[] = {
	"20261120T101112Z-crash-77-00ff",
	"20261121T031502Z-oom-4242-a1b2",
	"20261122T031502Z-oom-4242-c3d4",
};

static int make_store(void **state)
{
	static char path[64];
	static int store;

	(void)strncpy(path, "/tmp/jvisor-test-XXXXXX", sizeof(path) - 1);
	if (!mkdtemp(path))
		return -1;
	store = dir_open(AT_FDCWD, path, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		_cleanup_strbuf_ struct strbuf name = STRBUF_INIT, json = STRBUF_INIT;

		strbuf_printf(&name, "%s/incident.json", ids[i]);
		strbuf_printf(&json,
			      "{\"id\": \"%s\", \"schema\": 1, \"kind\": \"oom\", "
			      "\"status\": \"complete\", \"verdict\": \"v\"}\n",
			      ids[i]);
		if (mkdirat(store, ids[i], 0700) < 0 ||
		    file_replace(store, strbuf_str(&name), strbuf_str(&json), json.len, 0600,
				 NULL) < 0)
			return -1;
	}
	(void)mkdirat(store, ".run", 0711);
	(void)mkdirat(store, "lost+found", 0700);
	*state = &store;
	return 0;
}

static int remove_store(void **state)
{
	_cleanup_strbuf_ struct strbuf link = STRBUF_INIT;
	int *store = *state, r;
	char path[128] = "";

	strbuf_printf(&link, "/proc/self/fd/%d", *store);
	r = readlink(strbuf_str(&link), path, sizeof(path) - 1) < 0 ? -1 : 0;
	close_fd(store);
	return r ? r : dir_remove(AT_FDCWD, path);
}

static void an_id_is_found_by_what_names_it_alone(void **state)
{
	static const struct {
		const char *what;
		int result;
		int id;
	} cases[] = {
		{ "20261120T101112Z-crash-77-00ff", 0, 0 },
		{ "20261120", 0, 0 },
		{ "00ff", 0, 0 },
		{ "a1b2", 0, 1 },
		{ "oom-4242-c3d4", 0, 2 },
		{ "last", 0, 2 },
		{ "2026112", -ENOTUNIQ, -1 },
		{ "2026", -ENOTUNIQ, -1 },
		{ "2025", -ENOENT, -1 },
		{ "", -ENOENT, -1 },
		{ ".", -ENOENT, -1 },
		{ "..", -ENOENT, -1 },
		{ ".run", -ENOENT, -1 },
		{ "lost+found", -ENOENT, -1 },
		{ "../20261120T101112Z-crash-77-00ff", -ENOENT, -1 },
		{ "/", -ENOENT, -1 },
		{ "20261120T101112Z-crash-77-00ff/", -ENOENT, -1 },
	};
	int store = *(int *)*state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *id = NULL;
		struct err err = { 0 };
		int r = store_find(store, cases[i].what, &id, &err);

		if (r != cases[i].result)
			fail_msg("'%s': %d, not %d", cases[i].what, r, cases[i].result);
		if (r == 0)
			assert_string_equal(id, ids[cases[i].id]);
		else if (!*err.msg)
			fail_msg("'%s' fails without a sentence", cases[i].what);
	}
}

static void only_ids_of_our_form_are_valid(void **state)
{
	static const struct {
		const char *id;
		bool valid;
	} cases[] = {
		{ "20261122T031502Z-oom-4242-a1b2", true },
		{ "20261122T031502Z-oom-killer-1-0000", true },
		{ "20261122T031502Z-start-failed-1-ffff", true },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ ".run", false },
		{ "20261122T031502Z-oom-4242-a1b2/..", false },
		{ "../20261122T031502Z-oom-4242-a1b2", false },
		{ "20261122T031502Z-oom-4242", false },
		{ "20261122T031502Z-oom-4242-a1b2x", false },
		{ "20261122T031502Z-oom-x-a1b2", false },
		{ "incident", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (store_id_valid(cases[i].id) != cases[i].valid)
			fail_msg("'%s' is %s", cases[i].id, cases[i].valid ? "valid" : "not valid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_found_by_what_names_it_alone),
		cmocka_unit_test(only_ids_of_our_form_are_valid),
	};

	return cmocka_run_group_tests_name("store ids", tests, make_store, remove_store);
}
