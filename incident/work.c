/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done inside the sandbox. The answer goes through the same bounds as any other hostile
 * text: a job that was taken over by the file it read can lie about that file, and no more. So of
 * its facts only those are taken that an hs_err log may set.
 */
#include "incident/work.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/gzip.h"
#include "base/tlv.h"
#include "jvm/hserr.h"
#include "jvm/hserr_mask.h"

enum { WORK_ERRNO = 1, WORK_IN, WORK_OUT, WORK_SHA, WORK_WAS_GZIP, WORK_FACTS };

static const enum fact_num hs_err_nums[] = { FACT_HSERR_CAUSE, FACT_HSERR_SIGNAL,
					     FACT_HSERR_SI_CODE, FACT_HSERR_ADDRESS };
static const enum fact_str hs_err_strs[] = { FACT_HSERR_FRAME,	 FACT_HSERR_LIBRARY,
					     FACT_HSERR_THREAD,	 FACT_HSERR_REASON,
					     FACT_HSERR_VERSION, FACT_OOM_MESSAGE };

enum { STACK_MAX = 64, TEXT_MAX = 4096, CHUNK = 64 * 1024, LINE_MAX_BYTES = 4 * 1024 * 1024 };

static int set_slice(struct facts *f, enum fact_str which, struct slice s)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!s.len)
		return 0;
	if (s.len > TEXT_MAX)
		s.len = TEXT_MAX;
	strbuf_slice(&b, s);
	return strbuf_error(&b) ? strbuf_error(&b) : facts_set_str(f, which, b.buf);
}

bool work_hs_err(struct slice text, struct facts *ret)
{
	struct hserr h;

	if (!hserr_parse(text, &h))
		return false;
	const struct {
		enum fact_str which;
		struct slice text;
	} strs[] = {
		{ FACT_HSERR_FRAME, h.frame },	       { FACT_HSERR_LIBRARY, h.library },
		{ FACT_HSERR_THREAD, h.thread },       { FACT_HSERR_REASON, h.reason },
		{ FACT_HSERR_VERSION, h.jre_version }, { FACT_OOM_MESSAGE, h.oom_message },
	};
	fact_set(&ret->num, FACT_HSERR_CAUSE, h.cause);
	if (h.signal)
		fact_set(&ret->num, FACT_HSERR_SIGNAL, (uint64_t)h.signal);
	if (h.has_si_code)
		fact_set(&ret->num, FACT_HSERR_SI_CODE, (uint64_t)(int64_t)h.si_code);
	if (h.has_address)
		fact_set(&ret->num, FACT_HSERR_ADDRESS, h.address);
	for (size_t i = 0; i < ARRAY_SIZE(strs); i++)
		if (set_slice(ret, strs[i].which, strs[i].text))
			return false;
	for (unsigned i = 0; i < h.n_stack; i++)
		strv_push_slice(&ret->list[FACT_HSERR_STACK], h.stack[i]);
	return true;
}

int work_read_log(int fd, struct strbuf *ret)
{
	ssize_t n;

	if (!strbuf_reserve(ret, HSERR_LOOK_AT))
		return ret->err;
	n = file_read_start(fd, ret->buf, HSERR_LOOK_AT);
	if (n < 0)
		return (int)n;
	ret->len = (size_t)n;
	ret->buf[n] = '\0';
	return 0;
}

static int read_hs_err(const struct job *job, struct strbuf *record)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, facts = STRBUF_INIT;
	_cleanup_facts_ struct facts found = { 0 };
	int r = work_read_log(job->in, &text);

	if (r < 0)
		return r;
	if (!work_hs_err((struct slice){ text.buf, text.len }, &found))
		return -EBADMSG;
	facts_put(&facts, &found);
	tlv_put(record, WORK_FACTS, facts.buf, facts.len);
	return strbuf_error(&facts);
}

static bool is_gzip(int fd)
{
	unsigned char head[2] = { 0 };

	return pread(fd, head, sizeof(head), 0) == sizeof(head) && head[0] == 0x1f &&
	       head[1] == 0x8b;
}

static int pack(const struct job *job, struct strbuf *record)
{
	bool was_gzip = is_gzip(job->in);
	char sha[DIGEST_HEX] = "";
	uint64_t in = 0, out = 0;
	struct digest d;
	int r;

	if (job->out < 0 || was_gzip) {
		r = digest_fd(job->in, sha, &in);
	} else {
		digest_init(&d);
		r = gzip_fd(job->in, job->out, job->level, &in, &out, NULL, &d);
		digest_hex(&d, sha);
	}
	tlv_put_u64(record, WORK_IN, in);
	tlv_put_u64(record, WORK_OUT, out);
	tlv_put_u64(record, WORK_WAS_GZIP, was_gzip);
	tlv_put_str(record, WORK_SHA, sha);
	return r;
}

