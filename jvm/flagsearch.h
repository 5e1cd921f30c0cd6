/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include "base/slice.h"

/* Which flags a libjvm.so knows, told by the strings in it, without starting it. The linker lets a
 * name share the tail of a longer one (OnError that of ShowMessageBoxOnError, in every build). */
enum flag_found { FLAG_ABSENT, FLAG_TAIL, FLAG_WHOLE };

#define FLAG_NAME_LOOK_AT 200 /* a longer name is absent */

/* All names in one pass over the file's strings (.rodata of an ELF file, else all of it). What
 * cannot be read knows none. */
void flagsearch(int fd, const char *const *names, size_t n, enum flag_found *ret);

/* The same, remembered in a small file `name` of the folder dirfd by the library's identity
 * (device, inode, size, both times). Read only where it is a regular file of our own that nobody
 * else may write; false when it does not answer for all names. */
bool flagcache_read(int dirfd, const char *name, const struct stat *library,
		    const char *const *names, size_t n, enum flag_found *ret);

/* The same of the file's text and a line that names the library. */
bool flagcache_parse(struct slice text, const char *library, const char *const *names, size_t n,
		     enum flag_found *ret);

/* Best effort; what it knows of other libraries is kept. */
void flagcache_write(int dirfd, const char *name, const struct stat *library,
		     const char *const *names, size_t n, const enum flag_found *found);
