/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <unistd.h>

/* Attributes and the few macros that every layer uses. */

#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _must_check_	    __attribute__((warn_unused_result))
#define _unused_	    __attribute__((unused))
#define _cleanup_(fn)	    __attribute__((cleanup(fn)))

/* Runs between the start and the end of a JVM that is well. The linker puts such functions side by
 * side
 * (.text.hot), so that few pages of ours stay mapped in the waiting supervisor. */
#define _steady_ __attribute__((hot))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Takes the value out of a variable that a cleanup attribute owns. */
#define steal_ptr(p)                         \
	({                                   \
		__typeof__(p) _stolen = (p); \
		(p) = NULL;                  \
		_stolen;                     \
	})

static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

/* Closes and forgets; errno is left alone, so it may stand in an error path. */
void close_fd(int *fd);

#define _cleanup_close_ _cleanup_(close_fd)

void freep(void *p); /* frees what the pointer at p points to, and forgets it */

#define _cleanup_free_ _cleanup_(freep)
