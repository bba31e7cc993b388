/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_HISTORY_H
#define SCANDRIFT_REPO_HISTORY_H

#include "repo/read.h"

/*
 * The one walk back through a branch, along the first parents of a commit: what was on the branch,
 * one state after the other, where a merge counts as the moment at which it brought the change. Times
 * are what the committers' clocks said: asserted, not proved.
 *
 * One walk follows any number of paths. A commit costs one look at its tree, and a folder that
 * changed one look at its entries, for all paths together.
 *
 * Each commit that is reported is checked against its id, and what the caller then reads from it is
 * checked as any read is. The commits and folders in between are compared by id alone.
 */

/* What is followed: a path, and where the same thing was under its former name. */
struct repo_trail {
	const char *path;
	const char *former; /* read where nothing is at `path`; NULL: there was no other name */
};

struct repo_past {
	struct repo_commit
		commit; /* that brought it; of the oldest state that is known, the oldest commit */
	unsigned parent_count;
	int64_t author_s;
	const char *path; /* the trail's path or its former one; NULL: nothing was there */
	bool is_oldest;   /* nothing older is known: the root, or where a shallow clone ends */
	bool is_cut;      /* the latter: the state may be older than its commit */
};

/*
 * Called for the trail at `i` with its state at the tip, then with those before it, the newest
 * first. *more is true; false ends this trail, and with the last trail the walk.
 */
typedef struct err *repo_past_take(void *ctx, size_t i, const struct repo_past *s, bool *more);

struct err *repo_walk(struct repo *r, const struct repo_commit *tip,
		      const struct repo_trail *trails, size_t count, repo_past_take *take,
		      void *ctx) MUST_USE;

/* The same of the branch as a whole: each commit is a state, with 0 as its trail and no path. */
struct err *repo_walk_commits(struct repo *r, const struct repo_commit *tip, repo_past_take *take,
			      void *ctx) MUST_USE;

/* The newest commit that is not younger than `when_s`. *found is false when there is none. */
struct err *repo_as_of(struct repo *r, const struct repo_commit *tip, int64_t when_s,
		       struct repo_commit *out, bool *found) MUST_USE;

/* What a commit says of itself; texts are any bytes but NUL, in the arena. */
struct repo_commit_words {
	const char *author, *email;
	const char *subject;  /* the message's first line */
	const char *baseline; /* its trailer Scandrift-Baseline, or NULL */
};

struct err *repo_read_words(struct repo *r, const struct repo_commit *c, struct arena *a,
			    struct repo_commit_words *out) MUST_USE;

/* Is `a` the same as, or an ancestor of, `b`? */
struct err *repo_is_within(struct repo *r, const struct repo_commit *a, const struct repo_commit *b,
			   bool *out) MUST_USE;

#endif
