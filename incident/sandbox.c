/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of those who parse: a uid without files, no capabilities, resource limits, and a
 * filter that knows reading, writing and memory but no open, no exec, no socket.
 *
 * A refused call fails with EPERM and does not kill: a library that tries something harmless (a
 * locale, a time zone) must not cost the report. No kill in any form: where all is one uid it would
 * reach the service (abort() then ends by a fault, which is as good). Under the address sanitizer
 * there is no filter, since its own calls are many.
 */
#include "incident/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/macro.h"
#include "proc/privs.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNDER_SANITIZER 1
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#else
#define FILTER_ARCH 0 /* no filter: the uid must do */
#endif

enum { NOBODY = 65534, FILTER_MAX = 64 };

static const int allowed[] = {
	__NR_read,	    __NR_write,	       __NR_pread64,	     __NR_pwrite64,
	__NR_lseek,	    __NR_close,	       __NR_fadvise64,	     __NR_sync_file_range,
	__NR_brk,	    __NR_mmap,	       __NR_munmap,	     __NR_mremap,
	__NR_mprotect,	    __NR_madvise,      __NR_futex,	     __NR_getrandom,
	__NR_clock_gettime, __NR_rt_sigaction, __NR_rt_sigprocmask,  __NR_rt_sigreturn,
	__NR_exit,	    __NR_exit_group,   __NR_restart_syscall, __NR_getpid,
	__NR_gettid,	    __NR_getppid,
};

static int set_filter(void)
{
	struct sock_filter code[FILTER_MAX];
	struct sock_fprog program = { .filter = code };
	unsigned n = 0;

	_Static_assert(ARRAY_SIZE(allowed) + 6 <= FILTER_MAX, "the filter fits");
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, arch));
	/* Another architecture's numbers mean other calls (int 0x80 on x86_64). */
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							 (unsigned)allowed[i],
							 (uint8_t)(ARRAY_SIZE(allowed) - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 ? -errno : 0;
}

static bool drop_uid(void)
{
	if (geteuid() != 0)
		return false;
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

static void set_limit(int which, uint64_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)which, &now) < 0)
		return;
	if (now.rlim_max > most)
		now.rlim_max = most;
	now.rlim_cur = now.rlim_max;
	setrlimit((__rlimit_resource_t)which, &now);
}

int sandbox_enter(const struct sandbox_limits *limits, struct err *err)
{
	bool dropped = drop_uid();
	int r = privs_drop_all();

	if (r < 0)
		return err_errno(err, -r, "cannot give up rights");
	/* The change of uid has cleared it, the filter would refuse it. */
	if (limits->death_signal && prctl(PR_SET_PDEATHSIG, limits->death_signal) < 0)
		return err_errno(err, errno, "cannot ask for the parent's end");
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, limits->file_size);
	if (UNDER_SANITIZER)
		return 0;
	set_limit(RLIMIT_NOFILE, 0);
	set_limit(RLIMIT_AS, limits->memory);
	r = FILTER_ARCH ? set_filter() : -ENOSYS;
	if (r < 0 && !dropped)
		return err_errno(err, -r, "cannot set a filter of system calls");
	return 0;
}
