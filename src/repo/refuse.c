/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What git would act on when it commits and this program does not: named, and nothing is committed.
 * README.md of this folder has the whole list of what git reads, and what we do about each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "repo/git.h"

/* Variables that move objects, or forbid references to move. */
static struct err *refuse_environment(void)
{
	static const struct {
		const char *name;
		bool needs_git_dir; /* understood where GIT_DIR is set */
		const char *advice;
	} rows[] = {
		{"GIT_QUARANTINE_PATH", false,
		 "git moves no reference while it judges a push; commit after it"},
		{"GIT_OBJECT_DIRECTORY", true, "it is understood together with GIT_DIR alone"},
		{"GIT_ALTERNATE_OBJECT_DIRECTORIES", true,
		 "it is understood together with GIT_DIR alone"},
		{"GIT_COMMON_DIR", false, "it is not understood here; unset it, or use -C"},
		{"GIT_SHALLOW_FILE", false, "it is not understood here; unset it"},
		{"GIT_GRAFT_FILE", false, "it is not understood here; unset it"},
		{"GIT_REPLACE_REF_BASE", false, "it is not understood here; unset it"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *v = getenv(rows[i].name);

		if (v && *v && !(rows[i].needs_git_dir && open_has_git_dir()))
			return err_new(ERR_REPO, "%s is set: %s", rows[i].name, rows[i].advice);
	}
	return NULL;
}

/* Owned by the caller; NULL when out of memory. Relative to where git runs hooks. */
static char *hooks_folder(struct repo *r, const char *configured)
{
	const char *base = git_repository_workdir(r->git);
	char *out = NULL, *path;
	int n;

	if (!configured || !*configured)
		return asprintf(&out, "%shooks", git_repository_commondir(r->git)) < 0 ? NULL : out;
	path = gitconfig_expand_home(configured);
	if (!path || path[0] == '/')
		return path;
	n = asprintf(&out, "%s%s", base ? base : git_repository_path(r->git), path);
	free(path);
	return n < 0 ? NULL : out;
}

/*
 * The one hook that git runs for each reference that moves, whichever command moves it. It may
 * forbid the move. The others belong to the command git commit, as git commit-tree shows.
 */
static struct err *refuse_hook(struct repo *r)
{
	char *configured = NULL, *dir, *path = NULL;
	struct err *e;

	TRY(gitconfig_text(r->config, "core.hookspath", &configured));
	dir = hooks_folder(r, configured);
	free(configured);
	if (!dir || asprintf(&path, "%s/reference-transaction", dir) < 0) {
		free(dir);
		return err_nomem();
	}
	e = access(path, X_OK) == 0
		    ? err_new(ERR_REPO,
			      "%s: git would run this hook when the branch moves, and this program "
			      "runs none; take it away, or commit with git",
			      path)
		    : NULL;
	free(path);
	free(dir);
	return e;
}

struct err *refuse_unknown(struct repo *r)
{
	const char *unknown;

	/* A run may take an hour, and what counts is what git would find now. */
	TRY(config_open(r));
	unknown = gitconfig_unknown(r->config);
	if (unknown)
		return err_new(ERR_REPO,
			       "git configuration: %s: this condition is not understood here, and "
			       "what it includes may say who commits and what is signed; nothing "
			       "was committed",
			       unknown);
	TRY(refuse_environment());
	TRY(shared_find(r));
	return refuse_hook(r);
}
