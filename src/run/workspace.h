/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_WORKSPACE_H
#define SCANDRIFT_RUN_WORKSPACE_H

#include "policy/policy.h"
#include "policy/targets.h"
#include "result/judge.h"
#include "run/file_tree.h"
#include "run/io.h"

/* Where a run reads its files. */
enum workspace_files {
	WORKSPACE_COMMIT, /* targets, policies and baselines of one commit; check */
	/*
	 * The same, but targets.ini as it is in the working tree, so that a new target can be tried;
	 * of a branch that is not checked out, and in a bare repository, from the commit too.
	 */
	WORKSPACE_TARGETS,
	WORKSPACE_WORKTREE, /* all of them as they are in the working tree; check --worktree */
	WORKSPACE_EDITED,   /* the same, or the commit in a bare repository; check --config-only */
};

/* What a recording names in place of a commit where the working tree was read. */
#define WORKSPACE_COMMIT_WORKTREE "worktree"

/* Which targets of which commit a run is about. */
struct workspace_options {
	enum workspace_files files;
	const char *const *names; /* of targets; none: all */
	size_t name_count;
	const char *shard; /* K/N; NULL: all */
	/*
	 * Its tip must be there, unless HEAD is on it and has no commit yet. Where it is not checked
	 * out, all is read from its commit. NULL: HEAD.
	 */
	const char *branch;
	const char *rev; /* a commit, in place of a branch; NULL: none is named */
	bool repairs;    /* first finish what a killed run began; a failure is only a warning */
	uint64_t max_reply;
};

/* What a run evaluates by: the repository, one commit or the working tree, the targets that were named. */
/* What to say of TARGETS_FILE where a sparse checkout, or somebody, left it out; with the commit. */
#define TARGETS_COMMITTED_ONLY                                                                    \
	": is in commit %.12s and not in the working tree; bring it back first (git restore, or " \
	"git sparse-checkout add)"

struct workspace {
	struct arena *arena;
	uint64_t max_reply;    /* bytes of a reply, and of a baseline */
	struct budget *budget; /* of all configs that the run reads; NULL: each has its own */
	struct repo *repo;
	struct repo_commit commit;
	const struct repo_merge
		*merge;    /* the files are its result; NULL: the commit's, or as below */
	bool is_worktree;  /* WORKSPACE_WORKTREE, or implied by a branch without a commit */
	bool is_elsewhere; /* the commit is not what is checked out: no file counts */
	struct targets targets;
	const struct target *const *selected;
	size_t selected_count;
	const struct alias *aliases;
	size_t alias_count;
	const struct policies *policies; /* NULL: the command does not evaluate them */
	/*
	 * Files below baselines/ and policies/ that are not as committed, sorted; of a branch that is
	 * not checked out, none.
	 */
	const struct repo_uncommitted *changed;
	size_t changed_count;
	/* Paths of those of them that the run read all the same. */
	const char *const *uncommitted;
	size_t uncommitted_count;
};

struct err *workspace_open(const struct workspace_options *o, const struct io *io,
			   struct workspace *out) MUST_USE;
void workspace_close(struct workspace *w);

/* The tree that baselines and policies are read from. */
struct file_tree workspace_tree(const struct workspace *w);

/*
 * ERR_CONFIG where the commit's targets.ini lacks a selected target, or names another baseline for
 * it: what is committed for it would be checked by nobody. A branch without a commit has none to ask.
 */
struct err *workspace_require_committed(const struct workspace *w) MUST_USE;

/*
 * Fills in targets and aliases as they are in the commit, and looks at no file; arena, repository
 * and commit are set, and stay the caller's. Without targets.ini there are no targets.
 */
struct err *workspace_of_commit(struct workspace *w) MUST_USE;

/* How replies and files are to be read in this workspace. */
struct normalize_options workspace_reading(const struct workspace *w, enum reading_form form,
					   enum err_kind kind);

/* Is the file at this path not as committed? NULL: it is, or nothing is known of it. */
const struct repo_uncommitted *workspace_find_change(const struct workspace *w, const char *path);

#endif
