/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_PUSH_H
#define SCANDRIFT_REPO_PUSH_H

#include "repo/commit.h"

/*
 * The remote side, by `git push` and `git fetch`: helpers, headers, proxies and ssh are git's own.
 * Never forced. Objects and references of this side are written here.
 */

/* Before anything is written: git is there. *remote, where NULL, becomes the one to use. */
struct err *repo_push_check(struct repo *r, const char *ref, struct arena *a,
			    const char **remote) MUST_USE;

/*
 * Brings one of our own references up to the remote's; one that is ahead of it stays. An error when
 * they have parted. *is_there is false where the remote has none; then nothing is done.
 */
struct err *repo_fetch_ours(struct repo *r, const char *remote, const char *ref, struct arena *a,
			    bool *is_there) MUST_USE;

/*
 * Pushes the commit that `done` tells of. Where the remote has moved on, the changes go on top of
 * what it has now, if nobody there touched their paths, and again, a bounded number of times; this
 * side's branch then follows, see worktree_lag. On failure the commit stays as it is.
 */
struct err *repo_push(struct repo *r, const char *remote, const struct repo_commit_request *req,
		      struct arena *a, struct repo_commit_result *done) MUST_USE;

#endif
