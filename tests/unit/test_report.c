/* SPDX-License-Identifier: Apache-2.0 */
/* incident.json and report.txt against what they looked like when a person last read them
 * (tests/golden/incident; JVISOR_GOLDEN_UPDATE=1 writes them anew). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/clock.h"
#include "base/json.h"
#include "incident/hookrows.h"
#include "incident/incident.h"
#include "jvm/hserr.h"
#include "tests/unit/tree.h"

#define NOON (1795348800ULL * NSEC_PER_SEC) /* 2026-11-22T12:00:00Z */

static const char sum[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void text(struct incident *inc, enum fact_str which, const char *s)
{
	assert_int_equal(facts_set_str(&inc->facts, which, s), 0);
}

static void common(struct incident *inc, const char *id)
{
	struct fact_nums *n = &inc->facts.num;
	static const char *const argv[] = { "java", "-Xmx64m", "-jar", "/srv/orders/orders.jar",
					    "--password=***" };

	snprintf(inc->id, sizeof(inc->id), "%s", id);
	text(inc, FACT_STORE, "/var/lib/jvisor/1000");
	text(inc, FACT_APP, "orders.jar");
	text(inc, FACT_HOST, "box");
	text(inc, FACT_USER, "orders");
	text(inc, FACT_CWD, "/srv/orders");
	text(inc, FACT_POLICY, "/etc/jvisor/policy.ini");
	text(inc, FACT_JAVA, "/usr/lib/jvm/java-17/bin/java");
	text(inc, FACT_JAVA_HOME, "/usr/lib/jvm/java-17");
	text(inc, FACT_JVM_VERSION, "17.0.9");
	text(inc, FACT_JVM_VENDOR, "Debian");
	text(inc, FACT_INSTANCE, "20261122T094800Z-41-beef");
	for (size_t i = 0; i < ARRAY_SIZE(argv); i++)
		strv_push(&inc->facts.list[FACT_ARGV], argv[i]);
	strv_push(
		&inc->facts.list[FACT_FLAG],
		"ExitOnOutOfMemoryError\ttrue\tpolicy\tthe JVM ends at the first OutOfMemoryError "
		"instead of going on in an unknown state");
	fact_set(n, FACT_JVISOR_PID, 41);
	fact_set(n, FACT_PID, 42);
	fact_set(n, FACT_RESTARTS, 2);
	fact_set(n, FACT_STARTED, NOON - 2 * 3600 * NSEC_PER_SEC);
	fact_set(n, FACT_ENDED, NOON);
	fact_set(n, FACT_UPTIME, 2 * 3600 * NSEC_PER_SEC);
	fact_set(n, FACT_CPU_TIME, 754 * NSEC_PER_SEC);
	fact_set(n, FACT_JVM_FEATURE, 17);
	fact_set(n, FACT_EXIT_ON_OOM, 1);
	fact_set(n, FACT_CONFIDENCE, CONFIDENCE_CONFIRMED);
	inc->collected = NOON + 3 * NSEC_PER_SEC;
}

static void make_oom(struct incident *inc)
{
	struct fact_nums *n = &inc->facts.num;
	struct artifact *a;

	common(inc, "20261122T120000Z-oom-42-a1b2");
	fact_set(n, FACT_KIND, KIND_OOM);
	fact_set(n, FACT_OOM_KIND, OOM_HEAP);
	fact_set(n, FACT_EXIT_CODE, 3);
	fact_set(n, FACT_HEAP_USED, 63 << 20);
	fact_set(n, FACT_HEAP_MAX, 64 << 20);
	fact_set(n, FACT_MAX_RSS, 181 << 20);
	fact_set(n, FACT_CGROUP_USED, 190 << 20);
	fact_set(n, FACT_CGROUP_LIMIT, 512 << 20);
	text(inc, FACT_VERDICT, "orders.jar ran out of memory: the Java heap is full.");
	text(inc, FACT_OOM_MESSAGE, "Java heap space");
	strv_push(&inc->facts.list[FACT_EVIDENCE], "it ended with exit code 3");
	strv_push(&inc->facts.list[FACT_EVIDENCE], "ExitOnOutOfMemoryError was in effect");
	strv_push(&inc->facts.list[FACT_WARNING], "MaxRAMPercentage has no effect: -Xmx is set");
	a = incident_add_artifact(inc, ARTIFACT_HEAP_DUMP, "heap.hprof.gz", "/run/x/heap.hprof");
	a->state = ARTIFACT_COMPRESSED;
	a->bytes = 13 << 20;
	a->original_bytes = 66 << 20;
	memcpy(a->sha256, sum, sizeof(sum));
	a = incident_add_artifact(inc, ARTIFACT_FILE, "files/gc.log", "/srv/orders/gc.log");
	a->bytes = 4711;
	incident_step(inc, "compress heap.hprof", STEP_OK, 0, 13 << 20, NULL);
	hook_rows_parse(
		SLICE_LIT("oom\t10-deregister\tok\t0\t14\n"
			  "collected\t50-upload\ttimeout\t-1\t1800000\twas ended after 30 min: "
			  "its time was over\n"),
		inc);
	inc->status = INCIDENT_COMPLETE;
}

static void make_crash(struct incident *inc)
{
	struct fact_nums *n = &inc->facts.num;
	struct artifact *a;

	common(inc, "20261122T120000Z-crash-42-00ff");
	fact_set(n, FACT_KIND, KIND_CRASH);
	fact_set(n, FACT_SIGNAL, 6);
	fact_set(n, FACT_CORE_DUMPED, 1);
	fact_set(n, FACT_HSERR_CAUSE, HSERR_SIGNAL);
	fact_set(n, FACT_HSERR_SIGNAL, 11);
	fact_set(n, FACT_HSERR_SI_CODE, 1);
	fact_set(n, FACT_HSERR_ADDRESS, 0xdeadbeef00000008);
	text(inc, FACT_HSERR_FRAME, "C  [libfoo.so+0x1a]  do_it+0x4");
	text(inc, FACT_HSERR_LIBRARY, "libfoo.so");
	text(inc, FACT_HSERR_THREAD, "JavaThread \"\x1b[31mworker\x1b[0m\"");
	text(inc, FACT_VERDICT,
	     "orders.jar crashed: segmentation fault (SIGSEGV) in libfoo.so [problematic frame C "
	     "[libfoo.so+0x1a] do_it+0x4]. Ask who makes that library.");
	strv_push(&inc->facts.list[FACT_EVIDENCE], "the JVM wrote an hs_err log: SIGSEGV");
	for (unsigned i = 0; i < 14; i++)
		strv_printf(&inc->facts.list[FACT_HSERR_STACK], "j  orders.Main.step%u()V+4", i);
	a = incident_add_artifact(inc, ARTIFACT_HS_ERR, "hs_err.log", "/run/x/hs_err_pid42.log");
	a->bytes = 53508;
	memcpy(a->sha256, sum, sizeof(sum));
	a = incident_add_artifact(inc, ARTIFACT_CORE, "core", "/srv/orders/core");
	a->bytes = 3ULL << 30;
	a->state = ARTIFACT_REFERENCED;
	incident_step(inc, "core", STEP_FAILED, 0, 0,
		      "a copy would take the file system below min_free");
	incident_step(inc, "heap-dump", STEP_SKIPPED, 0, 0, "not asked for");
	strv_push(&inc->found, "nobody saw the end");
	inc->status = INCIDENT_PARTIAL;
}

/* Of which almost nothing is known. */
static void make_bare(struct incident *inc)
{
	snprintf(inc->id, sizeof(inc->id), "20261122T120000Z-killed-0-0000");
	fact_set(&inc->facts.num, FACT_KIND, KIND_KILLED);
}

static void check_golden(const char *name, const struct strbuf *got)
{
	const char *top = getenv("top_srcdir");
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, want = STRBUF_INIT;

	strbuf_printf(&path, "%s/tests/golden/incident/%s", top ? top : ".", name);
	if (getenv("JVISOR_GOLDEN_UPDATE"))
		assert_int_equal(file_replace(AT_FDCWD, path.buf, got->buf, got->len, 0644, NULL),
				 0);
	assert_int_equal(file_read(AT_FDCWD, path.buf, 1 << 20, &want, NULL), 0);
	if (want.len != got->len || memcmp(want.buf, got->buf, want.len))
		fail_msg("%s is not as it was:\n%s", name, got->buf);
}

static const struct {
	const char *name;
	void (*make)(struct incident *inc);
} goldens[] = {
	{ "oom", make_oom },
	{ "crash", make_crash },
	{ "bare", make_bare },
};

static void the_report_and_the_json_look_as_they_did(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		_cleanup_strbuf_ struct strbuf report = STRBUF_INIT, json = STRBUF_INIT;
		_cleanup_incident_ struct incident inc = { 0 };
		char name[32];

		goldens[i].make(&inc);
		assert_int_equal(inc.err, 0);
		incident_format_report(&inc, &report);
		assert_int_equal(incident_format_json(&inc, &json), 0);
		snprintf(name, sizeof(name), "%s.txt", goldens[i].name);
		check_golden(name, &report);
		snprintf(name, sizeof(name), "%s.json", goldens[i].name);
		check_golden(name, &json);
	}
}

