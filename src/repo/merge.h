/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_MERGE_H
#define SCANDRIFT_REPO_MERGE_H

#include "repo/changed.h"
#include "repo/range.h"

/*
 * What merging head into base would give, path by path, told by the ids of trees and files alone. No
 * text is merged, no rename is looked for, no attribute or configuration is asked and nothing is
 * written: where both sides changed a file there is no result, and the error says to merge or rebase.
 */
struct repo_merge {
	const struct range *range;
	/* Where base differs from the one merge base; unused where there are more. */
	struct repo_changed theirs;
};

enum repo_side {
	REPO_SIDE_BASE,
	REPO_SIDE_HEAD,
	REPO_SIDE_BOTH, /* a folder that holds something of either */
};

/* `range` has ancestors and stays the caller's. */
struct err *repo_merge_new(struct repo *r, const struct range *range, struct arena *a,
			   struct repo_merge *out) MUST_USE;

/* Which side has what the result holds at this path, be it nothing. ERR_REPO where none has. */
struct err *repo_merge_side(struct repo *r, const struct repo_merge *m, const char *path,
			    enum repo_side *out) MUST_USE;

/* ERR_REPO unless each path that a review is about has a result. */
struct err *repo_merge_check(struct repo *r, const struct repo_merge *m, struct arena *a) MUST_USE;

/* Where the result may differ from base, of where head does. */
struct err *repo_merge_changed(struct repo *r, const struct repo_merge *m, struct arena *a,
			       struct repo_changed *out) MUST_USE;

#endif
