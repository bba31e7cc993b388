/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_CHANGED_H
#define SCANDRIFT_REPO_CHANGED_H

#include "repo/read.h"

/*
 * Where two commits differ, told by the ids of trees and files alone: what is the same object in
 * both is not looked into. A folder that only one of them has stands for all that is in it.
 */
struct repo_changed {
	const char **paths; /* in the arena, by their bytes */
	size_t count;
	bool is_all; /* too much to tell: anything may differ */
};

#define REPO_CHANGED_MAX       100000u /* paths */
#define REPO_CHANGED_TREES_MAX 20000u  /* looked into */

struct err *repo_find_changed(struct repo *r, const struct repo_commit *a,
			      const struct repo_commit *b, struct arena *arena,
			      struct repo_changed *out) MUST_USE;

/* Can there be something else at this path? A no is certain. */
bool repo_may_differ(const struct repo_changed *c, const char *path);

/* The same of a folder and everything in it; "" is in none. */
bool repo_may_differ_below(const struct repo_changed *c, const char *folder);

#endif