static void nothing_in_a_report_drives_a_terminal(void **state)
{
	_cleanup_strbuf_ struct strbuf report = STRBUF_INIT;
	_cleanup_incident_ struct incident inc = { 0 };

	make_crash(&inc);
	text(&inc, FACT_VERDICT,
	     "a\x1b]0;title\a b\xc2\x9b"
	     "31m \xff");
	text(&inc, FACT_CWD, "/srv\n/\r\x7f");
	incident_format_report(&inc, &report);
	for (size_t i = 0; i < report.len; i++) {
		unsigned char c = (unsigned char)report.buf[i];

		assert_true(c == '\n' || (c >= ' ' && c != 0x7f));
	}
	assert_null(strstr(report.buf, "\xc2\x9b"));
	assert_null(strchr(report.buf, '\xff'));
}

static void what_a_digest_needs_comes_back_from_the_json(void **state)
{
	_cleanup_strbuf_ struct strbuf json = STRBUF_INIT;
	_cleanup_incident_ struct incident inc = { 0 }, back = { 0 };
	struct err err = { 0 };

	make_oom(&inc);
	assert_int_equal(incident_format_json(&inc, &json), 0);
	assert_int_equal(incident_parse_json((struct slice){ json.buf, json.len }, &back, &err), 0);
	assert_int_equal(back.n_artifacts, inc.n_artifacts);
	for (size_t i = 0; i < inc.n_artifacts; i++) {
		assert_string_equal(back.artifacts[i].name, inc.artifacts[i].name);
		assert_string_equal(back.artifacts[i].source, inc.artifacts[i].source);
		assert_string_equal(back.artifacts[i].sha256, inc.artifacts[i].sha256);
		assert_int_equal(back.artifacts[i].state, inc.artifacts[i].state);
		assert_int_equal(back.artifacts[i].bytes, inc.artifacts[i].bytes);
	}
	assert_int_equal(back.n_steps, inc.n_steps);
	assert_int_equal(back.n_hooks, inc.n_hooks);
	assert_int_equal(back.hooks[1].exit_code, -1);
	assert_string_equal(back.hooks[1].reason, inc.hooks[1].reason);
}

