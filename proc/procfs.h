/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/strbuf.h"

/* Readers of /proc under a directory descriptor (of /proc in life, of a folder in tests). No
 * allocation unless a strbuf grows. */

int procfs_open(void); /* /proc, -errno when it is not mounted */

struct proc_status {
	uint64_t rss, rss_anon, swap, peak; /* bytes */
	unsigned threads;
	uint64_t caught; /* SigCgt */
	uid_t uid;	 /* effective */
	pid_t ppid;
	char state;
	bool core_dumping; /* its core is being written */
};

int procfs_status(int proc, pid_t pid, struct proc_status *ret);

/* Field 22 of stat: start time in clock ticks since boot; with the pid it names a process for ever.
 */
int procfs_start_time(int proc, pid_t pid, uint64_t *ret);

/* Whether the process has this file open: 1, 0, -errno where we may not see it. */
int procfs_has_open(int proc, pid_t pid, const struct stat *file);

int procfs_boot_id(int proc, char ret[static 37]);

/* Processes that the kernel's OOM killer has ended on this machine since it was started, in and out
 * of cgroups: oom_kill of vmstat, since 4.13; -ENOENT before. */
int procfs_oom_kills(int proc, uint64_t *ret);

/* core_pattern without its newline, cut at size. */
int procfs_core_pattern(int proc, char *ret, size_t size);

/* The file below /proc appended as it is, at most max bytes, headed by "==> name <==": for
 * system.txt. */
int procfs_append(int proc, const char *name, size_t max, struct strbuf *out);
