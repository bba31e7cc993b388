/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_COMMIT_H
#define SCANDRIFT_REPO_COMMIT_H

#include "repo/read.h"

/*
 * One commit on a branch, which holds the tip's tree with some paths replaced. Nobody else's commit
 * is ever lost: the branch moves by compare-and-swap. Objects and reference are on disk before
 * success is said. Where the branch is checked out, index and work tree follow at those paths and
 * nowhere else.
 */

struct repo_change {
	const char *path;
	struct str bytes; /* what the blob will hold */
	bool is_delete;
};

struct repo_commit_request {
	struct repo_tip expect;            /* from repo_resolve_tip: what was judged and shown */
	const struct repo_change *changes; /* each path once */
	size_t change_count;
	struct str message; /* UTF-8; its first line is the subject */
	bool is_record;     /* one of a chain: made even if nothing differs */
	/*
	 * NULL, or called before each try, also on top of what others have pushed: brings the bytes
	 * of `changes` up to that moment.
	 */
	struct err *(*refresh)(void *ctx);
	void *refresh_ctx;
};

struct repo_commit_result {
	bool is_committed;              /* false: the tip holds exactly this already */
	char hex[REPO_HEX_SIZE];        /* the new commit, else the tip */
	char parent_hex[REPO_HEX_SIZE]; /* "" for a root commit */
	const char *ref;                /* in the arena */
	const char *worktree_lag; /* NULL; or: committed, but why the files could not follow */
};

/*
 * Refuses before anything is written (ERR_REPO): a path that is not clean in index or work tree,
 * or that a link, folder or submodule holds; no identity; signing asked for (commit.gpgsign) with
 * nothing to sign with; attributes that would keep the bytes from coming back. When the branch has moved
 * since `expect`, the changes go on top of the new tip if none of their paths changed there, else
 * it is ERR_OUTPUT, as are locks and failed writes.
 */
struct err *repo_commit_changes(struct repo *r, const struct repo_commit_request *req,
				struct arena *a, struct repo_commit_result *out) MUST_USE;

/*
 * Finishes what a killed run began: the branch had moved, index and files had not followed yet.
 * Does nothing where no such run was.
 */
struct err *repo_repair(struct repo *r) MUST_USE;

/* Is there a work tree, and is this branch ("refs/heads/main") the one that is checked out in it? */
bool repo_is_current(struct repo *r, const char *ref);

#endif
