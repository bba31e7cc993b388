/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timeutil.h"

#include <stdio.h>

#include "base/attr.h"

#define DAY        INT64_C(86400)
#define YEAR_1     INT64_C(-62135596800)
#define YEAR_10000 INT64_C(253402300800)

/* Days since 1970-01-01, by eras of 400 years that begin on 1 March. */
static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	int64_t era, doe;
	unsigned yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = (unsigned)(y - era * 400);
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	doe = (int64_t)yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

int64_t time_from_civil(struct civil c)
{
	int64_t seconds = (int64_t)c.hour * 3600 + (int64_t)c.minute * 60 + c.second;

	return days_from_civil(c.year, c.month, c.day) * DAY + seconds;
}

struct civil time_to_civil(int64_t unix_s)
{
	int64_t days = unix_s / DAY, rest = unix_s % DAY, era;
	unsigned doe, yoe, doy, mp;
	struct civil c;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = (unsigned)(days - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = doy - (153 * mp + 2) / 5 + 1;
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = (int64_t)yoe + era * 400 + (c.month <= 2);
	c.hour = (unsigned)(rest / 3600);
	c.minute = (unsigned)(rest / 60 % 60);
	c.second = (unsigned)(rest % 60);
	return c;
}

/* Exactly n digits at the front, which are taken off. */
static bool take_number(struct str *s, size_t n, unsigned *out)
{
	uint64_t v;

	if (s->n < n || !str_to_u64((struct str){s->p, n}, 9999, &v))
		return false;
	*out = (unsigned)v;
	s->p += n;
	s->n -= n;
	return true;
}

static bool take_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool is_leap(unsigned y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static bool is_date(const struct civil *c)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (c->year < 1 || c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	return c->day <=
	       days[c->month - 1] + (unsigned)(c->month == 2 && is_leap((unsigned)c->year));
}

static bool take_date(struct str *s, struct civil *c)
{
	unsigned year;

	if (!take_number(s, 4, &year) || !take_char(s, '-') || !take_number(s, 2, &c->month) ||
	    !take_char(s, '-') || !take_number(s, 2, &c->day))
		return false;
	c->year = year;
	return is_date(c);
}

static bool take_clock(struct str *s, struct civil *c)
{
	return take_number(s, 2, &c->hour) && take_char(s, ':') && take_number(s, 2, &c->minute) &&
	       take_char(s, ':') && take_number(s, 2, &c->second) && c->hour < 24 &&
	       c->minute < 60 && c->second < 60;
}

bool time_parse_zone(struct str s, int *east_s)
{
	unsigned hour, minute;
	int sign;

	if (str_is(s, "Z") || str_is(s, "z")) {
		*east_s = 0;
		return true;
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	sign = s.p[0] == '+' ? 1 : -1;
	s.p++;
	s.n--;
	if (!take_number(&s, 2, &hour) || !take_char(&s, ':') || !take_number(&s, 2, &minute))
		return false;
	if (minute > 59 || hour * 60 + minute > 14 * 60)
		return false;
	*east_s = sign * (int)(hour * 3600 + minute * 60);
	return true;
}

bool time_parse_rfc3339(struct str s, int64_t *unix_s)
{
	struct civil c;
	int64_t t;
	int east_s;

	if (!take_date(&s, &c) || !(take_char(&s, 'T') || take_char(&s, 't')) ||
	    !take_clock(&s, &c))
		return false;
	if (take_char(&s, '.')) {
		size_t digits = 0;

		while (s.n && s.p[0] >= '0' && s.p[0] <= '9') {
			s.p++;
			s.n--;
			digits++;
		}
		if (digits == 0)
			return false;
	}
	if (!time_parse_zone(s, &east_s))
		return false;
	t = time_from_civil(c) - east_s;
	/* With its zone it may fall out of the years that have a form in writing. */
	if (t < YEAR_1 || t >= YEAR_10000)
		return false;
	*unix_s = t;
	return true;
}

bool time_parse_vendor(struct str s, int64_t *unix_s)
{
	struct civil c;

	if (!take_date(&s, &c) || !take_char(&s, ' ') || !take_clock(&s, &c) || s.n)
		return false;
	*unix_s = time_from_civil(c);
	return true;
}

bool time_parse_date(struct str s, int64_t *unix_s)
{
	struct civil c = {0};

	if (!take_date(&s, &c) || s.n)
		return false;
	*unix_s = time_from_civil(c);
	return true;
}

bool time_parse_http(struct str s, int64_t *unix_s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = {0};
	unsigned year;

	if (s.n != 29 || s.p[3] != ',' || s.p[4] != ' ')
		return false;
	s.p += 5;
	s.n -= 5;
	if (!take_number(&s, 2, &c.day) || !take_char(&s, ' '))
		return false;
	for (unsigned m = 0; m < 12 && c.month == 0; m++) {
		if (str_eq((struct str){s.p, 3}, (struct str){months + (size_t)m * 3, 3}))
			c.month = m + 1;
	}
	s.p += 3;
	s.n -= 3;
	if (!take_char(&s, ' ') || !take_number(&s, 4, &year) || !take_char(&s, ' ') ||
	    !take_clock(&s, &c) || !str_is(s, " GMT"))
		return false;
	c.year = year;
	if (!is_date(&c))
		return false;
	*unix_s = time_from_civil(c);
	return true;
}

bool time_parse_clock(struct str s, unsigned *seconds)
{
	unsigned hour, minute, second = 0;

	if (s.n != 5 && s.n != 8)
		return false;
	if (!take_number(&s, 2, &hour) || !take_char(&s, ':') || !take_number(&s, 2, &minute))
		return false;
	if (s.n && (!take_char(&s, ':') || !take_number(&s, 2, &second)))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

const char *time_format_clock(unsigned seconds, char out[TIME_TEXT_SIZE])
{
	(void)snprintf(out, TIME_TEXT_SIZE, "%02u:%02u:%02u", seconds / 3600 % 24,
		       seconds / 60 % 60, seconds % 60);
	return out;
}

const char *time_format_rfc3339(int64_t unix_s, char out[TIME_TEXT_SIZE])
{
	struct civil c = time_to_civil(unix_s);

	(void)snprintf(out, TIME_TEXT_SIZE, "%04lld-%02u-%02uT%02u:%02u:%02uZ", (long long)c.year,
		       c.month, c.day, c.hour, c.minute, c.second);
	return out;
}

const char *time_format_date(int64_t unix_s, char out[TIME_TEXT_SIZE])
{
	struct civil c = time_to_civil(unix_s);

	(void)snprintf(out, TIME_TEXT_SIZE, "%04lld-%02u-%02u", (long long)c.year, c.month, c.day);
	return out;
}

bool time_parse_duration(struct str s, uint64_t max_ms, uint64_t *ms)
{
	static const struct {
		const char *suffix;
		uint64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"", 1000}};
	uint64_t v, total;

	for (size_t i = 0; s.n && i < ARRAY_LEN(units); i++) {
		struct str suffix = str_from(units[i].suffix);
		struct str number = {s.p, s.n - suffix.n};

		if (s.n < suffix.n || !str_eq((struct str){s.p + number.n, suffix.n}, suffix))
			continue;
		if (!str_to_u64(number, max_ms, &v) ||
		    __builtin_mul_overflow(v, units[i].ms, &total) || total > max_ms)
			return false;
		*ms = total;
		return true;
	}
	return false;
}
