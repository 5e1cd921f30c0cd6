/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and descriptions of signals, both ways. Our own table: sigdescr_np() begins its sentences
 * with a capital, and Java's users know these words from the shell.
 *
 * SIGRTMIN is not a constant: glibc keeps the first two real-time signals to itself.
 */
#include "base/parse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include "base/macro.h"

static const struct {
	const char *name, *text;
} signals[] = {
	[SIGHUP] = { "HUP", "hangup" },
	[SIGINT] = { "INT", "interrupt" },
	[SIGQUIT] = { "QUIT", "quit" },
	[SIGILL] = { "ILL", "illegal instruction" },
	[SIGTRAP] = { "TRAP", "trace or breakpoint trap" },
	[SIGABRT] = { "ABRT", "aborted" },
	[SIGBUS] = { "BUS", "bus error" },
	[SIGFPE] = { "FPE", "arithmetic error" },
	[SIGKILL] = { "KILL", "killed" },
	[SIGUSR1] = { "USR1", "user signal 1" },
	[SIGSEGV] = { "SEGV", "segmentation fault" },
	[SIGUSR2] = { "USR2", "user signal 2" },
	[SIGPIPE] = { "PIPE", "broken pipe" },
	[SIGALRM] = { "ALRM", "alarm clock" },
	[SIGTERM] = { "TERM", "terminated" },
	[SIGSTKFLT] = { "STKFLT", "stack fault" },
	[SIGCHLD] = { "CHLD", "child changed" },
	[SIGCONT] = { "CONT", "continued" },
	[SIGSTOP] = { "STOP", "stopped" },
	[SIGTSTP] = { "TSTP", "stopped by the terminal" },
	[SIGTTIN] = { "TTIN", "stopped at terminal input" },
	[SIGTTOU] = { "TTOU", "stopped at terminal output" },
	[SIGURG] = { "URG", "urgent data" },
	[SIGXCPU] = { "XCPU", "CPU time limit exceeded" },
	[SIGXFSZ] = { "XFSZ", "file size limit exceeded" },
	[SIGVTALRM] = { "VTALRM", "virtual timer expired" },
	[SIGPROF] = { "PROF", "profiling timer expired" },
	[SIGWINCH] = { "WINCH", "window changed" },
	[SIGIO] = { "IO", "I/O possible" },
	[SIGPWR] = { "PWR", "power failure" },
	[SIGSYS] = { "SYS", "bad system call" },
};

static int real_time(struct slice s, int *ret)
{
	bool from_max = s.len >= 5 && slice_ieq((struct slice){ s.ptr, 5 }, "RTMAX");
	bool from_min = s.len >= 5 && slice_ieq((struct slice){ s.ptr, 5 }, "RTMIN");
	uint64_t n = 0;
	int sig, r;

	if (!from_max && !from_min)
		return -EINVAL;
	s = slice_skip(s, 5);
	if (s.len) {
		if (!slice_starts(s, from_max ? "-" : "+"))
			return -EINVAL;
		r = parse_u64(slice_skip(s, 1), &n);
		if (r)
			return r;
		if (n > (uint64_t)(SIGRTMAX - SIGRTMIN))
			return -ERANGE;
	}
	sig = from_max ? SIGRTMAX - (int)n : SIGRTMIN + (int)n;
	*ret = sig;
	return 0;
}

int parse_signal(struct slice s, int *ret)
{
	uint64_t n;
	int r = parse_u64(s, &n);

	if (r != -EINVAL) {
		if (r || !n || n > (uint64_t)SIGRTMAX)
			return -ERANGE;
		*ret = (int)n;
		return 0;
	}
	if (s.len > 3 && slice_ieq((struct slice){ s.ptr, 3 }, "SIG"))
		s = slice_skip(s, 3);
	for (size_t i = 1; i < ARRAY_SIZE(signals); i++) {
		if (signals[i].name && slice_ieq(s, signals[i].name)) {
			*ret = (int)i;
			return 0;
		}
	}
	return real_time(s, ret);
}

const char *signal_name(int sig, char buf[static 16])
{
	if (sig > 0 && (size_t)sig < ARRAY_SIZE(signals) && signals[sig].name)
		return signals[sig].name;
	if (sig == SIGRTMIN)
		return "RTMIN";
	if (sig > SIGRTMIN && sig <= SIGRTMAX)
		snprintf(buf, 16, "RTMIN+%d", sig - SIGRTMIN);
	else
		snprintf(buf, 16, "%d", sig);
	return buf;
}

const char *signal_text(int sig)
{
	if (sig > 0 && (size_t)sig < ARRAY_SIZE(signals) && signals[sig].text)
		return signals[sig].text;
	return sig >= SIGRTMIN && sig <= SIGRTMAX ? "real-time signal" : "unknown signal";
}
