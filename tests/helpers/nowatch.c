/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nowatch COMMAND [ARGUMENT]...
 *
 * Runs the command where no folder can be watched, as the filter of a strict container has it:
 * inotify_init1 fails with EMFILE, fcntl(F_NOTIFY) with EINVAL.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field)	  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ELSE(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ANSWER(value)	  BPF_STMT(BPF_RET | BPF_K, (value))

int main(int argc, char *argv[])
{
	struct sock_filter rules[] = {
		LOAD(nr),
		ELSE(SYS_inotify_init1, 1),
		ANSWER(SECCOMP_RET_ERRNO | EMFILE),
		ELSE(SYS_fcntl, 3),
		LOAD(args[1]),
		ELSE(F_NOTIFY, 1),
		ANSWER(SECCOMP_RET_ERRNO | EINVAL),
		ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(rules) / sizeof(rules[0]), rules };

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		fprintf(stderr, "nowatch: %s\n", strerror(errno));
		return 99;
	}
	execv(argv[1], argv + 1);
	return 127;
}
