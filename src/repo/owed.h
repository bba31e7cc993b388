/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_OWED_H
#define SCANDRIFT_REPO_OWED_H

#include "repo/git.h"
#include "repo/push.h"

/* The commits of this side that the remote lacks, oldest first. Private to this folder. */
struct owed_list {
	git_oid *ids;
	size_t count, room;
};

/* `theirs` may be unborn: then all of them. To be freed after an error too. */
struct err *owed_find(struct repo *r, const struct repo_commit *tip,
		      const struct repo_commit *theirs, struct owed_list *out) MUST_USE;
void owed_free(struct owed_list *l);

/* Takes out of the list what `known` leads to. */
void owed_leave(struct repo *r, struct owed_list *l, const git_oid *known);

/* An error that names the commits that are not ours to push. */
struct err *owed_check(struct repo *r, const struct repo_owed *owed, const struct owed_list *l,
		       const char *remote) MUST_USE;

/* The list made again on top of `theirs`, without what is there already; on disk, on no branch. */
struct err *owed_replay(struct repo *r, const struct repo_owed *owed, const struct owed_list *l,
			const struct repo_commit *tip, const struct repo_commit *theirs,
			const char *remote, git_oid *out) MUST_USE;

#endif
