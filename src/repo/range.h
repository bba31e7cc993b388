/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_RANGE_H
#define SCANDRIFT_REPO_RANGE_H

#include "repo/read.h"

/*
 * The commits that a review is about. They are found, or the error says what to fetch or to give;
 * nothing near them is ever taken instead.
 */

enum range_kind {
	RANGE_PROPOSAL, /* head is to be merged into base: the result of that is compared with base */
	RANGE_TREES,    /* two trees as they are */
	RANGE_QUEUE,    /* the same, but base must be an ancestor of head */
};

struct range_wish {
	enum range_kind kind;
	const char *named_by;    /* for messages: whose words these are; NULL: the user's */
	const char *base, *head; /* revisions; head NULL: HEAD */
	bool is_id;              /* both are full ids: no reference of that name is looked for */
	bool is_branch;          /* base is a branch's name, and its tip at the remote is meant */

	/*
	 * A commit that a CI system made of a branch and a proposal, and the proposal's own head.
	 * Where `merge` is checked out and is just that (two parents, the second being `proposal`),
	 * it is the head and its first parent the base, whatever the rest says. NULL: none was made.
	 */
	const char *merge, *proposal;
};

#define RANGE_ANCESTORS_MAX 16u

struct range {
	struct repo_commit base, head;
	/* The merge bases of a proposal. None: head is the result, as it is. */
	struct repo_commit ancestors[RANGE_ANCESTORS_MAX];
	size_t ancestor_count;
};

/*
 * "BASE..HEAD", "BASE...HEAD" and "BASE", which mean the same proposal; an empty side is HEAD, as in
 * git. What is not one of these is ERR_USAGE.
 */
struct err *range_parse(const char *text, struct arena *a, struct range_wish *out) MUST_USE;

/*
 * ERR_REPO where a commit, or what is needed to merge, is not in this clone, and where head is an
 * ancestor of base.
 */
struct err *range_find(struct repo *r, const struct range_wish *w, struct range *out) MUST_USE;

#endif
