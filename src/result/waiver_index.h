/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_WAIVER_INDEX_H
#define SCANDRIFT_RESULT_WAIVER_INDEX_H

#include "policy/policy.h"

/*
 * Which waiver of one commit lets pass what a waiver of another does. A file may have tens of
 * thousands on each side, so none is compared with all the others: they are sorted by rule, target
 * and value. The comparisons that this cannot save have one budget for the whole index. What it
 * does not reach is not shown to be covered, which is told as a loosening.
 */
struct waiver_index {
	struct arena *a;
	struct waiver_grant *grants; /* by rule, target, value; those that end last come first */
	size_t grant_count;
	struct waiver_names *by_name; /* by policy, name, kind */
	size_t name_count;
	size_t steps_left;
};

struct err *waiver_index_new(struct arena *a, const struct policies *all,
			     struct waiver_index *out) MUST_USE;

/*
 * Does one of the index let pass all that `w` does? Where none does, *was is the one that it was:
 * of this name in this policy, for this rule. NULL: there was none.
 */
struct err *waiver_index_covers(struct waiver_index *ix, const struct waiver *w,
				const struct waiver **was, bool *is_covered) MUST_USE;

/* Does `other` hold for the value of `w` as well? */
struct err *waiver_index_has_pin(struct waiver_index *ix, const struct waiver *w,
				 const struct waiver *other, bool *out) MUST_USE;

#endif
