/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_INTEGER_H
#define SCANDRIFT_JSON_INTEGER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An integer of the API: from -2^63 to 2^64-1, every digit kept. Zero is never negative.
 */
struct integer {
	uint64_t magnitude;
	bool is_negative;
};

static inline int integer_compare(struct integer a, struct integer b)
{
	if (a.is_negative != b.is_negative)
		return a.is_negative ? -1 : 1;
	if (a.magnitude == b.magnitude)
		return 0;
	return (a.magnitude < b.magnitude) != a.is_negative ? -1 : 1;
}

static inline struct integer integer_from(uint64_t v)
{
	return (struct integer){v, false};
}

#endif