/* How much of it is whole lines. A line that is too long goes on in pieces, cut at a blank, so that
 * no name is cut. */
static size_t whole_lines(const struct strbuf *b)
{
	const char *end = b->len ? memrchr(b->buf, '\n', b->len) : NULL;

	if (!end && b->len >= LINE_MAX_BYTES)
		end = memrchr(b->buf, ' ', b->len);
	if (end)
		return (size_t)(end - b->buf) + 1;
	return b->len >= LINE_MAX_BYTES ? b->len : 0;
}

static void mask_lines(struct hserr_mask *m, struct slice text, struct strbuf *out)
{
	while (text.len) {
		ptrdiff_t end = slice_find(text, '\n');
		size_t len = end < 0 ? text.len : (size_t)end;

		hserr_mask_line(m, (struct slice){ text.ptr, len }, out);
		if (end >= 0)
			strbuf_putc(out, '\n');
		text = slice_skip(text, len + (end >= 0));
	}
}

static int mask_hs_err(const struct job *job, struct strbuf *record)
{
	_cleanup_strbuf_ struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;
	struct hserr_mask m = { .names = job->secrets };
	uint64_t bytes = 0;
	ssize_t n = 1;
	int r = 0;

	while (!r && n > 0) {
		size_t whole;

		if (!strbuf_reserve(&in, CHUNK))
			return in.err;
		n = read(job->in, in.buf + in.len, CHUNK);
		if (n < 0)
			return -errno;
		in.len += (size_t)n;
		whole = n ? whole_lines(&in) : in.len;
		strbuf_reset(&out);
		mask_lines(&m, (struct slice){ in.buf, whole }, &out);
		r = strbuf_error(&out) ? strbuf_error(&out)
				       : file_write_all(job->out, strbuf_str(&out), out.len);
		bytes += out.len;
		memmove(in.buf, in.buf + whole, in.len - whole);
		in.len -= whole;
	}
	tlv_put_u64(record, WORK_OUT, bytes);
	return r;
}

static int (*const works[JOB_KIND_COUNT])(const struct job *, struct strbuf *) = {
	[JOB_HS_ERR] = read_hs_err,
	[JOB_PACK] = pack,
	[JOB_MASK] = mask_hs_err,
};

int work_do(const struct job *job, struct strbuf *record)
{
	int r = works[job->kind](job, record);

	tlv_put_u64(record, WORK_ERRNO, (uint64_t)-r);
	return strbuf_error(record) ? strbuf_error(record) : r;
}

static bool is_sha(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.ptr[i]) || !s.ptr[i])
			return false;
	return s.len == DIGEST_HEX - 1;
}

static int take_facts(struct slice record, struct facts *ret)
{
	_cleanup_facts_ struct facts f = { 0 };
	const struct strv *stack = &f.list[FACT_HSERR_STACK];
	int r = facts_decode(record, &f);

	for (size_t i = 0; !r && i < ARRAY_SIZE(hs_err_nums); i++)
		if (f.num.has[hs_err_nums[i]])
			fact_set(&ret->num, hs_err_nums[i], f.num.v[hs_err_nums[i]]);
	for (size_t i = 0; !r && i < ARRAY_SIZE(hs_err_strs); i++)
		if (f.str[hs_err_strs[i]])
			r = set_slice(ret, hs_err_strs[i], slice_of(f.str[hs_err_strs[i]]));
	for (size_t i = 0; !r && i < stack->n && i < STACK_MAX; i++)
		strv_push(&ret->list[FACT_HSERR_STACK], stack->v[i]);
	return r ? r : ret->list[FACT_HSERR_STACK].err;
}

static int take_item(const struct tlv_item *item, uint64_t *code, struct job_result *ret)
{
	uint64_t flag;
	int r;

	switch (item->tag) {
	case WORK_ERRNO:
		return tlv_u64(item, code);
	case WORK_IN:
		return tlv_u64(item, &ret->in_bytes);
	case WORK_OUT:
		return tlv_u64(item, &ret->out_bytes);
	case WORK_WAS_GZIP:
		r = tlv_u64(item, &flag);
		ret->was_gzip = !r && flag;
		return r;
	case WORK_SHA:
		if (!is_sha(item->data))
			return -EBADMSG;
		memcpy(ret->sha256, item->data.ptr, item->data.len);
		return 0;
	case WORK_FACTS:
		return take_facts(item->data, &ret->facts);
	default:
		return -EBADMSG;
	}
}

int work_read(struct slice record, struct job_result *ret)
{
	uint64_t code = UINT64_MAX;
	struct tlv_item item;
	int r;

	while ((r = tlv_next(&record, &item)) > 0) {
		r = take_item(&item, &code, ret);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	return code > INT32_MAX ? -EBADMSG : (int)code;
}
