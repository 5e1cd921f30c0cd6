/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What kind of program file this is. Any file may be given: nothing in it is trusted. */
enum elf_kind { ELF_NOT, ELF_PROGRAM, ELF_NATIVE_IMAGE };

enum elf_kind elf_look(int fd);
