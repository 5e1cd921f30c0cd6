/* SPDX-License-Identifier: Apache-2.0 */
/* Children from a description: what they see of themselves, and how a failure is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/child.h"

static const char *const no_env[] = { NULL };

static struct child_spec spec_of(const char *const *argv)
{
	return (struct child_spec){
		.path = argv[0],
		.argv = (char *const *)argv,
		.envp = (char *const *)no_env,
		.chdir_fd = -1,
		.umask = -1,
	};
}

static int wait_status(struct child *c)
{
	int status = -1;

	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	close_fd(&c->pidfd);
	return status;
}

/* What the child says on its stdout, which is put behind the descriptors of the description. */
static void output_of(struct child_spec *s, char *ret, size_t size)
{
	struct child_fd fds[8];
	struct err err = { 0 };
	struct child c;
	size_t len = 0;
	int ends[2];
	ssize_t n;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	if (s->n_fds)
		memcpy(fds, s->fds, s->n_fds * sizeof(*fds));
	fds[s->n_fds] = (struct child_fd){ ends[1], STDOUT_FILENO };
	s->fds = fds;
	s->n_fds++;
	if (child_spawn(s, &c, &err) < 0)
		fail_msg("%s", err.msg);
	close(ends[1]);
	while ((n = read(ends[0], ret + len, size - 1 - len)) > 0)
		len += (size_t)n;
	ret[len] = '\0';
	close(ends[0]);
	assert_int_equal(wait_status(&c), 0);
}

/* The value of a line "NAME:\tVALUE" of /proc/self/status. */
static const char *field(const char *status, const char *name)
{
	static char value[256];
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\n%s:\t", name);
	at = strstr(status, key);
	if (!at)
		fail_msg("no %s", name);
	at += strlen(key);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\n"), at);
	return value;
}

static const char *const show_status[] = { "/bin/cat", "/proc/self/status", NULL };

static unsigned long long bit(int sig)
{
	return 1ULL << (sig - 1);
}

/* Without glibc's own two, 32 and 33, which some parents leave ignored. */
static unsigned long long signals_of(const char *status, const char *name)
{
	return strtoull(field(status, name), NULL, 16) & ~(3ULL << 31);
}

static void signals_are_as_described_and_not_as_ours(void **state)
{
	struct child_spec s = spec_of(show_status);
	sigset_t mask, ignored;
	char out[8192];

	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigaddset(&mask, SIGRTMIN + 3);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGINT);
	sigaddset(&ignored, SIGHUP);
	s.mask = &mask;
	s.ignored = &ignored;
	output_of(&s, out, sizeof(out));
	assert_int_equal(signals_of(out, "SigBlk"), bit(SIGUSR2) | bit(SIGRTMIN + 3));
	assert_int_equal(signals_of(out, "SigIgn"), bit(SIGINT) | bit(SIGHUP));

	s = spec_of(show_status);
	output_of(&s, out, sizeof(out));
	assert_int_equal(signals_of(out, "SigBlk"), 0);
	assert_int_equal(signals_of(out, "SigIgn"), 0);
	signal(SIGUSR1, SIG_DFL);
}

static volatile sig_atomic_t handled_in;

static void remember_pid(int sig)
{
	handled_in = getpid();
}

static void send_to_self(void *arg, pid_t self)
{
	assert_int_equal(kill(self, SIGUSR1), 0);
}

static void our_handlers_do_not_run_in_the_child(void **state)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct sigaction sa = { .sa_handler = remember_pid };
	struct child_spec s = spec_of(argv);
	struct child c;
	int status;

	sigaction(SIGUSR1, &sa, NULL);
	handled_in = 0;
	s.before_exec = send_to_self;
	assert_int_equal(child_spawn(&s, &c, NULL), 0);
	status = wait_status(&c);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGUSR1);
	assert_int_equal(handled_in, 0);
	signal(SIGUSR1, SIG_DFL);
}

