/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as ECMAScript prints them, which RFC 8785 demands. Only unknown fields can hold a number
 * that is no integer, so this is right rather than fast.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/write.h"

/* d.ddd x 10^exponent */
struct decimal {
	char digits[20];
	size_t n;
	int exponent;
};

static double read_back(const struct decimal *d)
{
	char text[48];

	(void)snprintf(text, sizeof(text), "%.1s.%.*se%d", d->digits, (int)d->n - 1, d->digits + 1,
		       d->exponent);
	return strtod(text, NULL);
}

static void round_to(struct decimal *d, double v, int precision)
{
	char text[48];
	const char *e;

	(void)snprintf(text, sizeof(text), "%.*e", precision - 1, v);
	e = strchr(text, 'e');
	d->n = 0;
	for (const char *p = text; p < e; p++) {
		if (*p != '.')
			d->digits[d->n++] = *p;
	}
	d->exponent = (int)strtol(e + 1, NULL, 10);
}

/* The neighbour one unit of the last digit up or down; false where that needs a carry. */
static bool step(struct decimal *d, int by)
{
	char *last = &d->digits[d->n - 1];

	if ((by > 0 && *last == '9') || (by < 0 && *last == '0'))
		return false;
	*last = (char)(*last + by);
	return true;
}

/*
 * Below a power of two the doubles lie twice as dense as above it, so the nearest decimal of a
 * length may miss while its neighbour reads back.
 */
static bool neighbour_reads_back(struct decimal *d, double v)
{
	int exponent;

	if (frexp(v, &exponent) != 0.5)
		return false;
	for (int by = -1; by <= 1; by += 2) {
		struct decimal near = *d;

		if (step(&near, by) && read_back(&near) == v) {
			*d = near;
			return true;
		}
	}
	return false;
}

/* Below this the doubles lie at equal distances, and have fewer digits. */
#define SUBNORMAL 1e-290

/* Each digit more comes closer there, so the first precision that reads back can be searched. */
static int find_precision(struct decimal *d, double v)
{
	int low = 1, high = 17;

	while (low < high) {
		int middle = (low + high) / 2;

		round_to(d, v, middle);
		if (read_back(d) == v)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/*
 * A decimal of up to DBL_DIG digits comes back from a double when that is rounded to as many, so
 * fewer than 16 need one try.
 */
static void shortest(struct decimal *d, double v)
{
	if (v < SUBNORMAL) {
		round_to(d, v, find_precision(d, v));
	} else {
		for (int precision = DBL_DIG; precision <= 17; precision++) {
			round_to(d, v, precision);
			if (read_back(d) == v || neighbour_reads_back(d, v))
				break;
		}
	}
	while (d->n > 1 && d->digits[d->n - 1] == '0')
		d->n--;
}

/* Behind the 'e'; more than any double has is the same to the caller. */
static int exponent_of(const char *p, const char *end)
{
	bool is_negative = *p == '-';
	int v = 0;

	for (p += *p == '-' || *p == '+'; p < end && v < 10000; p++)
		v = v * 10 + (*p - '0');
	return is_negative ? -v : v;
}

/* One digit more; false when it is one too many. Zeros count when another digit comes. */
static bool add_digit(struct decimal *d, char c, size_t *zeros)
{
	if (c == '0') {
		++*zeros;
		return true;
	}
	if (d->n + *zeros >= DBL_DIG)
		return false;
	for (; *zeros; --*zeros)
		d->digits[d->n++] = '0';
	d->digits[d->n++] = c;
	return true;
}

/*
 * The digits as they are written, where those are the shortest: up to DBL_DIG of them, of a number
 * well inside the range of a double. Most numbers are like this, and need no printf.
 */
static bool from_text(struct decimal *d, struct str text)
{
	const char *end = text.p + text.n;
	bool is_fraction = false;
	size_t pending = 0;
	int before = 0; /* digits before the point, from the first that is not 0 */

	d->n = 0;
	d->exponent = 0;
	for (const char *p = text.p + (text.p[0] == '-'); p < end; p++) {
		if (*p == '.') {
			is_fraction = true;
		} else if (*p == 'e' || *p == 'E') {
			d->exponent = exponent_of(p + 1, end);
			break;
		} else if (d->n == 0 && *p == '0') {
			before -= is_fraction;
		} else {
			before += !is_fraction;
			if (!add_digit(d, *p, &pending))
				return false;
		}
	}
	d->exponent += before - 1;
	return d->n && abs(d->exponent) < 290;
}

static void zeros(struct buf *b, int n)
{
	for (int i = 0; i < n; i++)
		buf_char(b, '0');
}

static void put_exponent(struct buf *b, const struct decimal *d)
{
	buf_char(b, d->digits[0]);
	if (d->n > 1) {
		buf_char(b, '.');
		buf_add(b, d->digits + 1, d->n - 1);
	}
	buf_puts(b, d->exponent < 0 ? "e-" : "e+");
	buf_u64(b, (uint64_t)abs(d->exponent));
}

static void put_decimal(struct buf *b, const struct decimal *d)
{
	int point = d->exponent + 1; /* digits before the point */

	if (point > 21 || point < -5) {
		put_exponent(b, d);
	} else if (point <= 0) {
		buf_puts(b, "0.");
		zeros(b, -point);
		buf_add(b, d->digits, d->n);
	} else if ((size_t)point >= d->n) {
		buf_add(b, d->digits, d->n);
		zeros(b, point - (int)d->n);
	} else {
		buf_add(b, d->digits, (size_t)point);
		buf_char(b, '.');
		buf_add(b, d->digits + point, d->n - (size_t)point);
	}
}

void json_put_number(struct buf *b, struct str text, double v, enum json_style style)
{
	/* -2^63 itself would be printed as -9223372036854776000. */
	bool is_beyond = v >= 0x1p64 || v <= -0x1p63;
	struct decimal d;

	if (v == 0) {
		buf_char(b, '0');
		return;
	}
	if (v < 0)
		buf_char(b, '-');
	if (!from_text(&d, text))
		shortest(&d, fabs(v));
	if (is_beyond && style == JSON_LINE)
		put_exponent(b, &d);
	else
		put_decimal(b, &d);
}
