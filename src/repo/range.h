/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_RANGE_H
#define SCANDRIFT_REPO_RANGE_H

#include "repo/read.h"

/*
 * The two commits that a review compares. They are found, or the error says what to fetch or to
 * give; nothing near them is ever taken instead.
 */

struct range_wish {
	const char *named_by;    /* for messages: whose words these are; NULL: the user's */
	const char *base, *head; /* revisions; head NULL: HEAD */
	bool is_id;              /* both are full ids: no reference of that name is looked for */
	bool is_branch;          /* base is a branch's name, looked for at the remote first */
	bool is_merge_base;      /* the base is where head left `base` */

	/*
	 * A commit that a CI system made of a branch and a proposal, and the proposal's own head.
	 * Where `merge` is here and is just that (two parents, the second being `proposal`), it is
	 * the head and its first parent the base, whatever the rest says. NULL: none was made.
	 */
	const char *merge, *proposal;
};

struct range {
	struct repo_commit base, head;
};

/*
 * "BASE..HEAD", "BASE...HEAD" (from their merge base), "BASE"; an empty side is HEAD, as in git.
 * What is not one of these is ERR_USAGE.
 */
struct err *range_parse(const char *text, struct arena *a, struct range_wish *out) MUST_USE;

/* History is walked for a merge base alone. ERR_REPO where a commit is not in this clone. */
struct err *range_find(struct repo *r, const struct range_wish *w, struct range *out) MUST_USE;

#endif
