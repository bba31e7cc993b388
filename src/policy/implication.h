/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_IMPLICATION_H
#define SCANDRIFT_POLICY_IMPLICATION_H

#include "policy/assertion.h"

/*
 * Is one conjunction of assertions at least as strict as another? Pure logic over what they say; no
 * config is looked at.
 */

enum implied_of {
	IMPLIED_ASSERT, /* a null fails, unless the assertion is about null */
	IMPLIED_WHEN,   /* an assertion that hangs on a null lets the rule apply */
};

/*
 * *lost is the first of `b` that is not shown to be so wherever all of `a` are; NULL: each is. All
 * are of one resource. Errors are of memory.
 */
struct err *assertions_imply(struct arena *arena, enum implied_of what, const struct assertion *a,
			     size_t a_count, const struct assertion *b, size_t b_count,
			     const struct assertion **lost) MUST_USE;

#endif
