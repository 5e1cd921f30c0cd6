/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever is killed takes its child along: by the kernel's signal, or by the sentinel where a
 * program's own rights would lose that signal. A process of ours stands for the supervisor. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"
#include "proc/child.h"

static char folder[] = "/tmp/jvisor-sentinel-XXXXXX";

struct scene {
	const char *program;
	const struct privs *privs;
	bool sentinel;
	int extra; /* the supervisor's end of a pipe, to be closed by it; -1: none */
};

static const struct privs nobody = { .change = true, .uid = 65534, .gid = 65534 };

static _Noreturn void supervise(const struct scene *s, int report)
{
	static const char *const argv[] = { "sleep", "600", NULL };
	static const char *const env[] = { NULL };
	const struct child_fd fds[] = { { open("/dev/null", O_RDWR | O_CLOEXEC), 1 } };
	struct child_spec spec = {
		.path = s->program,
		.argv = (char *const *)argv,
		.envp = (char *const *)env,
		.fds = fds,
		.n_fds = 1,
		.close_others = true,
		.privs = s->privs,
		.chdir_fd = -1,
		.umask = -1,
		.death_signal = SIGKILL,
	};
	struct child c;
	int fd;

	if (child_spawn(&spec, &c, NULL) < 0 || (s->sentinel && child_sentinel(&c, &fd, NULL) < 0))
		c.pid = -1;
	if (s->extra >= 0)
		close(s->extra);
	if (write(report, &c.pid, sizeof(c.pid)) != sizeof(c.pid))
		_exit(1);
	for (;;)
		pause();
}

/* Starts the scene; what is left without a parent comes to us, a subreaper. */
static pid_t start(const struct scene *s, pid_t *ret_child)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		supervise(s, ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], ret_child, sizeof(*ret_child)), sizeof(*ret_child));
	close(ends[0]);
	assert_true(*ret_child > 0);
	return pid;
}

