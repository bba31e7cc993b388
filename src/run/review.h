/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_REVIEW_H
#define SCANDRIFT_RUN_REVIEW_H

#include "repo/merge.h"
#include "result/judge_review.h"
#include "run/policy_files.h"
#include "run/review_pairs.h"

/*
 * What a proposed change means, from commits alone: base is compared with the result of merging
 * head into it, so that what changed on base meanwhile is nobody's loosening and comes back by no
 * stale branch. The base's targets, policies and waivers judge, so that a proposal cannot allow
 * itself anything. No work tree is looked at, nothing is fetched, and no credential read.
 */
struct review {
	/* Set before anything else; `list` has the same arena. */
	const struct io *io;
	struct arena *arena;
	struct repo *repo;
	struct range range;
	uint64_t max_reply;
	struct budget budget;
	/* What the two commits hold. */
	struct repo_merge merge;
	struct review_side base, head; /* head: the result of the merge */
	struct unreadables unreadable; /* of the base */
	struct repo_changed changed;
	struct review_pairs pairs;
	/* What was found. */
	struct result r;
	struct loosenings list;
	struct review_rules rules;
};

/* review_sides.c: targets and policies of both sides of `range`, where the two differ, the pairs. */
struct err *review_open_sides(struct review *v) MUST_USE;

/* review_judge.c: all that the sides differ in, into `list` and `r`, which run_begin has made. */
struct err *review_judge(struct review *v) MUST_USE;
/* Which bytes each item of the list is about. */
struct err *review_identify(struct review *v) MUST_USE;

#endif