static void a_json_that_lies_is_refused(void **state)
{
	static const char *const lies[] = {
		"",
		"[]",
		"{}",
		"{\"schema\": 2}",
		"{\"schema\": 1, \"artifacts\": [{}]}",
		"{\"schema\": 1, \"artifacts\": [{\"name\": \"../x\", \"type\": \"core\", "
		"\"status\": \"taken\", \"bytes\": 1}]}",
		"{\"schema\": 1, \"artifacts\": [{\"name\": \"/x\", \"type\": \"core\", "
		"\"status\": \"taken\", \"bytes\": 1}]}",
		"{\"schema\": 1, \"artifacts\": [{\"name\": \"x\", \"type\": \"core\", "
		"\"status\": \"taken\", \"bytes\": -1}]}",
		"{\"schema\": 1, \"artifacts\": [{\"name\": \"x\", \"type\": \"core\", "
		"\"status\": \"taken\", \"bytes\": 1, \"sha256\": \"short\"}]}",
		"{\"schema\": 1, \"steps\": [{\"name\": \"x\", \"status\": \"maybe\"}]}",
		"{\"schema\": 1, \"hooks\": [{\"name\": \"x\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		_cleanup_incident_ struct incident inc = { 0 };
		struct err err = { 0 };

		if (incident_parse_json(slice_of(lies[i]), &inc, &err) >= 0 || !*err.msg)
			fail_msg("taken: %s", lies[i]);
	}
}

