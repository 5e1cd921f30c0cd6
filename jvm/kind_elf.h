/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What kind of program file this is. Any file may be given: nothing in it is trusted. */
enum elf_kind { ELF_NOT, ELF_PROGRAM, ELF_NATIVE_IMAGE };

enum elf_kind elf_look(int fd);

/* A piece of a file. */
struct elf_range {
	uint64_t offset, len;
};

/* The sections that hold constant texts (.rodata), at most max; 0: not known, look everywhere. */
size_t elf_strings(int fd, struct elf_range *ret, size_t max);
