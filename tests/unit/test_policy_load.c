/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From texts to a policy: precedence, every finding at its place, and what errors mean. The search
 * path is a real folder.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "policy/load.h"

static char root[64];

static void put(const char *path, const char *text)
{
	_cleanup_strbuf_ struct strbuf full = STRBUF_INIT;

	strbuf_printf(&full, "%s/%s", root, path);
	assert_int_equal(file_replace(AT_FDCWD, full.buf, text, strlen(text), 0644, NULL), 0);
}

static int make_root(void **state)
{
	int fd;

	snprintf(root, sizeof(root), "/tmp/test-load-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir_make(fd, "etc/jvisor/policy.d", 0755, NULL);
	dir_make(fd, "store", 0700, NULL);
	close(fd);
	return 0;
}

static int remove_root(void **state)
{
	return dir_remove(AT_FDCWD, root);
}

static struct policy_source source(void)
{
	return (struct policy_source){ .root = root };
}

static void findings_text(const struct diags *d, struct strbuf *out)
{
	static const char *const levels[] = { "note", "warning", "error" };

	for (size_t i = 0; i < d->n; i++) {
		const struct diag *f = &d->items[i];

		strbuf_printf(out, "%s:", f->file);
		if (f->line)
			strbuf_printf(out, "%u:", f->line);
		if (f->col)
			strbuf_printf(out, "%u:", f->col);
		strbuf_printf(out, " %s: %s\n", levels[f->level], f->text);
	}
}

/* One text and all that is found in it, word for word: this is what people read. */
static const struct {
	const char *text, *findings;
} texts[] = {
	{ "[oom]\nheap_dump = yes\n", "" },
	{ "[oom]\nheap_dmup = yes\n",
	  "f:2:1: warning: oom.heap_dmup: no such key; did you mean 'heap_dump'?\n" },
	{ "[oom]\nnothing_like_it = 1\n",
	  "f:2:1: warning: oom.nothing_like_it: no such key, it is left out\n" },
	{ "[oomm]\na = 1\nb = 2\n",
	  "f:1:1: warning: oomm: no such section; did you mean 'oom'?\n" },
	{ "[X-mine]\na = 1\n[oom]\nX-note = 2\n", "" },
	{ "action = exit\n", "f:1:1: error: action: it stands before the first section; write the "
			     "[section] above it\n" },
	{ "[oom]\naction = exti\n dump_gzip = 11\n",
	  "f:2:10: error: oom.action: 'exti' is not allowed; write one of exit, crash, continue; "
	  "did you mean 'exit'?\n"
	  "f:3:14: error: oom.dump_gzip: '11' is not allowed; write a number from 0 to 9\n" },
	{ "[oom]\naction = exit\naction = crash\n", "f:3:1: warning: oom.action: given twice, the "
						    "one of line 2 does not count; remove one\n" },
	{ "[oom]\naction = exit\n[crash]\n[oom]\naction = crash\n",
	  "f:5:1: warning: oom.action: given twice, the one of line 2 does not count; remove "
	  "one\n" },
	{ "[flags sometimes]\nA = b\n",
	  "f:1:1: error: flags sometimes: 'sometimes' is not understood; write [flags], [flags "
	  "force] or "
	  "[flags forbid], with a range of JDK releases behind it where wanted: 17, 17+, 11-20\n" },
	{ "[flags force forbid]\nA = b\n",
	  "f:1:1: error: flags force forbid: 'forbid' is not understood; write [flags], [flags "
	  "force] or "
	  "[flags forbid], with a range of JDK releases behind it where wanted: 17, 17+, 11-20\n" },
	{ "[flags]\n+UseG1GC = yes\n", "f:2:1: error: flags.+UseG1GC: not the name of a JVM flag; "
				       "write Name = value, without -XX:, + or -\n" },
	{ "[flags 17+]\nHeapDumpGzipLevel = 10\nExitOnOutOfMemoryError = 3\n",
	  "f:2:21: error: flags 17+.HeapDumpGzipLevel: '10' is not allowed; write a number in the "
	  "range that the JVM allows\n"
	  "f:3:26: error: flags 17+.ExitOnOutOfMemoryError: '3' is not allowed; write yes or "
	  "no\n" },
	{ "[flags]\nUseG1GC =\n", "f:2:10: error: flags.UseG1GC: '' is not allowed; write a value; "
				  "to take the flag off the line use [flags forbid]\n" },
	{ "[flags forbid]\nUseG1GC = yes\n",
	  "f:2:11: warning: flags forbid.UseG1GC: the value means nothing here, the flag is taken "
	  "off whatever its value\n" },
	{ "[flags]\nUseG1GC = yes\nUseG1GC = no\n",
	  "f:3:1: warning: flags.UseG1GC: given twice, the one of line 2 does not count; remove "
	  "one\n" },
	{ "[hook]\nrun = x\n",
	  "f:1:1: error: hook: write [hook NAME], the name one word without '/' and quotes\n" },
	{ "[hook a]\nrun = /bin/true\n",
	  "f:1: error: hook a.event: it is missing; write at which event it is run\n" },
	{ "[hook a]\nevent = deaht\nrun = x\n",
	  "f:2:9: error: hook a.event: 'deaht' is not allowed; write one of start, stop, oom, "
	  "crash, death, "
	  "collected, restart, give-up; did you mean 'death'?\n"
	  "f:1: error: hook a.event: it is missing; write at which event it is run\n" },
	{ "[hook a]\nevent = death\nrun = x\n[hook b]\nevent = oom\nrun = y\n", "" },
	{ "[collect]\ndir = ${NOWHERE_TO_BE_FOUND}/x\n",
	  "f:2:7: error: collect.dir: the environment has no NOWHERE_TO_BE_FOUND; set it, or name "
	  "the path\n" },
	{ "[collect]\ndir = /srv/%p\n",
	  "f:2:7: error: collect.dir: the JVM's pid is not known here; leave %p out\n" },
	{ "[collect]\ndir = /srv ; the data disk\n",
	  "f:2:7: warning: collect.dir: the ';' is part of the path; a comment stands on a line of "
	  "its own\n" },
};

static void every_finding_stands_at_its_place(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *text = strdup(texts[i].text);
		_cleanup_strbuf_ struct strbuf got = STRBUF_INIT;
		struct diags diags = { 0 };
		struct policy p;
		int r = policy_load_text(text, strlen(text), "f", false, &p, &diags, NULL);

		findings_text(&diags, &got);
		assert_string_equal(strbuf_str(&got), texts[i].findings);
		assert_int_equal(r, diags.errors ? X_POLICY_REFUSED : 0);
		policy_done(&p);
		diags_done(&diags);
	}
}