static void descriptors_may_swap_places_and_others_are_closed(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "cat <&5; cat <&6; cat <&7; exec ls /proc/self/fd",
					    NULL };
	static const struct child_fd fds[] = { { 5, 6 }, { 6, 5 }, { 7, 7 } };
	struct child_spec s = spec_of(argv);
	int ends[3][2];
	char out[256];

	for (int i = 0; i < 3; i++) {
		char text[] = { (char)('a' + i), '\n' };

		assert_int_equal(pipe2(ends[i], O_CLOEXEC), 0);
		assert_int_equal(write(ends[i][1], text, sizeof(text)), sizeof(text));
		close_fd(&ends[i][1]);
		assert_int_equal(dup3(ends[i][0], 15 + i, O_CLOEXEC), 15 + i);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(dup3(15 + i, 5 + i, O_CLOEXEC), 5 + i);
	assert_int_equal(dup2(STDERR_FILENO, 24), 24);
	s.fds = fds;
	s.n_fds = ARRAY_SIZE(fds);
	s.close_others = true;
	output_of(&s, out, sizeof(out));
	/* 3 is the folder that ls reads. */
	assert_string_equal(out, "b\na\nc\n0\n1\n2\n3\n5\n6\n7\n");

	close(24);
	for (int i = 0; i < 3; i++) {
		close(5 + i);
		close(15 + i);
	}
}

static void what_we_inherited_is_inherited(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "[ -e /proc/$$/fd/30 ] && echo yes; "
					    "[ -e /proc/$$/fd/31 ] && echo ours; :",
					    NULL };
	struct child_spec s = spec_of(argv);
	char out[64];

	assert_int_equal(dup2(STDERR_FILENO, 30), 30);
	assert_int_equal(dup3(STDERR_FILENO, 31, O_CLOEXEC), 31);
	output_of(&s, out, sizeof(out));
	assert_string_equal(out, "yes\n");
	close(30);
	close(31);
}

static void groups_and_sessions_are_its_own_when_asked(void **state)
{
	struct child_spec s = spec_of(show_status);
	char out[8192], pid[64], ours[64];

	output_of(&s, out, sizeof(out));
	snprintf(ours, sizeof(ours), "%d", (int)getpgrp());
	assert_string_equal(field(out, "NSpgid"), ours);

	s = spec_of(show_status);
	s.new_group = true;
	output_of(&s, out, sizeof(out));
	snprintf(pid, sizeof(pid), "%s", field(out, "NSpid"));
	assert_string_equal(field(out, "NSpgid"), pid);
	assert_string_not_equal(field(out, "NSsid"), pid);

	s = spec_of(show_status);
	s.new_session = true;
	output_of(&s, out, sizeof(out));
	snprintf(pid, sizeof(pid), "%s", field(out, "NSpid"));
	assert_string_equal(field(out, "NSpgid"), pid);
	assert_string_equal(field(out, "NSsid"), pid);
}

static void the_rest_of_the_description_holds(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "umask; pwd; ulimit -c; "
					    "cat /proc/self/oom_score_adj; echo $A",
					    NULL };
	static const char *const env[] = { "A=b", NULL };
	struct rlimit core = { 0, 0 }, was;
	struct child_spec s = spec_of(argv);
	char out[256], want[256], adj[16] = "";
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);

	assert_true(read(fd, adj, sizeof(adj) - 1) > 0);
	getrlimit(RLIMIT_CORE, &was);
	core.rlim_max = was.rlim_max;
	s.envp = (char *const *)env;
	s.umask = 027;
	s.chdir = "/usr";
	s.core = &core;
	s.oom_score_adj = 100;
	output_of(&s, out, sizeof(out));
	snprintf(want, sizeof(want), "0027\n/usr\n0\n%d\nb\n", atoi(adj) + 100);
	assert_string_equal(out, want);

	memset(want, 0, sizeof(want));
	assert_true(pread(fd, want, sizeof(want) - 1, 0) > 0);
	assert_string_equal(want, adj); /* ours is as it was, although the memory was shared */
	close(fd);
}

