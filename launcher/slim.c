/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving memory back. MADV_DONTNEED on a private file mapping drops clean pages from our page
 * tables only; what was written (data, relocated constants) lies in segments that are left alone
 * here, since for those it would throw the contents away.
 */
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/macro.h"
#include "launcher/slim.h"

/* What preparing used of the stack, at most: it has no deep recursion and no large arrays. */
#define STACK_USED (256 * 1024)

void slim_heap(void)
{
	(void)malloc_trim(0);
}

static _steady_ void drop(uintptr_t from, uintptr_t to)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	from = (from + page - 1) & ~(page - 1);
	to &= ~(page - 1);
	if (from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
}

#define SEGMENTS 8

/* Code and constants of one loaded object, ours or a library's. The headers lie in its first
 * segment: all is read before the first one goes. */
static _steady_ int drop_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct {
		uintptr_t from, to;
	} segment[SEGMENTS];
	uintptr_t relro = 0;
	int n = 0;

	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO)
			relro = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
	for (int i = 0; i < info->dlpi_phnum && n < SEGMENTS; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + ph->p_vaddr, to = from + ph->p_memsz;

		if (ph->p_type != PT_LOAD || ph->p_flags & PF_W)
			continue;
		if (relro >= from && relro < to) /* relocated constants, by some linkers */
			continue;
		segment[n].from = from;
		segment[n++].to = to;
	}
	while (n--)
		drop(segment[n].from, segment[n].to);
	return 0;
}

_steady_ void slim_pages(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	drop(here - STACK_USED, here - 4096);
	(void)dl_iterate_phdr(drop_object, NULL);
}