static void check_takes_unknown_names_for_errors(void **state)
{
	char text[] = "[oomm]\n[oom]\nheap_dmup = yes\n";
	struct diags diags = { 0 };
	struct policy p;

	assert_int_equal(policy_load_text(text, strlen(text), "f", true, &p, &diags, NULL),
			 X_POLICY_REFUSED);
	assert_int_equal(diags.errors, 2);
	policy_done(&p);
	diags_done(&diags);
}

static void without_any_file_the_built_in_profile_holds(void **state)
{
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(p.profile, PROFILE_PRODUCTION);
	assert_int_equal(p.sources.n, 0);
	assert_int_equal(p.overrides.n, 0);
	assert_int_equal(diags.n, 0);
	policy_done(&p);
}

static void later_texts_win_over_earlier_ones(void **state)
{
	_cleanup_strv_ struct strv set = STRV_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("etc/jvisor/policy.ini", "[stop]\ntimeout = 1s\n[oom]\naction = crash\ndump_gzip = 1\n"
				     "[collect]\ncompress = 1\nkeep_count = 1\n");
	put("etc/jvisor/policy.d/b.ini",
	    "[oom]\naction = continue\ndump_gzip = 3\n[collect]\ncompress = 3\nkeep_count = 3\n");
	put("etc/jvisor/policy.d/B.ini", "[oom]\naction = exit\ndump_gzip = 2\n");
	put("etc/jvisor/policy.d/.c.ini", "nonsense\n");
	put("etc/jvisor/policy.d/c.ini~", "nonsense\n");
	put("etc/jvisor/policy.d/c.ini.dpkg-old", "nonsense\n");
	put("etc/jvisor/policy.d/c.ini.rpmnew", "nonsense\n");
	src.env_set = "collect.compress=4; collect.keep_count = 4;;";
	strv_push(&set, "collect.keep_count=5");
	src.set = &set;
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(diags.n, 0);
	assert_true(p.stop_timeout == NSEC_PER_SEC);
	assert_int_equal(p.oom_action, OOM_ACTION_CONTINUE);
	assert_int_equal(p.dump_gzip, 3);
	assert_int_equal(p.compress, 4);
	assert_int_equal(p.keep_count, 5);
	assert_int_equal(p.sources.n, 3);
	assert_int_equal(p.overrides.n, 2);
	assert_non_null(strstr(p.sources.v[1], "/B.ini"));
	policy_done(&p);
}

