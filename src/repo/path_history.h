/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_PATH_HISTORY_H
#define SCANDRIFT_REPO_PATH_HISTORY_H

#include "repo/read.h"

/*
 * What stood at paths of a branch, newest first, along the first parents: for a question that
 * recent history mostly answers, of many paths at once.
 */

struct repo_past {
	const struct repo_commit *commit; /* that brought it; its time is "since" */
	const char *path;
	bool is_there;  /* a file; else nothing, or no file, stands at the path */
	bool is_oldest; /* nothing older is known: the root, or where a shallow clone ends */
	bool is_cut;    /* the latter: there is more, and not here */
};

/*
 * Called for the path at `i` with its state at the tip, then with those before it. *more is false
 * when no older one of this path is wanted; when none is of any path, the walk ends.
 */
typedef struct err *repo_past_take(void *ctx, size_t i, const struct repo_past *p, bool *more);

struct err *repo_walk_past(struct repo *r, const struct repo_commit *tip, const char *const *paths,
			   size_t count, repo_past_take *take, void *ctx) MUST_USE;

#endif
