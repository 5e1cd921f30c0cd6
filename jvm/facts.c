/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts record: from facts.def to the wire and back. The tag of an item is the id of its row;
 * tag 0 is the mark that a record starts with, so that any other file is refused at once.
 *
 * A record is a concatenation: parts are appended by processes that know nothing of each other, so
 * a mark may come again, and what comes later counts more.
 */
#include "jvm/facts.h"

#include <errno.h>
#include <stdlib.h>
#include "base/tlv.h"

#define MARK_TAG 0

static const char mark[] = "jvisor facts 1";

enum fact_type { FACT_UNKNOWN, FACT_IS_NUM, FACT_IS_STR, FACT_IS_LIST };

// clang-format off
static const uint16_t num_ids[FACT_NUM_COUNT] = {
#define FACT_NUM(id, name, doc) [FACT_##name] = id,
#define FACT_STR(id, name, doc)
#define FACT_LIST(id, name, doc)
#include "jvm/facts.def"
#undef FACT_NUM
#undef FACT_STR
};

static const uint16_t str_ids[FACT_STR_COUNT] = {
#define FACT_NUM(id, name, doc)
#define FACT_STR(id, name, doc) [FACT_##name] = id,
#include "jvm/facts.def"
#undef FACT_STR
#undef FACT_LIST
};

static const uint16_t list_ids[FACT_LIST_COUNT] = {
#define FACT_STR(id, name, doc)
#define FACT_LIST(id, name, doc) [FACT_##name] = id,
#include "jvm/facts.def"
#undef FACT_NUM
#undef FACT_STR
#undef FACT_LIST
};

/* By id. A number that is used twice does not compile (-Woverride-init). */
static const struct {
	uint8_t type; /* enum fact_type */
	uint8_t which;
} by_id[] = {
#define FACT_NUM(id, name, doc) [id] = { FACT_IS_NUM, FACT_##name },
#define FACT_STR(id, name, doc) [id] = { FACT_IS_STR, FACT_##name },
#define FACT_LIST(id, name, doc) [id] = { FACT_IS_LIST, FACT_##name },
#include "jvm/facts.def"
#undef FACT_NUM
#undef FACT_STR
#undef FACT_LIST
};
// clang-format on

_Static_assert(FACT_NUM_COUNT < 256 && FACT_STR_COUNT < 256, "by_id[].which holds them");

void facts_done(struct facts *f)
{
	for (int i = 0; i < FACT_STR_COUNT; i++)
		free(f->str[i]);
	for (int i = 0; i < FACT_LIST_COUNT; i++)
		strv_done(&f->list[i]);
	*f = (struct facts){ 0 };
}

void facts_begin(struct strbuf *out)
{
	tlv_put_str(out, MARK_TAG, mark);
}

void facts_put_num(struct strbuf *out, enum fact_num f, uint64_t v)
{
	tlv_put_u64(out, num_ids[f], v);
}

void facts_put_nums(struct strbuf *out, const struct fact_nums *n)
{
	for (int i = 0; i < FACT_NUM_COUNT; i++) {
		if (n->has[i])
			facts_put_num(out, (enum fact_num)i, n->v[i]);
	}
}

void facts_put_str(struct strbuf *out, enum fact_str f, const char *s)
{
	tlv_put_str(out, str_ids[f], s);
}

void facts_put_list(struct strbuf *out, enum fact_list f, const char *item)
{
	tlv_put_str(out, list_ids[f], item);
}

void facts_put(struct strbuf *out, const struct facts *f)
{
	facts_begin(out);
	facts_put_nums(out, &f->num);
	for (int i = 0; i < FACT_STR_COUNT; i++)
		facts_put_str(out, (enum fact_str)i, f->str[i]);
	for (int i = 0; i < FACT_LIST_COUNT; i++) {
		for (size_t k = 0; k < f->list[i].n; k++)
			facts_put_list(out, (enum fact_list)i, f->list[i].v[k]);
	}
}

static int take_num(struct facts *f, enum fact_num which, const struct tlv_item *item)
{
	uint64_t v;
	int r = tlv_u64(item, &v);

	if (!r)
		fact_set(&f->num, which, v);
	return r;
}

static int take_str(struct facts *f, enum fact_str which, struct slice text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	free(f->str[which]);
	f->str[which] = copy;
	return 0;
}

static int take_item(struct facts *f, const struct tlv_item *item)
{
	struct strv *list;
	int which;

	if (item->tag == MARK_TAG)
		return slice_eq(item->data, mark) ? 0 : -EBADMSG;
	if (item->tag >= ARRAY_SIZE(by_id))
		return 0;
	which = by_id[item->tag].which;
	if (by_id[item->tag].type == FACT_IS_NUM)
		return take_num(f, (enum fact_num)which, item);
	if (by_id[item->tag].type == FACT_UNKNOWN)
		return 0;
	if (slice_find(item->data, '\0') >= 0)
		return -EBADMSG;
	if (by_id[item->tag].type == FACT_IS_STR)
		return take_str(f, (enum fact_str)which, item->data);
	list = &f->list[which];
	if (list->n >= FACTS_LIST_MAX)
		return -EBADMSG;
	strv_push_slice(list, item->data);
	return list->err;
}

int facts_decode(struct slice record, struct facts *f)
{
	struct tlv_item item;
	int r;

	if (record.len > FACTS_MAX)
		return -EBADMSG;
	r = tlv_next(&record, &item);
	if (r != 1 || item.tag != MARK_TAG)
		return -EBADMSG;
	do {
		r = take_item(f, &item);
		if (r)
			return r;
	} while ((r = tlv_next(&record, &item)) > 0);
	return r;
}

int facts_add(struct facts *f, const struct facts *more)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;

	facts_put(&record, more);
	if (strbuf_error(&record))
		return strbuf_error(&record);
	return facts_decode((struct slice){ record.buf, record.len }, f);
}

int facts_set_str(struct facts *f, enum fact_str which, const char *s)
{
	if (s)
		return take_str(f, which, slice_of(s));
	free(f->str[which]);
	f->str[which] = NULL;
	return 0;
}
