/* SPDX-License-Identifier: Apache-2.0 */
/*
 * system.txt: what the kernel says of the machine and of our cgroup, shortly after the death. The
 * JVM's own /proc folder is gone by then; its limits and cgroup were ours, so ours are shown.
 */
#include "incident/system.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/macro.h"
#include "proc/cgroup.h"
#include "proc/procfs.h"

enum { PART_MAX = 48 * 1024 };

static const char *const proc_files[] = {
	"meminfo",
	"loadavg",
	"uptime",
	"pressure/memory",
	"pressure/cpu",
	"pressure/io",
	"self/cgroup",
	"self/limits",
	"sys/kernel/core_pattern",
	"sys/vm/overcommit_memory",
	"sys/vm/max_map_count",
	"self/mountinfo",
};

/* Of version 2, then of version 1; those that are not there cost an open each. */
static const char *const cgroup_files[] = {
	"memory.max",	  "memory.high",	   "memory.current",
	"memory.peak",	  "memory.swap.max",	   "memory.swap.current",
	"memory.events",  "memory.pressure",	   "cpu.max",
	"cpu.stat",	  "memory.stat",	   "memory.limit_in_bytes",
	"memory.failcnt", "memory.usage_in_bytes", "memory.max_usage_in_bytes",
	"pids.max",	  "memory.oom_control",	   "pids.current",
};

static void append(int dir, const char *name, struct strbuf *out)
{
	size_t left = out->len < SYSTEM_MAX ? SYSTEM_MAX - out->len : 0;

	if (left && dir >= 0 && !faccessat(dir, name, R_OK, 0))
		procfs_append(dir, name, left < PART_MAX ? left : PART_MAX, out);
}

void system_describe(struct strbuf *out)
{
	_cleanup_close_ int proc = procfs_open(), dir = -1;
	char now[CLOCK_ISO_LEN];
	struct utsname u;
	struct cgroup c;

	clock_iso(clock_real(), now);
	strbuf_printf(out, "The system at %s, when the incident was claimed.\n\n", now);
	if (!uname(&u))
		strbuf_printf(out, "%s %s %s %s %s\n", u.sysname, u.nodename, u.release, u.version,
			      u.machine);
	for (size_t i = 0; i < ARRAY_SIZE(proc_files); i++)
		append(proc, proc_files[i], out);
	cgroup_open("", &c);
	if (c.version) {
		dir = open(c.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		strbuf_printf(out, "\nmemory cgroup, version %d: %s\n", c.version, c.path);
	}
	cgroup_close(&c);
	for (size_t i = 0; i < ARRAY_SIZE(cgroup_files); i++)
		append(dir, cgroup_files[i], out);
}
