/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_WORKSPACE_H
#define SCANDRIFT_RUN_WORKSPACE_H

#include "policy/policy.h"
#include "policy/targets.h"
#include "repo/read.h"
#include "result/judge.h"
#include "run/io.h"

/*
 * What a run judges by: the repository, the commit whose baselines count, the targets that were
 * named. targets.ini is read from the work tree, where there is one, as it stands there; a note
 * says so when it is not the committed one. Baselines come from the commit alone.
 */
struct workspace {
	struct arena *arena;
	uint64_t max_reply; /* bytes of a reply, and of a baseline */
	struct repo *repo;
	struct repo_commit commit;
	bool is_elsewhere; /* the commit is of a branch that is not checked out: no file counts */
	struct targets targets;
	const struct target *const *selected;
	size_t selected_count;
	const struct alias *aliases;
	size_t alias_count;
	const struct policies *policies; /* NULL: the command does not judge by them */
	/* Files that are judged by as they stand in the work tree, which is not what was committed. */
	const char **uncommitted;
	size_t uncommitted_count;
};

/* Which targets of which commit a run is about. */
struct workspace_options {
	const char *const *names; /* of targets; none: all */
	size_t name_count;
	const char *shard; /* K/N; NULL: all */
	/*
	 * Its tip must be there, unless HEAD is on it and has no commit yet. Where it is not checked
	 * out, all is read from its commit. NULL: HEAD.
	 */
	const char *branch;
	uint64_t max_reply;
};

struct err *workspace_open(const struct workspace_options *o, const struct io *io,
			   struct workspace *out) MUST_USE;
void workspace_close(struct workspace *w);

/*
 * Where a file that is judged by stands against the commit. One that is not what was committed is
 * noted, and kept for the result to name. `path` lives as long as the workspace.
 */
struct err *workspace_note_state(struct workspace *w, const struct io *io, const char *path,
				 bool *is_committed) MUST_USE;

/*
 * Fills in targets and aliases as they are in the commit, and looks at no file; arena, repository
 * and commit are set, and stay the caller's. Without targets.ini there are no targets.
 */
struct err *workspace_of_commit(struct workspace *w) MUST_USE;

/* How replies and files are to be read in this workspace. */
struct normalize_options workspace_reading(const struct workspace *w, enum reading_form form,
					   enum err_kind kind);

/* The committed baseline of a target. What is wrong with it is in `out`, no error. */
struct err *workspace_baseline(const struct workspace *w, const struct target *t,
			       struct baseline_side *out) MUST_USE;

/* Bytes that are a config by any form; an API error in them is an error here too. */
struct err *workspace_read_config(struct str bytes, const char *name,
				  const struct normalize_options *opt, struct arena *a,
				  struct reading **out) MUST_USE;

#endif
