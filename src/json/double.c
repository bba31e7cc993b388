/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as ECMAScript prints them, which RFC 8785 demands. Only unknown fields can hold a number
 * that is no integer, so this is right rather than fast.
 */
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

static void shortest(struct decimal *d, double v)
{
	for (int precision = 1; precision <= 17; precision++) {
		round_to(d, v, precision);
		if (read_back(d) == v || neighbour_reads_back(d, v))
			break;
	}
	while (d->n > 1 && d->digits[d->n - 1] == '0')
		d->n--;
}

static void zeros(struct buf *b, int n)
{
	for (int i = 0; i < n; i++)
		buf_char(b, '0');
}

void json_put_double(struct buf *b, double v)
{
	struct decimal d;
	int point; /* digits before the point */

	if (v == 0) {
		buf_char(b, '0');
		return;
	}
	if (v < 0) {
		buf_char(b, '-');
		v = -v;
	}
	shortest(&d, v);
	point = d.exponent + 1;
	if (point > 21 || point < -5) {
		buf_char(b, d.digits[0]);
		if (d.n > 1) {
			buf_char(b, '.');
			buf_add(b, d.digits + 1, d.n - 1);
		}
		buf_printf(b, "e%c%d", d.exponent < 0 ? '-' : '+', abs(d.exponent));
	} else if (point <= 0) {
		buf_puts(b, "0.");
		zeros(b, -point);
		buf_add(b, d.digits, d.n);
	} else if ((size_t)point >= d.n) {
		buf_add(b, d.digits, d.n);
		zeros(b, point - (int)d.n);
	} else {
		buf_add(b, d.digits, (size_t)point);
		buf_char(b, '.');
		buf_add(b, d.digits + point, d.n - (size_t)point);
	}
}
