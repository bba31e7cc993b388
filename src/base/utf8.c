/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>

#include "base/attr.h"

size_t utf8_decode(struct str s, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)s.p;
	uint32_t v, least;
	size_t n;

	if (s.n == 0)
		return 0;
	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] <= 0xdf) {
		n = 2;
		v = u[0] & 0x1f;
		least = 0x80;
	} else if ((u[0] & 0xf0) == 0xe0) {
		n = 3;
		v = u[0] & 0x0f;
		least = 0x800;
	} else if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		n = 4;
		v = u[0] & 0x07;
		least = 0x10000;
	} else {
		return 0;
	}
	if (s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (u[i] & 0x3f);
	}
	if (v < least || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return n;
}

size_t utf8_invalid_at(struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		uint64_t eight;
		uint32_t cp;
		size_t n;

		/* Nearly all of it is ASCII: eight bytes at a time. */
		if (s.n - at >= sizeof(eight)) {
			memcpy(&eight, s.p + at, sizeof(eight));
			if (!(eight & UINT64_C(0x8080808080808080))) {
				at += sizeof(eight);
				continue;
			}
		}
		n = utf8_decode((struct str){s.p + at, s.n - at}, &cp);
		if (n == 0)
			return at;
		at += n;
	}
	return s.n;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

struct str utf8_prefix(struct str valid, size_t max)
{
	if (valid.n <= max)
		return valid;
	while (max && ((unsigned char)valid.p[max] & 0xc0) == 0x80)
		max--;
	return (struct str){valid.p, max};
}

size_t utf8_count(struct str valid)
{
	size_t count = 0;

	for (size_t i = 0; i < valid.n; i++)
		count += ((unsigned char)valid.p[i] & 0xc0) != 0x80;
	return count;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	}
	return false;
}

/* Blocks of Unicode's EastAsianWidth.txt whose characters are W or F. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
	{0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
	{0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

static const struct range zero[] = {
	{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

size_t utf8_width(struct str valid)
{
	size_t width = 0, n;
	uint32_t cp;

	for (; (n = utf8_decode(valid, &cp)) != 0; valid.p += n, valid.n -= n) {
		if (in_ranges(cp, zero, ARRAY_LEN(zero)))
			continue;
		width += in_ranges(cp, wide, ARRAY_LEN(wide)) ? 2 : 1;
	}
	return width;
}