static void a_line_of_hooks_is_taken_whole_or_not(void **state)
{
	static const struct {
		const char *text;
		size_t rows;
	} cases[] = {
		{ "", 0 },
		{ "oom\ta\tok\t0\t1\n", 1 },
		{ "oom\ta\tok\t0\t1", 1 },
		{ "oom\ta\tok\t-1\t1\noom\tb\tfailed\t255\t1\n", 2 },
		{ "oom\ta\tok\t0\n", 0 },
		{ "oom\ta\tok\t0\t1\twhy\n", 1 },
		{ "oom\ta\tok\t0\t1\twhy\tmore\n", 0 },
		{ "oom\ta\tok\tx\t1\n", 0 },
		{ "oom\ta\tok\t256\t1\n", 0 },
		{ "oom\ta\tok\t-2\t1\n", 0 },
		{ "oom\ta\tok\t0\t-1\n", 0 },
		{ "oom\ta\tok\t0\t99999999999999999999\n", 0 },
		{ "\n\n\nnonsense\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_incident_ struct incident inc = { 0 };

		hook_rows_parse(slice_of(cases[i].text), &inc);
		if (inc.n_hooks != cases[i].rows)
			fail_msg("%zu rows of: %s", inc.n_hooks, cases[i].text);
	}
}

static void a_repeated_step_tells_of_its_last_try(void **state)
{
	_cleanup_incident_ struct incident inc = { 0 };

	incident_step(&inc, "core", STEP_FAILED, 0, 0, "no room");
	incident_step(&inc, "other", STEP_OK, 0, 0, NULL);
	incident_conclude(&inc);
	assert_int_equal(inc.status, INCIDENT_FAILED);
	incident_step(&inc, "core", STEP_OK, 0, 7, NULL);
	assert_int_equal(inc.n_steps, 2);
	assert_null(inc.steps[0].text);
	incident_conclude(&inc);
	assert_int_equal(inc.status, INCIDENT_COMPLETE);
	incident_add_artifact(&inc, ARTIFACT_CORE, "core", NULL);
	incident_step(&inc, "other", STEP_FAILED, 0, 0, "x");
	incident_conclude(&inc);
	assert_int_equal(inc.status, INCIDENT_PARTIAL);
}

static void a_step_read_twice_is_one_row(void **state)
{
	static const char json[] = "{\"schema\": 1, \"steps\": ["
				   "{\"name\": \"a\", \"status\": \"failed\", \"ms\": 1},"
				   "{\"name\": \"b\", \"status\": \"ok\", \"ms\": 2},"
				   "{\"name\": \"a\", \"status\": \"ok\", \"ms\": 3}]}";
	_cleanup_incident_ struct incident inc = { 0 };

	assert_int_equal(incident_parse_json(slice_of(json), &inc, NULL), 0);
	assert_int_equal(inc.n_steps, 2);
	assert_int_equal(inc.steps[0].ms, 3);
	assert_int_equal(inc.steps[1].ms, 2);
}

static void a_better_sentence_does_not_change_the_kind(void **state)
{
	_cleanup_incident_ struct incident inc = { 0 };
	struct fact_nums *n = &inc.facts.num;

	fact_set(n, FACT_SIGNAL, 6);
	fact_set(n, FACT_HS_ERR_BYTES, 100);
	assert_int_equal(incident_judge(&inc), 1);
	assert_int_equal(incident_kind(&inc), KIND_CRASH);
	assert_int_equal(incident_judge(&inc), 0);
	fact_set(n, FACT_HSERR_CAUSE, HSERR_SIGNAL);
	fact_set(n, FACT_HSERR_SIGNAL, 11);
	text(&inc, FACT_HSERR_LIBRARY, "libfoo.so");
	assert_int_equal(incident_judge(&inc), 1);
	assert_non_null(strstr(inc.facts.str[FACT_VERDICT], "libfoo.so"));
	fact_set(n, FACT_HSERR_CAUSE, HSERR_JAVA_OOM);
	assert_int_equal(incident_judge(&inc), 0);
	assert_int_equal(incident_kind(&inc), KIND_CRASH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_and_the_json_look_as_they_did),
		cmocka_unit_test(nothing_in_a_report_drives_a_terminal),
		cmocka_unit_test(what_a_digest_needs_comes_back_from_the_json),
		cmocka_unit_test(a_json_that_lies_is_refused),
		cmocka_unit_test(a_line_of_hooks_is_taken_whole_or_not),
		cmocka_unit_test(a_repeated_step_tells_of_its_last_try),
		cmocka_unit_test(a_step_read_twice_is_one_row),
		cmocka_unit_test(a_better_sentence_does_not_change_the_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
