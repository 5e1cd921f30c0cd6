/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* The record of one JVM's life (facts.def): what prepare decided, what the supervisor saw, what
 * the collector found. It is the body of a life file, what the supervisor hands to the collect
 * role, and what the collector keeps beside a digest that may have to be finished by somebody
 * else. Encoded it is a base/tlv record, so that adding a fact is an append, without memory. */

// clang-format off
enum fact_num {
#define FACT_NUM(id, name, doc) FACT_##name,
#define FACT_STR(id, name, doc)
#define FACT_LIST(id, name, doc)
#include "jvm/facts.def"
	FACT_NUM_COUNT,
#undef FACT_NUM
#undef FACT_STR
#undef FACT_LIST
};

enum fact_str {
#define FACT_NUM(id, name, doc)
#define FACT_STR(id, name, doc) FACT_##name,
#define FACT_LIST(id, name, doc)
#include "jvm/facts.def"
	FACT_STR_COUNT,
#undef FACT_NUM
#undef FACT_STR
#undef FACT_LIST
};

enum fact_list {
#define FACT_NUM(id, name, doc)
#define FACT_STR(id, name, doc)
#define FACT_LIST(id, name, doc) FACT_##name,
#include "jvm/facts.def"
	FACT_LIST_COUNT,
#undef FACT_NUM
#undef FACT_STR
#undef FACT_LIST
};
// clang-format on

/* Values of FACT_DUMP_NO_ROOM. */
enum { DUMP_NOT_ASKED = 1, DUMP_SKIPPED };

/* Numbers need no memory: the supervisor holds one of these. */
struct fact_nums {
	uint64_t v[FACT_NUM_COUNT];
	bool has[FACT_NUM_COUNT];
};

static inline void fact_set(struct fact_nums *n, enum fact_num f, uint64_t v)
{
	n->v[f] = v;
	n->has[f] = true;
}

static inline uint64_t fact_get(const struct fact_nums *n, enum fact_num f, uint64_t otherwise)
{
	return n->has[f] ? n->v[f] : otherwise;
}

struct facts {
	struct fact_nums num;
	char *str[FACT_STR_COUNT]; /* NULL: missing */
	struct strv list[FACT_LIST_COUNT];
};

void facts_done(struct facts *f);
#define _cleanup_facts_ _cleanup_(facts_done)

#define FACTS_MAX      (4 * 1024 * 1024) /* a record longer than this is refused */
#define FACTS_LIST_MAX 100000		 /* and one with more items in a list */

/* Encoding, also of parts: a record is any concatenation of these. No allocation when out is
 * fixed. facts_begin writes the mark that every record starts with. */
void facts_begin(struct strbuf *out);
void facts_put_num(struct strbuf *out, enum fact_num f, uint64_t v);
void facts_put_nums(struct strbuf *out, const struct fact_nums *n); /* all that are set */
void facts_put_str(struct strbuf *out, enum fact_str f, const char *s);
void facts_put_list(struct strbuf *out, enum fact_list f, const char *item);
void facts_put(struct strbuf *out, const struct facts *f); /* all of it, with the mark */

/* Adds the record to *f (which the caller has zeroed or filled before): numbers and texts override,
 * lists grow. 0, -EBADMSG for a cut, foreign or too large record (what was read until there stays),
 * -ENOMEM. Unknown ids are skipped. */
int facts_decode(struct slice record, struct facts *f);

/* Adds what more knows to *f, as if its record were decoded into it; -ENOMEM. */
int facts_add(struct facts *f, const struct facts *more);

/* NULL takes the fact away. -ENOMEM: it is as it was. */
int facts_set_str(struct facts *f, enum fact_str which, const char *s);