static void a_folder_is_entered_by_its_descriptor(void **state)
{
	static const char *const argv[] = { "/bin/pwd", NULL };
	struct child_spec s = spec_of(argv);
	char out[64];

	s.chdir_fd = open("/usr/bin", O_PATH | O_DIRECTORY | O_CLOEXEC);
	output_of(&s, out, sizeof(out));
	assert_string_equal(out, "/usr/bin\n");
	close(s.chdir_fd);
}

static void a_program_may_be_a_descriptor(void **state)
{
	static const char *const argv[] = { "said", "one", NULL };
	struct child_spec s = spec_of(argv);
	char out[64];

	s.path = NULL;
	s.exec_fd = open("/bin/echo", O_PATH | O_CLOEXEC);
	s.close_others = true;
	output_of(&s, out, sizeof(out));
	assert_string_equal(out, "one\n");
	close(s.exec_fd);
}

static void idle_work_is_scheduled_as_such(void **state)
{
	static const char *const argv[] = { "/bin/sleep", "60", NULL };
	struct child_spec s = spec_of(argv);
	struct child c;

	s.idle = true;
	s.death_signal = SIGKILL;
	assert_int_equal(child_spawn(&s, &c, NULL), 0);
	assert_int_equal(sched_getscheduler(c.pid), SCHED_IDLE);
	assert_int_equal(child_signal(&c, SIGTERM), 0);
	assert_int_equal(WTERMSIG(wait_status(&c)), SIGTERM);
}

static void a_signal_to_one_that_is_gone_says_so(void **state)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct child_spec s = spec_of(argv);
	struct child c;

	assert_int_equal(child_spawn(&s, &c, NULL), 0);
	assert_int_equal(waitpid(c.pid, NULL, 0), c.pid);
	assert_int_equal(child_signal(&c, SIGTERM), -ESRCH);
	close(c.pidfd);
}

static void spawn_fails(const char *path, int code, const char *sentence)
{
	const char *const argv[] = { "x", NULL };
	struct child_spec s = spec_of(argv);
	struct child c = { .pid = -7 };
	struct err err = { 0 };

	s.path = path;
	assert_int_equal(child_spawn(&s, &c, &err), -code);
	if (!strstr(err.msg, sentence) || !strstr(err.msg, path))
		fail_msg("\"%s\" lacks \"%s\" or \"%s\"", err.msg, sentence, path);
	assert_int_equal(c.pid, -7);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left behind */
	assert_int_equal(errno, ECHILD);
}

static void write_file(int dir, const char *name, const char *text, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void a_program_that_cannot_be_executed_is_told_with_the_reason(void **state)
{
	char folder[] = "/tmp/jvisor-child-XXXXXX", path[64];
	int dir;

	assert_non_null(mkdtemp(folder));
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	spawn_fails("/no/such/program", ENOENT, "No such file");
	spawn_fails(folder, EACCES, "permission denied");

	snprintf(path, sizeof(path), "%s/plain", folder);
	write_file(dir, "plain", "echo no first line\n", 0700);
	spawn_fails(path, ENOEXEC, "#!/bin/sh");
	write_file(dir, "plain", "#!/no/such/interpreter\n", 0700);
	spawn_fails(path, ENOENT, "interpreter");
	write_file(dir, "plain", "#!/bin/sh\n", 0600);
	spawn_fails(path, EACCES, "no run bit");

	unlinkat(dir, "plain", 0);
	close(dir);
	rmdir(folder);
}

static void the_step_that_failed_is_named(void **state)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct child_fd fds[] = { { 999, 5 } };
	struct child_spec s = spec_of(argv);
	struct err err;
	struct child c;

	s.chdir = "/no/such/folder";
	assert_int_equal(child_spawn(&s, &c, &err), -ENOENT);
	assert_string_equal(err.msg, "cannot start /bin/true: entering its working folder failed: "
				     "No such file or directory");
	s = spec_of(argv);
	s.fds = fds;
	s.n_fds = 1;
	assert_int_equal(child_spawn(&s, &c, &err), -EBADF);
	assert_non_null(strstr(err.msg, "passing its descriptors on"));
	s.n_fds = CHILD_FDS_MAX + 1;
	assert_int_equal(child_spawn(&s, &c, &err), -E2BIG);
}

