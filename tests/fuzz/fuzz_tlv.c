/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a record. What the reader takes must be what the writer would have written: the
 * items, put again, are the same bytes as those that were read.
 */
#include <stdlib.h>
#include "base/tlv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size };
	_cleanup_strbuf_ struct strbuf again = STRBUF_INIT;
	struct tlv_item item;
	int r;

	while ((r = tlv_next(&rest, &item)) > 0) {
		uint64_t v;

		if (tlv_u64(&item, &v) == 0)
			tlv_put_u64(&again, item.tag, v);
		else
			tlv_put(&again, item.tag, item.data.ptr, item.data.len);
	}
	if (again.len != size - rest.len || (again.len && memcmp(again.buf, data, again.len)))
		abort();
	if (r == 0 && rest.len)
		abort();
	return 0;
}
