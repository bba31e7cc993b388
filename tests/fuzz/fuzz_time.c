/* SPDX-License-Identifier: Apache-2.0 */
/* A time that was read is written in one form, and that form reads as the same time. */
#include <assert.h>
#include <string.h>

#include "base/timeutil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int64_t t)
{
	char text[TIME_TEXT_SIZE];
	int64_t again, day;

	assert(time_from_civil(time_to_civil(t)) == t);
	assert(time_parse_rfc3339(str_from(time_format_rfc3339(t, text)), &again) && again == t);
	assert(time_parse_date(str_from(time_format_date(t, text)), &day) && day <= t &&
	       t - day < 86400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	char text[TIME_TEXT_SIZE];
	unsigned clock, again;
	int64_t t;
	uint64_t ms;
	int east;

	if (time_parse_rfc3339(s, &t) || time_parse_vendor(s, &t) || time_parse_date(s, &t) ||
	    time_parse_http(s, &t))
		check(t);
	if (time_parse_clock(s, &clock))
		assert(time_parse_clock(str_from(time_format_clock(clock, text)), &again) &&
		       again == clock);
	if (time_parse_zone(s, &east))
		assert(east >= -14 * 3600 && east <= 14 * 3600);
	if (time_parse_duration(s, 5000, &ms))
		assert(ms <= 5000);
	return 0;
}
