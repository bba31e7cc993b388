/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timeutil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define NO INT64_MIN /* refused */

typedef bool parse_fn(struct str s, int64_t *unix_s);

struct row {
	const char *text;
	int64_t want;
};

static void check(parse_fn *parse, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t got = NO;

		if (!parse(str_from(rows[i].text), &got))
			got = NO;
		if (got != rows[i].want)
			fail_msg("\"%s\": want %lld, got %lld", rows[i].text,
				 (long long)rows[i].want, (long long)got);
	}
}

static void test_rfc3339(void **state)
{
	static const struct row rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1969-12-31T23:59:59Z", -1},
		{"2000-02-29T12:00:00Z", 951825600},
		{"2024-02-29T23:59:59Z", 1709251199},
		{"2024-03-01T00:00:00Z", 1709251200},
		{"1900-02-28T00:00:00Z", -2203977600},
		{"2038-01-19T03:14:07Z", 2147483647},
		{"2038-01-19T03:14:08Z", 2147483648},
		{"2106-02-07T06:28:16Z", 4294967296},
		{"9999-12-31T23:59:59Z", 253402300799},
		{"0001-01-01T00:00:00Z", -62135596800},
		{"2026-11-24t02:00:03z", 1795485603},
		{"2026-11-24T10:00:03+08:00", 1795485603},
		{"2026-11-23T22:30:03-03:30", 1795485603},
		{"2026-11-24T02:00:03.5Z", 1795485603},
		{"2026-11-24T02:00:03.999999999999999999999Z", 1795485603},
		{"2026-11-24T02:00:03+00:00", 1795485603},
		{"2023-02-29T00:00:00Z", NO},
		{"1900-02-29T00:00:00Z", NO},
		{"2026-04-31T00:00:00Z", NO},
		{"2026-00-01T00:00:00Z", NO},
		{"2026-13-01T00:00:00Z", NO},
		{"2026-01-00T00:00:00Z", NO},
		{"2026-01-32T00:00:00Z", NO},
		{"0000-01-01T00:00:00Z", NO},
		{"2026-11-24T24:00:00Z", NO},
		{"2026-11-24T23:60:00Z", NO},
		{"2016-12-31T23:59:60Z", NO},
		{"2026-11-24T02:00:03", NO},
		{"2026-11-24 02:00:03Z", NO},
		{"2026-11-24T02:00:03.Z", NO},
		{"2026-11-24T02:00:03Z ", NO},
		{" 2026-11-24T02:00:03Z", NO},
		{"2026-11-24T02:00:03+0800", NO},
		{"2026-11-24T02:00:03+15:00", NO},
		{"2026-1-24T02:00:03Z", NO},
		{"+026-11-24T02:00:03Z", NO},
		{"-001-11-24T02:00:03Z", NO},
		{"10000-01-01T00:00:00Z", NO},
		{"0001-01-01T00:00:00+00:01", NO},
		{"9999-12-31T23:59:59-00:01", NO},
		{"2026-11-24", NO},
		{"", NO},
	};

	(void)state;
	check(time_parse_rfc3339, rows, ARRAY_LEN(rows));
}

static void test_vendor_and_date(void **state)
{
	static const struct row vendor[] = {
		{"2024-10-29 17:10:00", 1730221800}, {"0000-00-00 00:00:00", NO},
		{"2024-10-29T17:10:00", NO},         {"2024-10-29 17:10", NO},
		{"2024-10-29 17:10:00Z", NO},        {"", NO},
	};
	static const struct row date[] = {
		{"2027-01-31", 1801353600},
		{"2028-02-29", 1835395200},
		{"2027-02-29", NO},
		{"2027-1-31", NO},
		{"2027-01-31T", NO},
		{"27-01-31", NO},
		{"", NO},
	};

	(void)state;
	check(time_parse_vendor, vendor, ARRAY_LEN(vendor));
	check(time_parse_date, date, ARRAY_LEN(date));
}

