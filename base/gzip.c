/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip as a stream between two descriptors; no other file knows zlib. Its defaults make a header
 * without time and name, so equal input gives equal bytes.
 *
 * Dropping a written page waits for the disk, so it happens a window at a time, not at each step.
 */
#include "base/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>
#include "base/file.h"

enum {
	STEP = 128 * 1024,
	WINDOW = 8 * 1024 * 1024,
	GZIP_ONLY = 15 + 16, /* zlib's windowBits: the largest window, in a gzip frame */
};

/* One end of the stream: where it stands and what of it is still in the page cache. */
struct end {
	int fd;
	off_t start; /* -1: a pipe */
	uint64_t bytes, kept;
	struct digest *digest;
	unsigned char *buf;
};

static int end_init(struct end *e, int fd, struct digest *digest)
{
	*e = (struct end){ .fd = fd, .start = lseek(fd, 0, SEEK_CUR), .digest = digest };
	e->buf = malloc(STEP);
	return e->buf ? 0 : -ENOMEM;
}

static void end_pass(struct end *e, size_t n)
{
	if (e->digest)
		digest_add(e->digest, e->buf, n);
	e->bytes += n;
	if (e->start >= 0 && e->bytes - e->kept >= WINDOW) {
		file_forget(e->fd, e->start + (off_t)e->kept, (off_t)(e->bytes - e->kept));
		e->kept = e->bytes;
	}
}

static void end_done(struct end *e)
{
	if (e->start >= 0 && e->bytes > e->kept)
		file_forget(e->fd, e->start + (off_t)e->kept, 0);
	freep(&e->buf);
}

static ssize_t end_read(struct end *e)
{
	ssize_t n;

	do
		n = read(e->fd, e->buf, STEP);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	end_pass(e, (size_t)n);
	return n;
}

static int end_write(struct end *e, size_t n)
{
	int r = file_write_all(e->fd, e->buf, n);

	if (!r)
		end_pass(e, n);
	return r;
}

static int squeeze(z_stream *z, struct end *in, struct end *out)
{
	ssize_t n;
	int r;

	do {
		n = end_read(in);
		if (n < 0)
			return (int)n;
		z->next_in = in->buf;
		z->avail_in = (uInt)n;
		do {
			z->next_out = out->buf;
			z->avail_out = STEP;
			deflate(z, n ? Z_NO_FLUSH : Z_FINISH);
			r = end_write(out, STEP - z->avail_out);
			if (r)
				return r;
		} while (!z->avail_out);
	} while (n);
	return 0;
}

int gzip_fd(int from, int to, int level, uint64_t *ret_in, uint64_t *ret_out,
	    struct digest *in_digest, struct digest *out_digest)
{
	z_stream z = { 0 };
	struct end in, out;
	int r = end_init(&in, from, in_digest);
	int r2 = end_init(&out, to, out_digest);

	if (!r)
		r = r2;
	if (!r) {
		switch (deflateInit2(&z, level, Z_DEFLATED, GZIP_ONLY, 8, Z_DEFAULT_STRATEGY)) {
		case Z_OK:
			r = squeeze(&z, &in, &out);
			deflateEnd(&z);
			break;
		case Z_MEM_ERROR:
			r = -ENOMEM;
			break;
		default:
			r = -EINVAL;
		}
	}
	*ret_in = in.bytes;
	*ret_out = out.bytes;
	end_done(&in);
	end_done(&out);
	return r;
}

/* Members may follow one another, as in what "cat a.gz b.gz" makes. */
static int expand(z_stream *z, struct end *in, struct end *out, uint64_t max)
{
	bool inside = true; /* a member has begun, or must */

	for (;;) {
		ssize_t n = end_read(in);

		if (n <= 0)
			return n < 0 ? (int)n : inside ? -EBADMSG : 0;
		z->next_in = in->buf;
		z->avail_in = (uInt)n;
		do {
			size_t got;
			int r;

			if (!inside && z->avail_in)
				inflateReset(z);
			z->next_out = out->buf;
			z->avail_out = STEP;
			r = inflate(z, Z_NO_FLUSH);
			if (r == Z_MEM_ERROR)
				return -ENOMEM;
			if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
				return -EBADMSG;
			inside = r != Z_STREAM_END;
			got = STEP - z->avail_out;
			if (got > max - out->bytes)
				return -EFBIG;
			r = end_write(out, got);
			if (r)
				return r;
		} while (z->avail_in || (inside && !z->avail_out));
	}
}

int gunzip_fd(int from, int to, uint64_t max, uint64_t *ret_out)
{
	z_stream z = { 0 };
	struct end in, out;
	int r = end_init(&in, from, NULL);
	int r2 = end_init(&out, to, NULL);

	if (!r)
		r = r2;
	if (!r && inflateInit2(&z, GZIP_ONLY) != Z_OK)
		r = -ENOMEM;
	if (!r) {
		r = expand(&z, &in, &out, max);
		inflateEnd(&z);
	}
	*ret_out = out.bytes;
	end_done(&in);
	end_done(&out);
	return r;
}
