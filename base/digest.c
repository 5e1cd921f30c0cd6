/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256, by libmd; no other file knows it. Its context lies in the caller's struct digest, so
 * that a digest costs no allocation.
 */
#include "base/digest.h"

#include <errno.h>
#include <sha2.h>
#include <stdalign.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/file.h"

_Static_assert(sizeof(SHA2_CTX) <= sizeof(struct digest), "libmd's context fits");
_Static_assert(alignof(SHA2_CTX) <= alignof(struct digest), "and is aligned");

static SHA2_CTX *context(struct digest *d)
{
	return (SHA2_CTX *)(void *)d->opaque;
}

void digest_init(struct digest *d)
{
	SHA256Init(context(d));
}

void digest_add(struct digest *d, const void *data, size_t len)
{
	SHA256Update(context(d), data, len);
}

void digest_hex(struct digest *d, char ret[static DIGEST_HEX])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_LENGTH];

	_Static_assert(DIGEST_HEX == 2 * sizeof(sum) + 1, "two digits a byte");
	SHA256Final(sum, context(d));
	for (size_t i = 0; i < sizeof(sum); i++) {
		ret[2 * i] = hex[sum[i] >> 4];
		ret[2 * i + 1] = hex[sum[i] & 15];
	}
	ret[DIGEST_HEX - 1] = '\0';
}

int digest_fd(int fd, char ret[static DIGEST_HEX], uint64_t *ret_bytes)
{
	enum { STEP = 128 * 1024, WINDOW = 8 * 1024 * 1024 };
	_cleanup_free_ char *buf = malloc(STEP);
	off_t start = lseek(fd, 0, SEEK_CUR); /* -1: a pipe, which has nothing to forget */
	uint64_t bytes = 0, kept = 0;
	struct digest d;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	digest_init(&d);
	while ((n = read(fd, buf, STEP))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		digest_add(&d, buf, (size_t)n);
		bytes += (uint64_t)n;
		if (start >= 0 && bytes - kept >= WINDOW) {
			file_forget(fd, start + (off_t)kept, (off_t)(bytes - kept));
			kept = bytes;
		}
	}
	if (start >= 0)
		file_forget(fd, start + (off_t)kept, 0);
	digest_hex(&d, ret);
	*ret_bytes = bytes;
	return 0;
}
