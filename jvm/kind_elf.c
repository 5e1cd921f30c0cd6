/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells a program made by GraalVM's native-image from other programs: it holds its heap in a
 * section named .svm_heap.
 *
 * Only files of this machine's own word size and byte order are looked into: no other one could be
 * the java that is started here. Every offset comes from the file and is read with pread at most
 * once, so a hostile file costs a few short reads and no more.
 */
#include "jvm/kind_elf.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "base/macro.h"

#define SECTIONS_MAX 128
#define NAMES_MAX    4096

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_DATA ELFDATA2LSB
#else
#define NATIVE_DATA ELFDATA2MSB
#endif
#define NATIVE_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

static ssize_t read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	if (offset > INT64_MAX - len)
		return -1;
	return pread(fd, buf, len, (off_t)offset);
}

static bool has_svm_heap(int fd, const ElfW(Ehdr) * head)
{
	static const char wanted[] = ".svm_heap";
	ElfW(Shdr) sections[SECTIONS_MAX];
	size_t n = head->e_shnum, len = n * sizeof(sections[0]);
	char names[NAMES_MAX];
	ssize_t got;

	if (!n || n > SECTIONS_MAX || head->e_shstrndx >= n ||
	    head->e_shentsize != sizeof(sections[0]) ||
	    read_at(fd, sections, len, head->e_shoff) != (ssize_t)len)
		return false;
	got = read_at(fd, names, sizeof(names), sections[head->e_shstrndx].sh_offset);
	for (size_t i = 0; got > 0 && i < n; i++) {
		size_t at = sections[i].sh_name;

		if (at < (size_t)got && (size_t)got - at >= sizeof(wanted) &&
		    !memcmp(names + at, wanted, sizeof(wanted)))
			return true;
	}
	return false;
}

enum elf_kind elf_look(int fd)
{
	ElfW(Ehdr) head;

	if (read_at(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return ELF_NOT;
	if (head.e_ident[EI_CLASS] != NATIVE_CLASS || head.e_ident[EI_DATA] != NATIVE_DATA)
		return ELF_PROGRAM;
	return has_svm_heap(fd, &head) ? ELF_NATIVE_IMAGE : ELF_PROGRAM;
}
