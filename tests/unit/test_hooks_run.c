/* SPDX-License-Identifier: Apache-2.0 */
/* Running hooks, as real processes: what they get, what is kept, and that none holds the rest up.
 * This program is also run again in the hooks role, as jvisor is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "hooks/hooks.h"
#include "proc/role.h"
#include "tree.h"

#define MSEC NSEC_PER_MSEC

static struct tree dir;
static struct hook_set set;
static struct strbuf said, text;
static int out;

static void hook(const char *name, const char *body)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_printf(&b, "#!/bin/sh\n%s\n", body);
	tree_bytes(&dir, name, b.buf, b.len, 0755);
}

static void on_sentence(void *arg, const char *sentence)
{
	strbuf_printf(&said, "%s\n", sentence);
}

static int run_within(char *const *vars, uint64_t deadline)
{
	strbuf_reset(&said);
	return hooks_run(&set, HOOK_OOM, "4242", vars, out, deadline, on_sentence, NULL);
}

static int run(void)
{
	return run_within(NULL, 0);
}

static const char *file(const char *name)
{
	struct err err;

	strbuf_reset(&text);
	if (file_read(out, name, 16 << 20, &text, &err) < 0)
		fail_msg("%s", err.msg);
	return strbuf_str(&text);
}

/* The results without their times and reasons. */
static void results_are(const char *want)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct slice rest = slice_of(file("results")), line;

	while (slice_next_line(&rest, &line)) {
		struct slice field;

		for (int i = 0; i < 4 && slice_next(&line, '\t', &field); i++)
			strbuf_printf(&b, "%.*s\t", SLICE_FMT(field));
		strbuf_putc(&b, '\n');
	}
	assert_string_equal(strbuf_str(&b), want);
}

static void hooks_run_in_order_with_event_and_pid(void **state)
{
	hook("oom/20-second", "echo second");
	hook("oom/10-first", "echo \"$# $1 $2\"; echo to stderr >&2");
	hook("oom/30-silent", "exit 0");
	assert_int_equal(run(), 0);
	assert_string_equal(strbuf_str(&said), "");
	assert_string_equal(file("10-first.log"), "2 oom 4242\nto stderr\n");
	assert_string_equal(file("20-second.log"), "second\n");
	assert_int_equal(faccessat(out, "30-silent.log", F_OK, 0), -1);
	results_are("oom\t10-first\tok\t0\t\noom\t20-second\tok\t0\t\noom\t30-silent\tok\t0\t\n");
}

static void one_that_fails_does_not_keep_the_next_from_running(void **state)
{
	hook("oom/10-fails", "echo why; exit 7");
	hook("oom/20-killed", "kill -SEGV $$");
	tree_file(&dir, "oom/30-no-run-bit", "#!/bin/sh\n");
	tree_bytes(&dir, "oom/40-no-interpreter", "#!/no/such\n", 11, 0755);
	tree_bytes(&dir, "oom/50-no-format", "echo x\n", 7, 0755);
	hook("oom/60-good", "echo good");
	assert_int_equal(run(), 5);
	assert_string_equal(file("60-good.log"), "good\n");
	results_are("oom\t10-fails\tfailed\t7\t\noom\t20-killed\tfailed\t-1\t\n"
		    "oom\t30-no-run-bit\tnot-run\t-1\t\noom\t40-no-interpreter\tnot-run\t-1\t\n"
		    "oom\t50-no-format\tnot-run\t-1\t\noom\t60-good\tok\t0\t\n");
	assert_non_null(strstr(file("results"), "\tended with exit code 7\noom\t20"));
	assert_non_null(strstr(file("results"), "\tended by SIGSEGV (segmentation fault)\noom"));
	assert_non_null(strstr(file("results"), "\twas not run: it has no run bit (chmod +x) (/"));
	assert_non_null(strstr(strbuf_str(&said),
			       "the oom hook 10-fails ended with exit code 7; what it said is in "
			       "hooks/10-fails.log\n"));
	assert_non_null(strstr(strbuf_str(&said), "20-killed ended by SIGSEGV"));
	assert_non_null(strstr(strbuf_str(&said), "30-no-run-bit was not run: it has no run bit"));
	assert_non_null(strstr(strbuf_str(&said), "40-no-interpreter was not run: cannot execute"));
	assert_non_null(strstr(strbuf_str(&said), "#!/bin/sh"));
}