static void a_path_may_name_a_variable_of_the_environment(void **state)
{
	_cleanup_strv_ struct strv env = STRV_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("etc/jvisor/policy.ini", "[collect]\ndir = ${PLACE}/incidents\n");
	strv_push(&env, "PLACE=/srv/50%");
	src.env = &env;
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(diags.n, 0);
	assert_string_equal(p.dir, "/srv/50%/incidents");
	policy_done(&p);
}

static void the_last_profile_that_is_named_lies_under_everything(void **state)
{
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("etc/jvisor/policy.ini", "[policy]\nprofile = container\n[oom]\naction = continue\n");
	put("etc/jvisor/policy.d/z.ini", "[policy]\nprofile = development\n");
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(p.profile, PROFILE_DEVELOPMENT);
	assert_true(p.heap_dump);
	assert_int_equal(p.oom_action, OOM_ACTION_CONTINUE);
	assert_int_equal(p.stop_timeout, 0);
	policy_done(&p);
}

static void links_of_the_folder_are_followed(void **state)
{
	_cleanup_strbuf_ struct strbuf link = STRBUF_INIT, target = STRBUF_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("store/real", "[oom]\ndump_gzip = 7\n");
	strbuf_printf(&target, "%s/store/real", root);
	strbuf_printf(&link, "%s/etc/jvisor/policy.d/l.ini", root);
	assert_int_equal(symlink(target.buf, link.buf), 0);
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(p.dump_gzip, 7);
	policy_done(&p);
}

static void a_named_file_takes_the_place_of_the_search_path(void **state)
{
	_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("etc/jvisor/policy.ini", "[oom]\ndump_gzip = 5\n");
	put("mine.ini", "[collect]\ncompress = 9\n");
	strbuf_printf(&file, "%s/mine.ini", root);
	src.file = file.buf;
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(p.dump_gzip, 0);
	assert_int_equal(p.compress, 9);
	policy_done(&p);
}

static void a_named_file_that_cannot_be_read_is_refused(void **state)
{
	static const char *const names[] = { "missing.ini", "store" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;
		struct policy_source src = source();
		struct diags diags = { 0 };
		struct policy p;

		strbuf_printf(&file, "%s/%s", root, names[i]);
		src.file = file.buf;
		assert_int_equal(policy_load(&src, false, &p, &diags, NULL), X_POLICY_REFUSED);
		assert_int_equal(diags.errors, 1);
		assert_string_equal(diags.items[0].file, file.buf);
		policy_done(&p);
		diags_done(&diags);
	}
}

static void a_folder_in_the_place_of_the_policy_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	strbuf_printf(&path, "%s/etc/jvisor/policy.ini", root);
	assert_int_equal(mkdir(path.buf, 0755), 0);
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), X_POLICY_REFUSED);
	policy_done(&p);
	diags_done(&diags);
}

static void overrides_reach_sections_with_blanks_and_dots(void **state)
{
	_cleanup_strv_ struct strv set = STRV_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	strv_push(&set, "flags force 17+.ExitOnOutOfMemoryError=yes");
	strv_push(&set, "hook my.hook.run=/bin/echo a.b=c");
	strv_push(&set, "hook my.hook.event=death");
	src.set = &set;
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(diags.n, 0);
	assert_int_equal(p.n_flags, 1);
	assert_int_equal(p.flags[0].rule, RULE_FORCE);
	assert_int_equal(p.flags[0].range.first, 17);
	assert_string_equal(p.flags[0].file, "--jvisor-set");
	assert_int_equal(p.n_hooks, 1);
	assert_string_equal(p.hooks[0].name, "my.hook");
	assert_string_equal(p.hooks[0].run, "/bin/echo a.b=c");
	policy_done(&p);
}

