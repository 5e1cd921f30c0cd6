/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and opening the launch block. It comes from ourselves over a memfd nobody else has, so
 * it is trusted: the magic only tells a whole block from one that was cut. Offsets are 32
 * bits: a command line that the kernel takes is far below 4 GiB.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/file.h"
#include "jvm/paths.h"
#include "launcher/block.h"

/* A pid or a start number is at most this much longer than the %p or %n it replaces. */
#define HOLE_GROWTH 24

void block_begin(struct block_builder *b)
{
	*b = (struct block_builder){ 0 };
	strbuf_add(&b->data, &b->head, sizeof(b->head));
}

void block_builder_done(struct block_builder *b)
{
	strbuf_done(&b->data);
	strbuf_done(&b->holes);
}

static void align(struct strbuf *s)
{
	while (s->len % sizeof(uint64_t) && !strbuf_error(s))
		strbuf_putc(s, '\0');
}

uint32_t block_add_bytes(struct block_builder *b, const void *data, size_t len)
{
	uint32_t off;

	align(&b->data);
	off = (uint32_t)b->data.len;
	strbuf_add(&b->data, data, len);
	return off;
}

uint32_t block_add_str(struct block_builder *b, const char *s)
{
	uint32_t off = (uint32_t)b->data.len;

	if (!s)
		return 0;
	strbuf_add(&b->data, s, strlen(s) + 1);
	return off;
}

/* The template and, behind it, the place its text will have. */
static uint32_t add_hole(struct block_builder *b, const char *tmpl)
{
	size_t len = strlen(tmpl), growth = HOLE_GROWTH;
	struct block_hole hole;

	for (const char *p = tmpl; *p; p++)
		growth += *p == '%' ? HOLE_GROWTH : 0;
	hole.tmpl = block_add_str(b, tmpl);
	hole.place = (uint32_t)b->data.len;
	hole.size = (uint32_t)(len + growth);
	for (size_t i = 0; i < hole.size; i++)
		strbuf_putc(&b->data, '\0');
	strbuf_add(&b->holes, &hole, sizeof(hole));
	return hole.place;
}

uint32_t block_add_vec(struct block_builder *b, const char *first, char *const *v, const bool *tmpl)
{
	struct strbuf vec = STRBUF_INIT;
	uintptr_t off;
	uint32_t at;

	if (first) {
		off = block_add_str(b, first);
		strbuf_add(&vec, &off, sizeof(off));
	}
	for (size_t i = 0; v && v[i]; i++) {
		off = tmpl && tmpl[i] ? add_hole(b, v[i]) : block_add_str(b, v[i]);
		strbuf_add(&vec, &off, sizeof(off));
	}
	off = 0;
	strbuf_add(&vec, &off, sizeof(off));
	at = block_add_bytes(b, strbuf_str(&vec), vec.len);
	if (strbuf_error(&vec))
		b->data.err = strbuf_error(&vec);
	strbuf_done(&vec);
	return at;
}

int block_finish(struct block_builder *b, int memfd)
{
	b->head.holes = block_add_bytes(b, strbuf_str(&b->holes), b->holes.len);
	b->head.n_holes = (uint32_t)(b->holes.len / sizeof(struct block_hole));
	b->head.magic = BLOCK_MAGIC;
	b->head.size = b->data.len;
	if (strbuf_error(&b->holes))
		return strbuf_error(&b->holes);
	if (strbuf_error(&b->data))
		return strbuf_error(&b->data);
	if (b->data.len > UINT32_MAX)
		return -E2BIG;
	memcpy(b->data.buf, &b->head, sizeof(b->head));
	return file_write_all(memfd, b->data.buf, b->data.len);
}

static void relocate(struct block *b, uint32_t vec)
{
	uintptr_t *v = (uintptr_t *)((char *)b + vec);

	for (; vec && *v; v++)
		*v += (uintptr_t)b;
}

int block_open(int memfd, struct block **ret)
{
	struct block *b;
	struct stat st;

	if (fstat(memfd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size < sizeof(*b))
		return -EBADMSG;
	b = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, memfd, 0);
	if (b == MAP_FAILED)
		return -errno;
	if (b->magic != BLOCK_MAGIC || b->size != (uint64_t)st.st_size) {
		(void)munmap(b, (size_t)st.st_size);
		return -EBADMSG;
	}
	relocate(b, b->argv);
	relocate(b, b->envp);
	*ret = b;
	return 0;
}

void block_fill(struct block *b, long pid, unsigned run)
{
	const struct block_hole *hole = (const struct block_hole *)((const char *)b + b->holes);

	for (uint32_t i = 0; i < b->n_holes; i++) {
		struct strbuf out = { .buf = (char *)b + hole[i].place,
				      .cap = hole[i].size,
				      .fixed = true };

		path_fill(slice_of(block_str(b, hole[i].tmpl)), pid, run, &out);
	}
}