static void test_http(void **state)
{
	static const struct row rows[] = {
		{"Tue, 24 Nov 2026 02:00:03 GMT", 1795485603},
		{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
		{"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
		{"Wed, 29 Feb 2023 00:00:00 GMT", NO},
		{"Tue, 31 Nov 2026 02:00:03 GMT", NO},
		{"Tue, 24 Nov 0000 02:00:03 GMT", NO},
		{"Tue, 24 nov 2026 02:00:03 GMT", NO},
		{"Tue, 24 anF 2026 02:00:03 GMT", NO},
		{"Tue, 24 Nov 2026 02:00:03 UTC", NO},
		{"Tue, 24-Nov-2026 02:00:03 GMT", NO},
		{"Sunday, 06-Nov-94 08:49:37 GMT", NO},
		{"Sun Nov  6 08:49:37 1994", NO},
		{"Tue, 24 Nov 2026 02:00:03 GMT ", NO},
		{"", NO},
	};

	(void)state;
	check(time_parse_http, rows, ARRAY_LEN(rows));
}

static void test_clock(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"00:00", "00:00:00"},    {"17:10", "17:10:00"},
		{"17:10:00", "17:10:00"}, {"23:59:59", "23:59:59"},
		{"24:00", NULL},          {"23:60", NULL},
		{"23:59:60", NULL},       {"7:10", NULL},
		{"17:1", NULL},           {"17:10:", NULL},
		{"17-10", NULL},          {"17:10:00 ", NULL},
		{"-1:10", NULL},          {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[TIME_TEXT_SIZE];
		unsigned seconds;
		bool taken = time_parse_clock(str_from(rows[i].text), &seconds);

		if (taken != (rows[i].want != NULL))
			fail_msg("\"%s\": %s", rows[i].text, taken ? "taken" : "refused");
		if (taken)
			assert_string_equal(time_format_clock(seconds, text), rows[i].want);
	}
}

static void test_zone(void **state)
{
	static const struct {
		const char *text;
		int want;
		bool taken;
	} rows[] = {
		{"+08:00", 28800, true}, {"-03:30", -12600, true}, {"Z", 0, true},
		{"z", 0, true},          {"+00:00", 0, true},      {"-00:00", 0, true},
		{"+14:00", 50400, true}, {"-14:00", -50400, true}, {"+14:01", 0, false},
		{"+05:60", 0, false},    {"08:00", 0, false},      {"+8:00", 0, false},
		{"+0800", 0, false},     {"+08", 0, false},        {"", 0, false},
		{"UTC", 0, false},       {"+08:00 ", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int east = 0;

		if (time_parse_zone(str_from(rows[i].text), &east) != rows[i].taken ||
		    east != rows[i].want)
			fail_msg("\"%s\": %d", rows[i].text, east);
	}
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
		bool taken;
	} rows[] = {
		{"10s", 10000, true},
		{"500ms", 500, true},
		{"2m", 120000, true},
		{"1h", 3600000, true},
		{"7", 7000, true},
		{"0", 0, true},
		{"3600s", 3600000, true},
		{"3601s", 0, false},
		{"61m", 0, false},
		{"18446744073709551616", 0, false},
		{"18446744073709551615h", 0, false},
		{"-1s", 0, false},
		{"1.5s", 0, false},
		{"s", 0, false},
		{"ms", 0, false},
		{"10 s", 0, false},
		{"10S", 0, false},
		{"10d", 0, false},
		{"", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t ms = 0;

		if (time_parse_duration(str_from(rows[i].text), 3600000, &ms) != rows[i].taken ||
		    ms != rows[i].want)
			fail_msg("\"%s\": %llu", rows[i].text, (unsigned long long)ms);
	}
	assert_false(time_parse_duration((struct str){NULL, 0}, 1, &(uint64_t){0}));
}

/* Every day from 1 to 9999, and the C library as a second opinion on a sample of them. */
static void test_calendar(void **state)
{
	struct civil last = {.year = 0, .month = 12, .day = 31};
	char text[TIME_TEXT_SIZE], want[TIME_TEXT_SIZE];
	size_t days = 0;

	(void)state;
	for (int64_t t = INT64_C(-62135596800); t < INT64_C(253402300800); t += 86400, days++) {
		struct civil c = time_to_civil(t);
		bool is_next = c.day == last.day + 1 && c.month == last.month;

		if (c.day == 1)
			is_next = c.month == last.month % 12 + 1 && last.day >= 28 &&
				  c.year == last.year + (c.month == 1);
		if (!is_next || time_from_civil(c) != t)
			fail_msg("%s", time_format_rfc3339(t, text));
		last = c;
		if (days % 97 == 0) {
			time_t sample = (time_t)(t + (int64_t)(days % 86400));
			struct tm tm;

			assert_non_null(gmtime_r(&sample, &tm));
			tm.tm_year += 1900;
			(void)snprintf(want, sizeof(want), "%04d-%02u-%02uT%02u:%02u:%02uZ",
				       tm.tm_year, (unsigned)tm.tm_mon % 12 + 1,
				       (unsigned)tm.tm_mday % 32, (unsigned)tm.tm_hour % 24,
				       (unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 60);
			assert_string_equal(time_format_rfc3339(sample, text), want);
			want[10] = '\0';
			assert_string_equal(time_format_date(sample, text), want);
		}
	}
	assert_int_equal(days, 3652059);
	assert_int_equal(last.year, 9999);
	/* Far outside nothing breaks. */
	(void)time_format_rfc3339(INT64_MIN, text);
	(void)time_format_rfc3339(INT64_MAX, text);
}

static void test_no_time_zone(void **state)
{
	char text[TIME_TEXT_SIZE];
	int64_t t;

	(void)state;
	assert_int_equal(setenv("TZ", "Asia/Shanghai", 1), 0);
	tzset();
	assert_true(time_parse_vendor(STR("2024-10-29 17:10:00"), &t));
	assert_int_equal(t, 1730221800);
	assert_string_equal(time_format_rfc3339(t, text), "2024-10-29T17:10:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3339),  cmocka_unit_test(test_vendor_and_date),
		cmocka_unit_test(test_http),     cmocka_unit_test(test_clock),
		cmocka_unit_test(test_zone),     cmocka_unit_test(test_duration),
		cmocka_unit_test(test_calendar), cmocka_unit_test(test_no_time_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
