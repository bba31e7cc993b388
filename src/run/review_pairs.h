/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_REVIEW_PAIRS_H
#define SCANDRIFT_RUN_REVIEW_PAIRS_H

#include "repo/changed.h"
#include "result/loosening.h"
#include "run/workspace.h"

/*
 * Which baselines a review looks at: those of the targets of both commits that are not the same
 * object in both. Told by ids alone; no file is read here. Targets that share a baseline and
 * everything that it is judged by are one group, however many they are.
 */

/* One commit of the two: a workspace that is of it, and its policies. */
struct review_side {
	struct workspace w;
	struct policies policies;
};

struct review_group {
	const size_t *members;
	size_t n;
};

struct review_pairs {
	/* By pair: the target by which the head's baseline is judged, as either side has it. */
	struct target *by_base, *by_head;
	const struct target **before; /* where the base's baseline stands; NULL: a new target */
	size_t count;
	/* Runs of `members`, indices of pairs, in the order of their first. */
	struct review_group *groups;
	size_t group_count;
};

/* `changed` is where the two commits differ. */
struct err *review_pairs_find(const struct review_side *base, const struct review_side *head,
			      const struct repo_changed *changed, struct arena *a,
			      struct review_pairs *out) MUST_USE;

#endif