static void the_environment_is_the_jvms_then_the_sections_then_ours(void **state)
{
	static const char *const vars[] = { "JVISOR_KIND=oom", "JVISOR_EVENT=forged",
					    "JVISOR_INCIDENT=id-1", NULL };
	struct strv env = STRV_INIT;
	struct hook_section s = {
		.name = "env",
		.run = "sh -c 'env | sort; echo \"$0\"' \"%i ${JVISOR_KIND} ${B}\"",
		.event = HOOK_OOM,
		.order = 1,
		.env = &env,
	};

	strv_push(&set.env, "A=jvm");
	strv_push(&set.env, "B=jvm");
	strv_push(&set.env, "JVISOR_KIND=old");
	strv_push(&env, "B=section");
	strv_push(&env, "JVISOR_PID=forged");
	set.sections = &s;
	set.n_sections = 1;
	assert_int_equal(run_within((char *const *)vars, 0), 0);
	assert_string_equal(file("01-env.log"),
			    "A=jvm\nB=section\nJVISOR_EVENT=oom\nJVISOR_INCIDENT=id-1\n"
			    "JVISOR_KIND=oom\nJVISOR_PID=4242\nPATH=/usr/bin:/bin\nPWD=/usr\n"
			    "id-1 oom section\n");
	strv_done(&env);
}

static void a_shell_runs_when_asked_and_only_then(void **state)
{
	struct hook_section s[] = {
		{ .name = "shell",
		  .run = "echo %p | sed s/42/x/",
		  .shell = true,
		  .event = HOOK_OOM,
		  .order = 1 },
		{ .name = "words", .run = "echo %p | cat $HOME", .event = HOOK_OOM, .order = 2 },
	};

	set.sections = s;
	set.n_sections = 2;
	assert_int_equal(run(), 0);
	assert_string_equal(file("01-shell.log"), "x42\n");
	assert_string_equal(file("02-words.log"), "4242 | cat $HOME\n");
}

static void a_hook_has_stdin_from_null_and_nothing_else_of_ours(void **state)
{
	int stray = dup(STDERR_FILENO);

	hook("oom/10-fds", "readlink /proc/$$/fd/0; ls /proc/self/fd; "
			   "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] && echo leader; "
			   "grep -c 'SigIgn:.*0$' /proc/self/status");
	signal(SIGINT, SIG_IGN);
	assert_int_equal(run(), 0);
	signal(SIGINT, SIG_DFL);
	/* 3 is the folder that ls reads; the last digit of SigIgn has HUP, INT and QUIT. */
	assert_string_equal(file("10-fds.log"), "/dev/null\n0\n1\n2\n3\nleader\n1\n");
	close(stray);
}

