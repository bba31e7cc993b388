/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_REVIEW_H
#define SCANDRIFT_RESULT_JUDGE_REVIEW_H

#include "result/judge_policy.h"
#include "result/loosening.h"

/*
 * A review: from the baseline of one commit to that of another, by the rules of the first. Nothing
 * is live. What the second commit's own rules find more is told as well, and its waivers settle
 * nothing but that.
 */

struct proposal {
	const struct target *target;      /* as the base has it; in the list of `by_base` */
	const struct target *head_target; /* the same as the head has it; in that of `by_head` */
	bool is_new;                      /* the base has no such target */
	struct baseline_side before, after;
	const struct str *names; /* of all targets that this is judged for, at least one */
	size_t name_count;
	const char *path_before; /* where the base has its baseline; NULL: where the head has it */
};

struct review_rules {
	struct policy_run *by_base, *by_head; /* by_head NULL: the policies are the same */
	struct loosenings *list;
};

/* Appends the proposal's row, its findings, and what it loosens. */
struct err *judge_proposal(struct result *r, const struct review_rules *by,
			   const struct proposal *p) MUST_USE;

/* A file of the base, no baseline, that says nothing since it cannot be read. */
struct err *judge_unreadable(struct result *r, struct loosenings *list, const char *path,
			     struct str why) MUST_USE;

/*
 * Gives every loosening, and the changes that are one, what was decided about the whole set, of
 * which r->review holds count, digest and what was approved; with `is_left` it is told alone.
 */
void review_settle(struct result *r, bool is_left);

#endif