/* The following need another user to become. */

static void rights_are_dropped_before_the_folder_is_entered(void **state)
{
	struct privs p = { .change = true,
			   .uid = 65534,
			   .gid = 65533,
			   .groups = { 65533, 100 },
			   .n_groups = 2,
			   .no_new_privs = true };
	struct child_spec s = spec_of(show_status);
	char folder[] = "/tmp/jvisor-child-XXXXXX", out[8192];
	struct err err;
	struct child c;

	s.privs = &p;
	output_of(&s, out, sizeof(out));
	assert_string_equal(field(out, "Uid"), "65534\t65534\t65534\t65534");
	assert_string_equal(field(out, "Gid"), "65533\t65533\t65533\t65533");
	assert_string_equal(field(out, "Groups"), "100 65533 ");
	assert_string_equal(field(out, "CapEff"), "0000000000000000");
	assert_string_equal(field(out, "NoNewPrivs"), "1");
	assert_int_equal(geteuid(), 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1); /* the shared memory was marked by the child */

	assert_non_null(mkdtemp(folder));
	s = spec_of(show_status);
	s.privs = &p;
	s.chdir = folder;
	assert_int_equal(child_spawn(&s, &c, &err), -EACCES);
	rmdir(folder);
}

static void rights_that_cannot_be_had_are_told(void **state)
{
	struct privs p = { .change = true, .uid = 0, .gid = 0 };
	struct child_spec s = spec_of(show_status);
	struct err err;
	struct child c;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(1);
		s.privs = &p;
		_exit(child_spawn(&s, &c, &err) == -EPERM && strstr(err.msg, "user") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* In a process of its own, whose hard limit is lowered for good. */
static void limits_are_set_as_near_as_they_can_be(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "ulimit -Sn; ulimit -Hn; ulimit -Ss; "
					    "cat /proc/self/oom_score_adj",
					    NULL };
	static const struct child_limit limits[] = {
		{ RLIMIT_NOFILE, { 50, 99 } },
		{ RLIMIT_STACK, { 4096 * 1024, 8192 * 1024 } },
	};
	static const int score = 321;
	struct child_spec s = spec_of(argv);
	pid_t pid = fork();
	char out[128];
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		struct err err = { 0 };
		struct child c;

		if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 60, 60 }) < 0)
			_exit(1);
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		prctl(PR_SET_DUMPABLE, 1); /* else /proc/self is root's */
		s.limits = limits;
		s.n_limits = 2;
		s.oom_score = &score;
		output_of(&s, out, sizeof(out));
		if (strcmp(out, "50\n60\n4096\n321\n") != 0)
			_exit(3);
		s.n_fds = 0;
		if (child_spawn(&s, &c, &err) < 0 || c.missed != 1)
			_exit(4);
		_exit(wait_status(&c));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_as_described_and_not_as_ours),
		cmocka_unit_test(our_handlers_do_not_run_in_the_child),
		cmocka_unit_test(descriptors_may_swap_places_and_others_are_closed),
		cmocka_unit_test(what_we_inherited_is_inherited),
		cmocka_unit_test(groups_and_sessions_are_its_own_when_asked),
		cmocka_unit_test(the_rest_of_the_description_holds),
		cmocka_unit_test(a_folder_is_entered_by_its_descriptor),
		cmocka_unit_test(a_program_may_be_a_descriptor),
		cmocka_unit_test(idle_work_is_scheduled_as_such),
		cmocka_unit_test(a_signal_to_one_that_is_gone_says_so),
		cmocka_unit_test(a_program_that_cannot_be_executed_is_told_with_the_reason),
		cmocka_unit_test(the_step_that_failed_is_named),
		cmocka_unit_test(limits_are_set_as_near_as_they_can_be),
		/* as root: */
		cmocka_unit_test(rights_are_dropped_before_the_folder_is_entered),
		cmocka_unit_test(rights_that_cannot_be_had_are_told),
	};
	size_t n = ARRAY_SIZE(tests) - (geteuid() == 0 ? 0 : 2);

	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}
