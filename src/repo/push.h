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
 * What the remote is owed: the commits of a branch that it lacks. Those of a record's branch are all
 * ours. Those of another are, where this program made them and they change nothing but `paths`.
 */
struct repo_owed {
	const char *ref; /* "refs/heads/main" */
	bool is_ours;    /* a branch of records, whose every commit this program made */
	bool is_record; /* each record counts, even if it equals the last; see repo_commit_request */
	const char **paths; /* unless is_ours */
	size_t path_count;
};

/*
 * Brings a branch of records up to the remote's; where both have grown, ours go on top of theirs. An
 * error when they have nothing in common, or when theirs changed what ours change. *is_there is false
 * where the remote has none; then nothing is done.
 */
struct err *repo_fetch_ours(struct repo *r, const char *remote, const struct repo_owed *owed,
			    struct arena *a, bool *is_there) MUST_USE;

struct repo_pushed {
	size_t count;             /* commits that the remote lacked */
	char hex[REPO_HEX_SIZE];  /* "", or the branch's tip there */
	const char *worktree_lag; /* NULL; or: pushed, but why this side could not follow */
};

/*
 * Fetches, compares, and pushes what the remote lacks. Where it has moved on, our commits go on top of
 * what it has now, if nobody there touched their paths, and again, a bounded number of times; this
 * side's branch then follows. On failure all commits stay as they are. Success means that the remote
 * has it.
 */
struct err *repo_push(struct repo *r, const char *remote, const struct repo_owed *owed,
		      struct arena *a, struct repo_pushed *out) MUST_USE;

#endif
