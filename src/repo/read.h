/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_READ_H
#define SCANDRIFT_REPO_READ_H

#include "repo/open.h"

/*
 * What a commit holds, byte for byte: blobs come raw, with no line ending or other conversion.
 * Paths go from the root of the repository, with slashes, and must satisfy fs_is_safe_path.
 */

#define REPO_HEX_SIZE  41      /* 40 hex digits and the NUL */
#define REPO_NAMES_MAX 200000u /* entries of one folder that are listed */

struct repo_commit {
	bool is_unborn;               /* HEAD or a branch without a commit: holds nothing */
	char hex[REPO_HEX_SIZE];      /* "" when unborn, or of what is staged */
	char tree_hex[REPO_HEX_SIZE]; /* "" when unborn */
	int64_t time_s;               /* the committer's */
};

/*
 * Any revision that git knows: HEAD, a branch, a tag, a hex id, HEAD~2. It must lead to a commit.
 * HEAD of a branch that has no commit yet is no error: see is_unborn. What could mean two references,
 * or a reference and an object, is an error that names both.
 */
struct err *repo_resolve(struct repo *r, const char *rev, struct repo_commit *out) MUST_USE;

/* What is checked out, where nobody named a revision: no tag of that name counts. */
struct err *repo_resolve_head(struct repo *r, struct repo_commit *out) MUST_USE;

struct repo_tip {
	const char *ref; /* "refs/heads/main", in the arena */
	struct repo_commit commit;
};

/*
 * The branch to commit to and its commit: `branch` ("main" or "refs/heads/main"; a name below
 * refs/scandrift/ is one of our own references, no branch), or with NULL the
 * current one; a detached HEAD is then an error that names --branch. A branch that is not there
 * yet is unborn.
 */
struct err *repo_resolve_tip(struct repo *r, const char *branch, struct arena *a,
			     struct repo_tip *out) MUST_USE;

enum repo_entry_kind {
	REPO_ENTRY_MISSING,
	REPO_ENTRY_FILE,
	REPO_ENTRY_LINK,      /* symbolic; never followed */
	REPO_ENTRY_TREE,      /* a folder */
	REPO_ENTRY_SUBMODULE, /* never entered */
	REPO_ENTRY_TOO_LARGE, /* a file above the caller's limit; not read */
};

struct repo_entry {
	enum repo_entry_kind kind;
	char hex[REPO_HEX_SIZE]; /* the object's id; "" when missing */
	uint64_t size;           /* of a file, read or not */
	struct str bytes;        /* of a file that was read: in the arena, a NUL behind them */
	bool is_lfs_pointer;     /* the bytes are a Git LFS pointer, not the file's content */
};

/*
 * One path of a commit. The size is known before anything is read, so `max` also bounds memory. An
 * object that should be there and is not (a partial clone, damage) is an error. On success the
 * kind says what stands there: also a link, a folder or nothing is success.
 */
struct err *repo_read_entry(struct repo *r, const struct repo_commit *c, const char *path,
			    size_t max, struct arena *a, struct repo_entry *out) MUST_USE;

/* The same without reading a file: kind and id alone. What is equal in both is the same content. */
struct err *repo_find_entry(struct repo *r, const struct repo_commit *c, const char *path,
			    struct repo_entry *out) MUST_USE;

struct repo_name {
	const char *name; /* one part of a path, any bytes but NUL and slash */
	enum repo_entry_kind kind;
};

struct repo_names {
	enum repo_entry_kind folder; /* TREE; else there is nothing to list and this says why */
	struct repo_name *items;     /* in the arena, by name's bytes */
	size_t count;
	bool is_cut; /* it has more than REPO_NAMES_MAX: these are some of them */
};

/* What is directly in a folder of a commit; "" is the root. */
struct err *repo_list_folder(struct repo *r, const struct repo_commit *c, const char *folder,
			     struct arena *a, struct repo_names *out) MUST_USE;

struct repo_spec {
	const char *rev; /* NULL: the text has no colon that parts a revision from a path */
	const char *path;
};

/*
 * "REV:PATH" as git reads it (a colon inside braces parts nothing). The forms that need the index
 * or the current folder (":PATH", "REV:./PATH") are refused by name.
 */
struct err *repo_spec_split(const char *text, struct arena *a, struct repo_spec *out) MUST_USE;

/* Where index and work tree stand, at one path, against a commit: what `git status` would say. */
enum repo_state {
	REPO_STATE_SAME,        /* commit, index and work tree agree */
	REPO_STATE_MODIFIED,    /* the work tree has other content, mode or kind */
	REPO_STATE_DELETED,     /* in commit and index, gone from the work tree */
	REPO_STATE_STAGED,      /* the index differs from the commit */
	REPO_STATE_CONFLICTED,  /* an unfinished merge */
	REPO_STATE_UNTRACKED,   /* in the work tree alone */
	REPO_STATE_ABSENT,      /* nowhere */
	REPO_STATE_NO_WORKTREE, /* bare */
};

struct err *repo_read_state(struct repo *r, const struct repo_commit *c, const char *path,
			    enum repo_state *out) MUST_USE;

struct repo_uncommitted {
	const char *path; /* any bytes; of an untracked repository with a slash at its end */
	enum repo_state state;
};

/*
 * What `git status` lists at or below `paths`, sorted, in the arena. `c` is HEAD, and the repository
 * has a working tree. As in git, ignored files and those that are marked assume-unchanged are not
 * looked at.
 */
struct err *repo_find_uncommitted(struct repo *r, const struct repo_commit *c,
				  const char *const *paths, size_t path_count, struct arena *a,
				  const struct repo_uncommitted **out, size_t *count) MUST_USE;

/* "modified, not committed" and the like, for a message. */
const char *repo_state_text(enum repo_state s);

#endif
