/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* SHA-256 as a stream; libmd does the work and is known only to digest.c. */
struct digest {
	uint64_t opaque[32]; /* digest.c asserts that libmd's context fits */
};

#define DIGEST_HEX 65

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t len);
void digest_hex(struct digest *d, char ret[static DIGEST_HEX]); /* ends it */

/* Of what is left of fd, dropping it from the page cache; *ret_bytes how much that was. */
int digest_fd(int fd, char ret[static DIGEST_HEX], uint64_t *ret_bytes);
