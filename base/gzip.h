/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "base/digest.h"

/* Compresses what is left of fd `from` into `to` as one gzip member (level 1..9), reading and
 * writing in 128 KiB steps and dropping both from the page cache as it goes
 * (posix_fadvise DONTNEED), so that collecting a 30 GiB dump does not push the service's
 * own files out of memory. Both digests may be NULL. The only file that knows zlib.
 * What was written stays there on an error; the counts then say how far it came. */
int gzip_fd(int from, int to, int level, uint64_t *ret_in, uint64_t *ret_out,
	    struct digest *in_digest, struct digest *out_digest);

/* Decompresses; at most max bytes of output (-EFBIG beyond). */
int gunzip_fd(int from, int to, uint64_t max, uint64_t *ret_out);
