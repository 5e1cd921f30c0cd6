/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two clocks, and UTC text made by arithmetic alone: glibc's gmtime_r opens the time zone
 * files at its first call, which must not happen in a supervisor that may sit in a broken root.
 */
#include "base/clock.h"

#include <stdio.h>

static uint64_t now(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return clock_ns(ts);
}

uint64_t clock_mono(void)
{
	return now(CLOCK_MONOTONIC);
}

uint64_t clock_real(void)
{
	return now(CLOCK_REALTIME);
}

struct utc {
	unsigned year, month, day, hour, minute, second, ms;
};

static struct utc utc_of(uint64_t real_ns)
{
	uint64_t secs = real_ns / NSEC_PER_SEC;
	unsigned tod = (unsigned)(secs % 86400);
	/* Days since 0000-03-01: with the leap day last, months have a closed form. 64 bits of
	 * nanoseconds end in 2554, so nothing here is negative or over four digits. */
	unsigned days = (unsigned)(secs / 86400) + 719468;
	unsigned era = days / 146097, doe = days % 146097;
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned march = (5 * doy + 2) / 153; /* months since March */
	unsigned month = march < 10 ? march + 3 : march - 9;

	return (struct utc){
		.year = era * 400 + yoe + (month <= 2),
		.month = month,
		.day = doy - (153 * march + 2) / 5 + 1,
		.hour = tod / 3600,
		.minute = tod / 60 % 60,
		.second = tod % 60,
		.ms = (unsigned)(real_ns % NSEC_PER_SEC / NSEC_PER_MSEC),
	};
}

void clock_stamp(uint64_t real_ns, char ret[static CLOCK_STAMP_LEN])
{
	struct utc t = utc_of(real_ns);

	snprintf(ret, CLOCK_STAMP_LEN, "%04u%02u%02uT%02u%02u%02uZ", t.year % 10000, t.month % 100,
		 t.day % 100, t.hour % 100, t.minute % 100, t.second % 100);
}

void clock_iso(uint64_t real_ns, char ret[static CLOCK_ISO_LEN])
{
	struct utc t = utc_of(real_ns);

	snprintf(ret, CLOCK_ISO_LEN, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", t.year % 10000,
		 t.month % 100, t.day % 100, t.hour % 100, t.minute % 100, t.second % 100,
		 t.ms % 1000);
}
