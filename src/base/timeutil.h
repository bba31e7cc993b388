/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_TIMEUTIL_H
#define SCANDRIFT_BASE_TIMEUTIL_H

#include "base/str.h"

/*
 * Times without a time zone database: seconds since 1970-01-01T00:00:00Z as int64_t, proleptic
 * Gregorian calendar, no leap seconds. Nothing here reads TZ, the locale or the clock, so a
 * verdict is the same in every time zone.
 */

struct civil {
	int64_t year;
	unsigned month, day, hour, minute, second;
};

struct civil time_to_civil(int64_t unix_s);
int64_t time_from_civil(struct civil c);

/* "2026-11-24T02:00:03Z", with "+08:00" or "-03:30" too; a fraction is cut off. */
bool time_parse_rfc3339(struct str s, int64_t *unix_s) MUST_USE;

#define TIME_TEXT_SIZE 32
/* "2026-11-24T02:00:03Z" */
const char *time_format_rfc3339(int64_t unix_s, char out[TIME_TEXT_SIZE]);
/* "2026-11-24", in UTC */
const char *time_format_date(int64_t unix_s, char out[TIME_TEXT_SIZE]);

/* "2024-10-29 17:10:00", the vendor's form, as if it were UTC. */
bool time_parse_vendor(struct str s, int64_t *unix_s) MUST_USE;

/* "2027-01-31": the first second of that day, UTC. */
bool time_parse_date(struct str s, int64_t *unix_s) MUST_USE;

/* "Tue, 24 Nov 2026 02:00:03 GMT", RFC 9110 section 5.6.7, the preferred form alone. */
bool time_parse_http(struct str s, int64_t *unix_s) MUST_USE;

/* "HH:MM" or "HH:MM:SS", 00:00:00 to 23:59:59: seconds since midnight. */
bool time_parse_clock(struct str s, unsigned *seconds) MUST_USE;
const char *time_format_clock(unsigned seconds, char out[TIME_TEXT_SIZE]);

/* "+08:00", "-03:30", "Z": seconds east of UTC, at most 14 hours. */
bool time_parse_zone(struct str s, int *east_s) MUST_USE;

/* "10s", "500ms", "2m": milliseconds; also digits alone, as seconds. */
bool time_parse_duration(struct str s, uint64_t max_ms, uint64_t *ms) MUST_USE;

#endif
