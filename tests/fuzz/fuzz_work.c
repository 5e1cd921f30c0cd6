/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the answer of a job that was taken over: it sets nothing but what an hs_err log may
 * say.
 */
#include <stdlib.h>
#include "incident/work.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job_result r = { 0 };

	work_read((struct slice){ (const char *)data, size }, &r);
	for (int f = 0; f < FACT_NUM_COUNT; f++)
		if (r.facts.num.has[f] && (f < FACT_HSERR_CAUSE || f > FACT_HSERR_ADDRESS))
			abort();
	if (r.facts.str[FACT_STORE] || r.facts.str[FACT_CWD] || r.facts.str[FACT_HS_ERR_PATH] ||
	    r.facts.list[FACT_FILES].n || r.facts.list[FACT_EVIDENCE].n)
		abort();
	if (strlen(r.sha256) != 0 && strlen(r.sha256) != DIGEST_HEX - 1)
		abort();
	job_result_done(&r);
	return 0;
}
