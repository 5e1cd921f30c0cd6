/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire format between our own processes. Nothing is aligned, so numbers go through memcpy;
 * and a length is compared with what is left, never added to a pointer first.
 */
#include "base/tlv.h"

#include <errno.h>

void tlv_put(struct strbuf *out, uint16_t tag, const void *data, size_t len)
{
	uint32_t len32 = (uint32_t)len;

	if (len != len32 && !out->err)
		out->err = -EMSGSIZE;
	strbuf_add(out, &tag, sizeof(tag));
	strbuf_add(out, &len32, sizeof(len32));
	strbuf_add(out, data, len);
}

void tlv_put_str(struct strbuf *out, uint16_t tag, const char *s)
{
	if (s)
		tlv_put(out, tag, s, strlen(s));
}

void tlv_put_u64(struct strbuf *out, uint16_t tag, uint64_t v)
{
	tlv_put(out, tag, &v, sizeof(v));
}

int tlv_next(struct slice *rest, struct tlv_item *ret)
{
	uint16_t tag;
	uint32_t len;

	if (!rest->len)
		return 0;
	if (rest->len < TLV_HEAD)
		return -EBADMSG;
	memcpy(&tag, rest->ptr, sizeof(tag));
	memcpy(&len, rest->ptr + sizeof(tag), sizeof(len));
	if (len > rest->len - TLV_HEAD)
		return -EBADMSG;
	*ret = (struct tlv_item){ .tag = tag, .data = { rest->ptr + TLV_HEAD, len } };
	*rest = slice_skip(*rest, TLV_HEAD + (size_t)len);
	return 1;
}

int tlv_u64(const struct tlv_item *item, uint64_t *ret)
{
	if (item->data.len != sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, item->data.ptr, sizeof(*ret));
	return 0;
}
