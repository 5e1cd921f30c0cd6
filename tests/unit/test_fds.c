/* SPDX-License-Identifier: Apache-2.0 */
/* Closing descriptors, by the kernel at once and, where it refuses that, one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/fds.h"

enum { FROM = 40, TO = 400 };

/* As an older kernel, or the filter of a container's runtime. */
static bool refuse_close_range(int code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 &&
	       syscall(SYS_close_range, ~0U, ~0U, 0) < 0 && errno == code;
}

/* In a process of its own: 0 when all descriptors are as they should be. */
static int check(int (*act)(unsigned from), int flags_of_closed)
{
	for (int fd = FROM - 1; fd < TO; fd++)
		if (dup2(STDERR_FILENO, fd) != fd)
			return 1;
	if (act(FROM) < 0)
		return 2;
	if (fcntl(FROM - 1, F_GETFD) != 0)
		return 3;
	for (int fd = FROM; fd < TO; fd++)
		if (fcntl(fd, F_GETFD) != flags_of_closed)
			return 4;
	return 0;
}

static void holds(int (*act)(unsigned from), int flags, int refusal)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid)
		_exit(refusal && !refuse_close_range(refusal) ? 9 : check(act, flags));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void from_a_number_on_all_are_closed(void **state)
{
	holds(fds_close, -1, 0);
	holds(fds_close, -1, ENOSYS);
	holds(fds_close, -1, EPERM);
}

static void from_a_number_on_none_survives_an_exec(void **state)
{
	holds(fds_cloexec, FD_CLOEXEC, 0);
	holds(fds_cloexec, FD_CLOEXEC, ENOSYS);
	holds(fds_cloexec, FD_CLOEXEC, EINVAL); /* 5.9 and 5.10 do not know the flag */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_a_number_on_all_are_closed),
		cmocka_unit_test(from_a_number_on_none_survives_an_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
