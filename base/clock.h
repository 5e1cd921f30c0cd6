/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC  1000000000ULL
#define NSEC_PER_MSEC 1000000ULL

static inline uint64_t clock_ns(struct timespec t)
{
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

uint64_t clock_mono(void); /* CLOCK_MONOTONIC, ns */
uint64_t clock_real(void); /* CLOCK_REALTIME, ns */

#define CLOCK_STAMP_LEN 17 /* 20261122T031502Z and NUL */
#define CLOCK_ISO_LEN	25 /* 2026-11-22T03:15:02.123Z and NUL */

/* UTC, without allocation and without the time zone files (glibc's gmtime_r reads TZ and
 * /etc/localtime once, for leap seconds), so the supervisor may call it. */
void clock_stamp(uint64_t real_ns, char ret[static CLOCK_STAMP_LEN]);
void clock_iso(uint64_t real_ns, char ret[static CLOCK_ISO_LEN]);

/* Their inverses, of what the text begins with; 0: it is no such time. (strptime and timegm bring
 * the time zones into a static executable, 100 kB.) */
uint64_t clock_of_stamp(const char *text);
uint64_t clock_of_iso(const char *text);
