/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving memory back. MADV_DONTNEED on a private file mapping drops clean pages from our page
 * tables only; what was written (data, relocated constants) lies in segments that are left alone
 * here, since for those it would throw the contents away.
 */
#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include "launcher/slim.h"

/* What preparing used of the stack, at most: it has no deep recursion and no large arrays. */
#define STACK_USED (256 * 1024)

void slim_heap(void)
{
	(void)malloc_trim(0);
}

static void drop(uintptr_t from, uintptr_t to)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	from = (from + page - 1) & ~(page - 1);
	to &= ~(page - 1);
	if (from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
}

static void drop_code(void)
{
	const ElfW(Phdr) *ph = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	unsigned long n = getauxval(AT_PHNUM);
	uintptr_t base = 0, relro = 0;

	for (unsigned long i = 0; ph && i < n; i++) {
		if (ph[i].p_type == PT_PHDR)
			base = (uintptr_t)ph - ph[i].p_vaddr;
		if (ph[i].p_type == PT_GNU_RELRO)
			relro = ph[i].p_vaddr;
	}
	for (unsigned long i = 0; ph && i < n; i++) {
		if (ph[i].p_type != PT_LOAD || ph[i].p_flags & PF_W)
			continue;
		/* A linker may put relocated constants into a segment without PF_W. */
		if (relro >= ph[i].p_vaddr && relro < ph[i].p_vaddr + ph[i].p_memsz && relro)
			continue;
		drop(base + ph[i].p_vaddr, base + ph[i].p_vaddr + ph[i].p_memsz);
	}
}

void slim_pages(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	drop(here - STACK_USED, here - 4096);
	drop_code();
}
