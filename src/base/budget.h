/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_BUDGET_H
#define SCANDRIFT_BASE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How much memory may be made of bytes that nobody vouches for. Whatever allocates for them takes
 * from it first. A NULL budget is without limit.
 */
struct budget {
	size_t max, used;
	bool is_over; /* more was asked for than there is; stays so */
};

/* False: it is not there, and the caller fails as it does without memory. */
static inline bool budget_take(struct budget *b, size_t n)
{
	if (!b)
		return true;
	if (n > b->max - b->used) {
		b->is_over = true;
		return false;
	}
	b->used += n;
	return true;
}

static inline void budget_give(struct budget *b, size_t n)
{
	if (b)
		b->used -= n;
}

#endif