static void a_hook_that_hangs_is_told_and_its_group_ended(void **state)
{
	struct hook_section s[] = {
		{ .name = "told",
		  .run = "trap 'echo told; exit 9' TERM; echo here; sleep 60 & wait",
		  .shell = true,
		  .event = HOOK_OOM,
		  .order = 1,
		  .timeout = 100 * MSEC },
		{ .name = "deaf",
		  .run = "trap '' TERM; echo here; while :; do sleep 60; done",
		  .shell = true,
		  .event = HOOK_OOM,
		  .order = 2,
		  .timeout = 100 * MSEC },
		{ .name = "stopped",
		  .run = "kill -STOP $$",
		  .shell = true,
		  .event = HOOK_OOM,
		  .order = 3,
		  .timeout = 50 * MSEC },
		{ .name = "next", .run = "echo next", .event = HOOK_OOM, .order = 4 },
	};
	uint64_t before = clock_mono(), took;

	set.sections = s;
	set.n_sections = ARRAY_SIZE(s);
	assert_int_equal(run(), 3);
	took = clock_mono() - before;
	assert_true(took >= 400 * MSEC && took < 5000 * MSEC);
	assert_string_equal(file("01-told.log"), "here\ntold\n");
	assert_string_equal(file("02-deaf.log"), "here\n");
	assert_string_equal(file("04-next.log"), "next\n");
	results_are("oom\t01-told\ttimeout\t9\t\noom\t02-deaf\ttimeout\t-1\t\n"
		    "oom\t03-stopped\ttimeout\t-1\t\noom\t04-next\tok\t0\t\n");
	assert_non_null(strstr(strbuf_str(&said), "the oom hook 02-deaf was ended after "));
	/* Nothing of them is left: we would have got it, as the subreaper. */
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void what_a_hook_leaves_in_the_background_lives_and_is_not_waited_for(void **state)
{
	uint64_t before = clock_mono();
	int status;
	pid_t pid;

	hook("oom/10-daemon", "setsid sleep 60 & echo $!; exit 0");
	hook("oom/20-next", "echo next");
	assert_int_equal(run(), 0);
	assert_true(clock_mono() - before < 20 * NSEC_PER_SEC);
	pid = (pid_t)strtol(file("10-daemon.log"), NULL, 10);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void output_is_bounded_and_the_hook_goes_on(void **state)
{
	hook("oom/10-flood", "head -c 3000000 /dev/zero; exit 0");
	assert_int_equal(run(), 0);
	file("10-flood.log");
	assert_string_equal(text.buf + HOOKS_OUTPUT_MAX,
			    "\n[jvisor: 1951424 bytes more were not kept]\n");
}

static void a_flood_without_end_is_ended_too(void **state)
{
	struct hook_section s = {
		.name = "yes", .run = "yes", .event = HOOK_OOM, .order = 1, .timeout = 100 * MSEC
	};

	set.sections = &s;
	set.n_sections = 1;
	assert_int_equal(run(), 1);
	results_are("oom\t01-yes\ttimeout\t-1\t\n");
}

static void the_deadline_for_all_cuts(void **state)
{
	uint64_t before = clock_mono();

	hook("oom/10-hangs", "trap '' TERM; sleep 60");
	hook("oom/20-late", "echo never");
	assert_int_equal(run_within(NULL, 200 * MSEC), 2);
	assert_true(clock_mono() - before < 20 * NSEC_PER_SEC); /* not the hook's minute */
	results_are("oom\t10-hangs\ttimeout\t-1\t\noom\t20-late\tnot-run\t-1\t\n");
	assert_non_null(strstr(strbuf_str(&said), "20-late was not run: no time was left\n"));
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void a_failure_stops_the_rest_only_when_asked(void **state)
{
	struct hook_section s[] = {
		{ .name = "goes on", .run = "false", .event = HOOK_OOM, .order = 1 },
		{ .name = "ok",
		  .run = "true",
		  .event = HOOK_OOM,
		  .order = 2,
		  .stop_on_failure = true },
		{ .name = "stops",
		  .run = "/no/such",
		  .event = HOOK_OOM,
		  .order = 3,
		  .stop_on_failure = true },
	};

	set.sections = s;
	set.n_sections = ARRAY_SIZE(s);
	hook("oom/40-not", "echo never");
	assert_int_equal(run(), 3);
	results_are("oom\t01-goes_on\tfailed\t1\t\noom\t02-ok\tok\t0\t\n"
		    "oom\t03-stops\tnot-run\t-1\t\noom\t40-not\tnot-run\t-1\t\n");
}

static void a_log_of_another_event_is_not_overwritten(void **state)
{
	hook("oom/10-x", "echo oom");
	hook("death/10-x", "echo death");
	assert_int_equal(run(), 0);
	assert_int_equal(hooks_run(&set, HOOK_DEATH, "1", NULL, out, 0, on_sentence, NULL), 0);
	assert_int_equal(run(), 0);
	assert_int_equal(run(), 0);
	assert_string_equal(file("10-x.log"), "oom\n");
	assert_string_equal(file("death.10-x.log"), "death\n");
	assert_string_equal(file("oom.10-x.log"), "oom\n");
	assert_string_equal(file("oom.10-x.2.log"), "oom\n");
}

static void results_are_not_written_into_somebody_elses_file(void **state)
{
	static const char *const kinds[] = { "a link", "a second name", "a fifo" };

	hook("oom/10-x", "true");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		tree_file(&dir, "victim", "as it was");
		if (i == 0)
			assert_int_equal(symlinkat("../victim", out, "results"), 0);
		else if (i == 1)
			assert_int_equal(linkat(dir.fd, "victim", out, "results", 0), 0);
		else
			assert_int_equal(mkfifoat(out, "results", 0666), 0);
		assert_int_equal(run(), 0);
		strbuf_reset(&text);
		assert_int_equal(file_read(dir.fd, "victim", 100, &text, NULL), 0);
		if (strcmp(strbuf_str(&text), "as it was") != 0)
			fail_msg("%s", kinds[i]);
		unlinkat(out, "results", 0);
	}
}

static void strange_names_stay_one_line_and_one_file(void **state)
{
	char name[256] = "oom/10-";

	memset(name + 7, 'n', 230);
	hook(name, "echo long");
	hook("oom/20-a\tb\nc", "echo odd");
	assert_int_equal(run(), 0);
	memset(name, 0, sizeof(name));
	memcpy(name, "10-", 3);
	memset(name + 3, 'n', 197);
	memcpy(name + 200, ".log", 4);
	assert_string_equal(file(name), "long\n");
	assert_non_null(strstr(file("results"), "\noom\t20-a?b?c\tok\t0\t"));
}

static void a_folder_that_is_gone_is_no_reason_not_to_run(void **state)
{
	free(set.cwd);
	set.cwd = strdup("/no/such/folder");
	hook("oom/10-pwd", "pwd");
	assert_int_equal(run(), 0);
	assert_string_equal(file("10-pwd.log"), "/\n");
}

/* What the role does: the record by a descriptor, the variables by its environment. */

static void add_line(void *arg, int letter, const char *line)
{
	strbuf_printf(arg, "%c:%s\n", letter, line);
}

static int role_of(const char *event, const char *deadline, const struct strbuf *record)
{
	const char *const args[] = { event, "77", deadline, NULL };
	static const char *const env[] = { "JVISOR_KIND=oom", "OTHER=no", NULL };
	int fd = open(dir.path, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600), status;
	const int fds[] = { fd, out };
	struct role_spec spec = {
		.name = "hooks", .args = args, .env = env, .fds = fds, .n_fds = 2, .log_fd = -1
	};
	struct role_lines lines = { 0 };
	struct role r;

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, strbuf_str(record), record->len), 0);
	assert_int_equal(role_spawn(&spec, &r, NULL), 0);
	strbuf_reset(&said);
	while (role_read(r.result, &lines, add_line, &said) == 1)
		poll(&(struct pollfd){ r.result, POLLIN, 0 }, 1, -1);
	assert_int_equal(waitpid(r.child.pid, &status, 0), r.child.pid);
	close(r.result);
	close(r.child.pidfd);
	close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_role_runs_what_the_record_says(void **state)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;

	hook("oom/10-x", "echo \"$JVISOR_KIND <$OTHER> $2\"");
	assert_int_equal(hook_set_encode(&set, &record), 0);
	assert_int_equal(role_of("oom", "0", &record), 0);
	assert_string_equal(strbuf_str(&said), "");
	assert_string_equal(file("10-x.log"), "oom <> 77\n");
	hook("oom/20-y", "exit 3");
	assert_int_equal(role_of("oom", "0", &record), 1);
	assert_string_equal(strbuf_str(&said), "W:the oom hook 20-y ended with exit code 3\n");
}