static void murder(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void dies_with_its_supervisor(const struct scene *s)
{
	pid_t child, supervisor = start(s, &child);
	int status;

	murder(supervisor);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	while (waitpid(-1, NULL, 0) > 0) /* the sentinel */
		;
}

static void a_plain_child_dies_with_its_supervisor(void **state)
{
	dies_with_its_supervisor(&(struct scene){ .program = "/bin/sleep", .extra = -1 });
}

static void a_stopped_child_dies_by_the_sentinel_too(void **state)
{
	struct scene s = { .program = "/bin/sleep", .sentinel = true, .extra = -1 };
	pid_t child, supervisor = start(&s, &child);
	int status;

	kill(child, SIGSTOP);
	murder(supervisor);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void the_sentinel_keeps_no_pipe_of_ours_open(void **state)
{
	struct scene s = { .program = "/bin/sleep", .sentinel = true };
	pid_t child, supervisor;
	int ends[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	s.extra = ends[1];
	supervisor = start(&s, &child);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0); /* the end, while both are alive */
	close(ends[0]);
	assert_int_equal(kill(child, 0), 0);
	murder(supervisor);
	assert_int_equal(waitpid(child, NULL, 0), child);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void the_sentinel_leaves_after_a_normal_end(void **state)
{
	static const char *const argv[] = { "true", NULL }, *const env[] = { NULL };
	struct child_spec spec = { .path = "/bin/true",
				   .argv = (char *const *)argv,
				   .envp = (char *const *)env,
				   .chdir_fd = -1,
				   .umask = -1 };
	struct child c;
	int fd, status;

	assert_int_equal(child_spawn(&spec, &c, NULL), 0);
	assert_int_equal(child_sentinel(&c, &fd, NULL), 0);
	assert_int_equal(waitpid(c.pid, NULL, 0), c.pid);
	close(fd);
	assert_true(waitpid(-1, &status, 0) >
		    0); /* as the subreaper: it is no child of ours else */
	assert_int_equal(status, 0);
	close(c.pidfd);
}

static void what_keeps_the_signal_is_told_from_what_loses_it(void **state)
{
	assert_int_equal(child_loses_death_signal("/bin/sleep"), 0);
	assert_int_equal(child_loses_death_signal("/no/such/java"), -ENOENT);
}

/* The following are for root: another user, file capabilities, set-id bits. */

static void copy_of_sleep(const char *name, mode_t mode, char *ret, size_t size)
{
	_cleanup_close_ int from = open("/bin/sleep", O_RDONLY | O_CLOEXEC), to = -1;
	uint64_t bytes;

	snprintf(ret, size, "%s/%s", folder, name);
	to = open(ret, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(from >= 0 && to >= 0);
	assert_int_equal(file_copy(from, to, &bytes), 0);
	assert_int_equal(fchmod(to, mode), 0);
}

static void a_child_of_another_user_dies_with_its_supervisor(void **state)
{
	dies_with_its_supervisor(
		&(struct scene){ .program = "/bin/sleep", .privs = &nobody, .extra = -1 });
}

/* The parent of a vfork goes on a moment before the kernel drops the child's signal; the name is
 * changed after that (begin_new_exec in fs/exec.c). */
static void wait_for_exec(pid_t child, const char *program)
{
	char path[64], want[64], name[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)child);
	snprintf(want, sizeof(want), "%s\n", strrchr(program, '/') + 1);
	do {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, name, sizeof(name) - 1);

		assert_true(n > 0);
		name[n] = '\0';
		close(fd);
	} while (strcmp(name, want) != 0);
}

/* Without the sentinel it lives on: what makes it necessary. */
static void lives_on(const struct scene *s)
{
	pid_t child, supervisor = start(s, &child);
	struct pollfd p = { (int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0 };

	wait_for_exec(child, s->program);
	murder(supervisor);
	assert_int_equal(poll(&p, 1, 50), 0);
	close(p.fd);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void needs_and_has_the_sentinel(const char *program)
{
	struct scene s = { .program = program, .privs = &nobody, .extra = -1 };

	assert_int_equal(child_loses_death_signal(program), 1);
	lives_on(&s);
	s.sentinel = true;
	dies_with_its_supervisor(&s);
}

static void a_program_with_file_capabilities_dies_by_the_sentinel(void **state)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_NET_BIND_SERVICE } },
	};
	char path[64];

	copy_of_sleep("capable", 0755, path, sizeof(path));
	assert_int_equal(setxattr(path, "security.capability", &caps, sizeof(caps), 0), 0);
	needs_and_has_the_sentinel(path);
}

static void a_set_id_program_dies_by_the_sentinel(void **state)
{
	char path[64];

	copy_of_sleep("set-id", 04755, path, sizeof(path));
	needs_and_has_the_sentinel(path);
}

static int set_up(void **state)
{
	alarm(60); /* a child that does not die is a failure, not a hang */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || !mkdtemp(folder))
		return -1;
	return chmod(folder, 0755);
}

static int tear_down(void **state)
{
	return dir_remove(AT_FDCWD, folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_child_dies_with_its_supervisor),
		cmocka_unit_test(a_stopped_child_dies_by_the_sentinel_too),
		cmocka_unit_test(the_sentinel_keeps_no_pipe_of_ours_open),
		cmocka_unit_test(the_sentinel_leaves_after_a_normal_end),
		cmocka_unit_test(what_keeps_the_signal_is_told_from_what_loses_it),
		/* as root: */
		cmocka_unit_test(a_child_of_another_user_dies_with_its_supervisor),
		cmocka_unit_test(a_program_with_file_capabilities_dies_by_the_sentinel),
		cmocka_unit_test(a_set_id_program_dies_by_the_sentinel),
	};
	size_t n = ARRAY_SIZE(tests) - (geteuid() == 0 ? 0 : 3);

	return _cmocka_run_group_tests("tests", tests, n, set_up, tear_down);
}
