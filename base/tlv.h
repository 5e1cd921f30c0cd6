/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"
#include "base/strbuf.h"

/* The one wire format between our own processes: items of u16 tag, u32 length (both in host
 * order: it never leaves the machine), then the bytes, with no padding. A record is the
 * concatenation of items, so a writer adds to it with a plain append, later items of a tag
 * override earlier ones or, for lists, follow them; readers skip tags they do not know. The
 * bytes come from a file that another process may have written: the reader trusts no length. */

#define TLV_HEAD 6

void tlv_put(struct strbuf *out, uint16_t tag, const void *data, size_t len);
void tlv_put_str(struct strbuf *out, uint16_t tag,
		 const char *s); /* without its NUL; NULL: nothing */
void tlv_put_u64(struct strbuf *out, uint16_t tag, uint64_t v);

struct tlv_item {
	uint16_t tag;
	struct slice data;
};

/* Takes the next item off *rest: 1 an item, 0 the end, -EBADMSG a cut or impossible one. */
int tlv_next(struct slice *rest, struct tlv_item *ret);

/* -EBADMSG unless the item is 8 bytes. */
int tlv_u64(const struct tlv_item *item, uint64_t *ret);
