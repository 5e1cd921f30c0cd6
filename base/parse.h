/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"
#include "base/strbuf.h"

/* Values as a person writes them. All return 0, -EINVAL (not of this form) or -ERANGE, and
 * write *ret only on success. Surrounding blanks are not skipped. */

int parse_bool(struct slice s, bool *ret);	/* yes no true false on off 1 0, any case */
int parse_u64(struct slice s, uint64_t *ret);	/* decimal */
int parse_i64(struct slice s, int64_t *ret);	/* decimal, a sign allowed */
int parse_octal(struct slice s, unsigned *ret); /* 022, at most 07777 */
int parse_size(struct slice s,
	       uint64_t *ret); /* bytes; suffix k m g t (KiB...), b or ib after it */
int parse_duration(struct slice s, uint64_t *ret); /* ns; ms s m min h d, "1h 30m"; bare: seconds */
int parse_percent(struct slice s, unsigned *ret);  /* "10%", 0..100 */
int parse_signal(struct slice s, int *ret);	   /* TERM, SIGTERM, 15, RTMIN+3 */

/* "TERM", "RTMIN+3"; never NULL. The result is static or in buf. */
const char *signal_name(int sig, char buf[static 16]);

/* A short description: "segmentation fault", "killed". */
const char *signal_text(int sig);

/* net_bind_service, CAP_NET_BIND_SERVICE: its number. The name nearest to a wrong one, or NULL. */
int parse_capability(struct slice s, unsigned *ret);
const char *capability_nearest(struct slice s);

/* The names of a set, separated by commas; bit n is capability n. */
void capability_list(uint64_t set, struct strbuf *out);

/* The candidate that is nearest to text (edit distance at most a third of its length), or NULL:
 * for "did you mean". */
const char *parse_nearest(struct slice text, const char *const *candidates, size_t n);
