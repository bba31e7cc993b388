/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_HISTORY_H
#define SCANDRIFT_REPO_HISTORY_H

#include "repo/read.h"

/*
 * When some paths changed, along the first parents of a commit: what stood on the branch, one state
 * after the other, a merge counting as the moment at which it brought the change. Times are what
 * the committers' clocks said: asserted, not proved.
 *
 * Every commit on the way is held to its id, and so is each tree and blob of an event; the trees in
 * between are compared by id alone.
 */

struct repo_event {
	struct repo_commit commit;
	int64_t author_s;
	const char *author, *email; /* as in the commit, any bytes but NUL; in the arena */
	const char *subject;        /* the message's first line */
	const char *baseline;       /* its trailer Scandrift-Baseline, or NULL */
	unsigned parent_count;
};

struct repo_history {
	struct repo_event *events; /* newest first */
	size_t count;
	bool is_cut; /* the clone is shallow: older commits are not here */
};

/*
 * The commits below and with `tip` in which what stands at any of the paths is not as before;
 * without paths, all.
 */
struct err *repo_history(struct repo *r, const struct repo_commit *tip, const char *const *paths,
			 size_t path_count, struct arena *a, struct repo_history *out) MUST_USE;

/* The newest commit that is not younger than `when_s`. *found is false when there is none. */
struct err *repo_as_of(struct repo *r, const struct repo_commit *tip, int64_t when_s,
		       struct repo_commit *out, bool *found) MUST_USE;

/* Is `a` the same as, or an ancestor of, `b`? */
struct err *repo_is_within(struct repo *r, const struct repo_commit *a, const struct repo_commit *b,
			   bool *out) MUST_USE;

#endif