static void the_role_says_what_keeps_it_from_running(void **state)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;

	assert_int_equal(role_of("omm", "0", &record), 1);
	assert_non_null(strstr(strbuf_str(&said), "W:hooks were not run"));
	assert_int_equal(role_of("oom", "soon", &record), 1);
	strbuf_puts(&record, "no record");
	assert_int_equal(role_of("oom", "0", &record), 1);
	assert_string_equal(strbuf_str(&said), "W:the oom hooks were not run: Bad message\n");
}

/* As root only. */
static void hooks_run_as_the_jvms_user_or_the_sections(void **state)
{
	struct hook_section s = {
		.name = "root", .run = "id -u", .user = "root", .event = HOOK_OOM, .order = 20
	};

	set.uid = 65534;
	set.gid = 65533;
	set.sections = &s;
	set.n_sections = 1;
	hook("oom/10-jvm", "id -u; id -g; id -G");
	assert_int_equal(fchmod(dir.fd, 0755), 0);
	assert_int_equal(run(), 0);
	assert_string_equal(file("10-jvm.log"), "65534\n65533\n65533\n");
	assert_string_equal(file("20-root.log"), "0\n");
}

static int set_up(void **state)
{
	tree_make(&dir);
	tree_file(&dir, "out/x", "");
	out = openat(dir.fd, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	set = (struct hook_set){
		.dir = strdup(dir.path), .uid = geteuid(), .gid = getegid(), .cwd = strdup("/usr")
	};
	strv_push(&set.env, "PATH=/usr/bin:/bin");
	return 0;
}

static int tear_down(void **state)
{
	set.sections = NULL;
	set.n_sections = 0;
	hook_set_done(&set);
	strbuf_done(&said);
	strbuf_done(&text);
	close_fd(&out);
	tree_remove(&dir);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		TEST(hooks_run_in_order_with_event_and_pid),
		TEST(one_that_fails_does_not_keep_the_next_from_running),
		TEST(the_environment_is_the_jvms_then_the_sections_then_ours),
		TEST(a_shell_runs_when_asked_and_only_then),
		TEST(a_hook_has_stdin_from_null_and_nothing_else_of_ours),
		TEST(a_hook_that_hangs_is_told_and_its_group_ended),
		TEST(what_a_hook_leaves_in_the_background_lives_and_is_not_waited_for),
		TEST(output_is_bounded_and_the_hook_goes_on),
		TEST(a_flood_without_end_is_ended_too),
		TEST(the_deadline_for_all_cuts),
		TEST(a_failure_stops_the_rest_only_when_asked),
		TEST(a_log_of_another_event_is_not_overwritten),
		TEST(results_are_not_written_into_somebody_elses_file),
		TEST(strange_names_stay_one_line_and_one_file),
		TEST(a_folder_that_is_gone_is_no_reason_not_to_run),
		TEST(the_role_runs_what_the_record_says),
		TEST(the_role_says_what_keeps_it_from_running),
		TEST(hooks_run_as_the_jvms_user_or_the_sections),
	};
	size_t n = ARRAY_SIZE(tests) - (geteuid() == 0 ? 0 : 1);

	if (argc > 1 && !strcmp(argv[0], ROLE_ARGV0))
		return hooks_role(argc - 1, argv + 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	alarm(120);
	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}
