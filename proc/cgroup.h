/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The memory cgroup we live in, version 1 or 2, opened once; each reading is a few preads on kept
 * descriptors and allocates nothing. In a container with its own cgroup namespace the mount's root
 * is the cgroup. */
#define CGROUP_LIMITS 8

struct cgroup {
	int version;		      /* 0: none found */
	int limit_fds[CGROUP_LIMITS]; /* ours first, then those above as far as we see them */
	unsigned n_limits;
	int usage_fd, peak_fd, events_fd; /* -1: not there */
	uint64_t id;	  /* inode of its folder: another one has another, until a reboot */
	size_t mount_len; /* the part of path that is the mount */
	char path[512];	  /* of the memory controller's folder, for system.txt */
};

struct cgroup_reading {
	bool has_limit, has_usage, has_peak, has_oom_kills;
	uint64_t limit, usage, peak; /* bytes; the least limit from us up to the mount's root */
	uint64_t oom_kills;	     /* v2 memory.events oom_kill, v1 memory.oom_control oom_kill */
};

/* root: "" in life, a folder in tests; it stands in front of /proc/self/cgroup,
 * /proc/self/mountinfo and the mount points. Always gives a usable object. */
void cgroup_open(const char *root, struct cgroup *ret);
void cgroup_close(struct cgroup *c);
void cgroup_read(const struct cgroup *c, struct cgroup_reading *ret);

/* The memory that this process may use at most: the machine's or, where it is less, our cgroup's.
 * 0: not known. */
uint64_t cgroup_memory(void);

/* One value of it. */
bool cgroup_usage(const struct cgroup *c, uint64_t *ret);
bool cgroup_oom_kills(const struct cgroup *c, uint64_t *ret);

/* Whether the kernel would kill all of the group, us too (v2 memory.oom.group, of ours or one above
 * that we see). */
bool cgroup_kills_all(const char *root, const struct cgroup *c);