static void overrides_that_are_wrong_are_errors_too(void **state)
{
	static const struct {
		const char *set, *finding;
	} sets[] = {
		{ "nonsense", "--jvisor-set: error: 'nonsense' is not section.key=value\n" },
		{ "oom=1", "--jvisor-set: error: 'oom=1' is not section.key=value\n" },
		{ ".a=1", "--jvisor-set: error: '.a=1' is not section.key=value\n" },
		{ "oom.dump_gzip=x", "--jvisor-set: error: oom.dump_gzip: 'x' is not allowed; "
				     "write a number from 0 to 9\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		_cleanup_strv_ struct strv set = STRV_INIT;
		_cleanup_strbuf_ struct strbuf got = STRBUF_INIT;
		struct policy_source src = source();
		struct diags diags = { 0 };
		struct policy p;

		strv_push(&set, sets[i].set);
		src.set = &set;
		assert_int_equal(policy_load(&src, false, &p, &diags, NULL), X_POLICY_REFUSED);
		findings_text(&diags, &got);
		assert_string_equal(strbuf_str(&got), sets[i].finding);
		policy_done(&p);
		diags_done(&diags);
	}
}

static void ignore_leaves_out_only_the_lines_with_errors(void **state)
{
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	put("etc/jvisor/policy.ini",
	    "[policy]\non_error = ignore\n[oom]\naction = nonsense\ndump_gzip = 4\n");
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(diags.errors, 1);
	assert_int_equal(p.oom_action, OOM_ACTION_EXIT);
	assert_int_equal(p.dump_gzip, 4);
	policy_done(&p);
	diags_done(&diags);
}

static void last_good_goes_back_to_the_copy_that_was_accepted(void **state)
{
	_cleanup_strbuf_ struct strbuf head = STRBUF_INIT, text = STRBUF_INIT, path = STRBUF_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;
	int store;

	strbuf_printf(&head, "[policy]\non_error = last-good\n[collect]\ndir = %s/store\n[oom]\n",
		      root);
	strbuf_printf(&text, "%sdump_gzip = 6\n", head.buf);
	put("etc/jvisor/policy.ini", text.buf);
	put("etc/jvisor/policy.d/a.ini", "[stop]\ntimeout = 3s\\");
	put("etc/jvisor/policy.d/b.ini", "\xef\xbb\xbf[restart]\nlimit = 2\n");
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	strbuf_printf(&path, "%s/store", root);
	store = open(path.buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(policy_keep_good(&p, store, NULL), 1);
	assert_int_equal(policy_keep_good(&p, store, NULL), 0);
	close(store);
	policy_done(&p);

	strbuf_reset(&text);
	strbuf_printf(&text, "%sdump_gzip = six\n", head.buf);
	put("etc/jvisor/policy.ini", text.buf);
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), 0);
	assert_int_equal(diags.errors, 1);
	assert_int_equal(diags.warnings, 1);
	assert_int_equal(p.dump_gzip, 6);
	assert_true(p.stop_timeout == 3 * NSEC_PER_SEC);
	assert_int_equal(p.restart_limit, 2);
	assert_null(p.accepted);
	policy_done(&p);
	diags_done(&diags);
}

static void last_good_without_a_copy_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct policy_source src = source();
	struct diags diags = { 0 };
	struct policy p;

	strbuf_printf(
		&text,
		"[policy]\non_error = last-good\n[collect]\ndir = %s/store\n[oom]\naction = x\n",
		root);
	put("etc/jvisor/policy.ini", text.buf);
	assert_int_equal(policy_load(&src, false, &p, &diags, NULL), X_POLICY_REFUSED);
	policy_done(&p);
	diags_done(&diags);
}

#define IN_A_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_stands_at_its_place),
		cmocka_unit_test(check_takes_unknown_names_for_errors),
		IN_A_ROOT(without_any_file_the_built_in_profile_holds),
		IN_A_ROOT(later_texts_win_over_earlier_ones),
		IN_A_ROOT(a_path_may_name_a_variable_of_the_environment),
		IN_A_ROOT(the_last_profile_that_is_named_lies_under_everything),
		IN_A_ROOT(links_of_the_folder_are_followed),
		IN_A_ROOT(a_named_file_takes_the_place_of_the_search_path),
		IN_A_ROOT(a_named_file_that_cannot_be_read_is_refused),
		IN_A_ROOT(a_folder_in_the_place_of_the_policy_is_refused),
		IN_A_ROOT(overrides_reach_sections_with_blanks_and_dots),
		IN_A_ROOT(overrides_that_are_wrong_are_errors_too),
		IN_A_ROOT(ignore_leaves_out_only_the_lines_with_errors),
		IN_A_ROOT(last_good_goes_back_to_the_copy_that_was_accepted),
		IN_A_ROOT(last_good_without_a_copy_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
