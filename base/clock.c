/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two clocks, and UTC text made by arithmetic alone: glibc's gmtime_r opens the time zone
 * files at its first call, which must not happen in a supervisor that may sit in a broken root.
 */
#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/macro.h"

static _steady_ uint64_t now(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return clock_ns(ts);
}

_steady_ uint64_t clock_mono(void)
{
	return now(CLOCK_MONOTONIC);
}

_steady_ uint64_t clock_real(void)
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

/* The inverse of the above: days since the epoch of a day of March-based years. */
static uint64_t days_to(const struct utc *t)
{
	unsigned march = t->month > 2 ? t->month - 3 : t->month + 9;
	unsigned year = t->year - (t->month <= 2), era = year / 400, yoe = year % 400;
	unsigned doy = (153 * march + 2) / 5 + t->day - 1;

	return (uint64_t)era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool is_time(const struct utc *t)
{
	return t->year >= 1970 && t->year < 2554 && t->month >= 1 && t->month <= 12 &&
	       t->day >= 1 && t->day <= 31 && t->hour < 24 && t->minute < 60 && t->second < 60;
}

/* Letters of the form stand for digits of a field, all else for itself. */
static bool take_fields(const char *text, const char *form, struct utc *t)
{
	static const char letters[] = "YMDhmsu";
	unsigned *const fields[] = { &t->year,	 &t->month,  &t->day, &t->hour,
				     &t->minute, &t->second, &t->ms };

	for (; *form; form++, text++) {
		const char *letter = strchr(letters, *form);
		unsigned *field = letter ? fields[letter - letters] : NULL;

		if (field ? *text < '0' || *text > '9' : *text != *form)
			return false;
		if (field)
			*field = *field * 10 + (unsigned)(*text - '0');
	}
	return true;
}

static uint64_t parse(const char *text, const char *form)
{
	struct utc t = { 0 };

	if (!take_fields(text, form, &t) || !is_time(&t))
		return 0;
	return (days_to(&t) * 86400 + t.hour * 3600 + t.minute * 60 + t.second) * NSEC_PER_SEC +
	       t.ms * NSEC_PER_MSEC;
}

uint64_t clock_of_stamp(const char *text)
{
	return parse(text, "YYYYMMDDThhmmssZ");
}

uint64_t clock_of_iso(const char *text)
{
	return parse(text, "YYYY-MM-DDThh:mm:ss.uuuZ");
}
