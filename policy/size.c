/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes that are given in percent. The share is of the whole file system, not of what is free, so
 * that it does not move with each incident.
 */
#include <sys/statvfs.h>
#include "policy/size.h"

uint64_t policy_size_bytes(struct policy_size size, int fd)
{
	struct statvfs fs;
	uint64_t bytes;

	if (!size.percent)
		return size.bytes;
	if (fd < 0 || fstatvfs(fd, &fs) < 0)
		return size.bytes;
	bytes = (uint64_t)fs.f_blocks * fs.f_frsize / 100 * size.percent;
	return size.bytes && size.bytes < bytes ? size.bytes : bytes;
}
