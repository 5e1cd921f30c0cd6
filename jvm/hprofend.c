/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dump that the JVM has finished ends in a record of its own, HEAP_DUMP_END (8 to 28): a tag, no
 * time, no length. One that met a full disk, or the end of its JVM, has none. HotSpot 8 to 28 write
 * it only when all before it could be written.
 */
#include "jvm/hprofend.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/slice.h"

static const char magic[] = "JAVA PROFILE 1.0.";
static const char end[9] = { 0x2c };

int hprof_is_whole(int fd)
{
	char first[sizeof(magic) - 1], last[sizeof(end)];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!st.st_size)
		return 0;
	if (pread(fd, first, sizeof(first), 0) != sizeof(first) ||
	    memcmp(first, magic, sizeof(first)) != 0)
		return -EINVAL;
	if (pread(fd, last, sizeof(last), st.st_size - (off_t)sizeof(last)) != sizeof(last))
		return 0;
	return !memcmp(last, end, sizeof(last));
}

bool hprof_is_part(const char *name)
{
	struct slice s = slice_of(name);
	size_t digits = 0;

	while (digits < s.len && s.ptr[s.len - 1 - digits] >= '0' &&
	       s.ptr[s.len - 1 - digits] <= '9')
		digits++;
	s.len -= digits;
	return digits && slice_ends(s, ".hprof.p");
}
