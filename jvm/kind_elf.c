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

/* The section table, and the names in it. */
struct sections {
	ElfW(Shdr) v[SECTIONS_MAX];
	size_t n;
	char names[NAMES_MAX];
	size_t names_len;
};

static bool read_sections(int fd, const ElfW(Ehdr) * head, struct sections *ret)
{
	size_t n = head->e_shnum, len = n * sizeof(ret->v[0]);
	ssize_t got;

	if (!n || n > SECTIONS_MAX || head->e_shstrndx >= n ||
	    head->e_shentsize != sizeof(ret->v[0]) ||
	    read_at(fd, ret->v, len, head->e_shoff) != (ssize_t)len)
		return false;
	got = read_at(fd, ret->names, sizeof(ret->names), ret->v[head->e_shstrndx].sh_offset);
	ret->n = n;
	ret->names_len = got > 0 ? (size_t)got : 0;
	return true;
}

/* Its name begins with these len bytes; with the NUL among them: is this name. */
static bool is_named(const struct sections *s, size_t i, const char *name, size_t len)
{
	size_t at = s->v[i].sh_name;

	return at < s->names_len && s->names_len - at >= len && !memcmp(s->names + at, name, len);
}

static bool has_svm_heap(int fd, const ElfW(Ehdr) * head)
{
	static const char wanted[] = ".svm_heap";
	struct sections s;
	bool found = false;

	if (!read_sections(fd, head, &s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		found |= is_named(&s, i, wanted, sizeof(wanted));
	return found;
}

static bool is_native(int fd, ElfW(Ehdr) * head)
{
	return read_at(fd, head, sizeof(*head), 0) == (ssize_t)sizeof(*head) &&
	       !memcmp(head->e_ident, ELFMAG, SELFMAG) && head->e_ident[EI_CLASS] == NATIVE_CLASS &&
	       head->e_ident[EI_DATA] == NATIVE_DATA;
}

size_t elf_strings(int fd, struct elf_range *ret, size_t max)
{
	static const char wanted[] = ".rodata";
	ElfW(Ehdr) head;
	struct sections s = { .n = 0 };
	size_t n = 0;

	if (!is_native(fd, &head) || !read_sections(fd, &head, &s))
		return 0;
	for (size_t i = 0; i < s.n && n < max; i++)
		if (s.v[i].sh_type == SHT_PROGBITS && is_named(&s, i, wanted, sizeof(wanted) - 1))
			ret[n++] = (struct elf_range){ s.v[i].sh_offset, s.v[i].sh_size };
	return n;
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
