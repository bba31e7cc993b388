/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_PLAIN_H
#define SCANDRIFT_JSON_PLAIN_H

#include <endian.h>
#include <string.h>

#include "base/str.h"

/*
 * The length of the run at the start of `s` that stands for itself in a JSON string: up to the
 * first quote, backslash or control character. Reader and writer spend most of their time here, so
 * it looks at eight bytes at once.
 */
static inline size_t json_plain_run(struct str s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	size_t i = 0;

	for (; s.n - i >= 8; i += 8) {
		uint64_t v, quote, slash, hit;

		memcpy(&v, s.p + i, 8);
		v = le64toh(v);
		quote = v ^ ones * '"';
		slash = v ^ ones * '\\';
		/*
		 * The high bit is set of a byte that was a quote, a backslash, or below 0x20. A
		 * borrow may set it in later bytes too, never in an earlier one: the lowest is right.
		 */
		hit = (((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
		       ((v - ones * 0x20) & ~v)) &
		      highs;
		if (hit)
			return i + (size_t)__builtin_ctzll(hit) / 8;
	}
	while (i < s.n && s.p[i] != '"' && s.p[i] != '\\' && (unsigned char)s.p[i] >= 0x20)
		i++;
	return i;
}

#endif
