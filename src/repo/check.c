/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold before anything is written: nobody's file, branch or half-done operation is in the
 * way of the commit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "repo/commit.h"
#include "repo/git.h"

struct err *check_path_text(const char *path)
{
	const char *p = path;

	if (!fs_is_safe_path(str_from(path)))
		return err_new(ERR_REPO, "\"%s\": not a plain path below the repository's root",
			       path);
	/* libgit2 refuses ".git" in its other spellings when the tree is built. */
	while (*p) {
		size_t n = strcspn(p, "/");

		if (str_eq_nocase((struct str){p, n}, STR(".git")))
			return err_new(ERR_REPO, "\"%s\": git keeps its own files there", path);
		p += n + (p[n] == '/');
	}
	return NULL;
}

/* What another git command left half done decides what the next commit means. */
struct err *check_no_operation(struct repo *r)
{
	int state = git_repository_state(r->git);

	if (state == GIT_REPOSITORY_STATE_NONE || state == GIT_REPOSITORY_STATE_BISECT)
		return NULL;
	return err_new(ERR_REPO,
		       "%s: a merge, rebase, revert or the like is in progress (see git status); "
		       "finish it first",
		       repo_workdir(r));
}

/* A link, folder or submodule is not replaced by a file behind its owner's back. */
struct err *check_kind(struct repo *r, const struct repo_commit *tip, const char *path)
{
	static const char *const names[] = {
		[REPO_ENTRY_LINK] = "a symbolic link",
		[REPO_ENTRY_TREE] = "a folder",
		[REPO_ENTRY_SUBMODULE] = "a submodule",
	};
	struct tree_entry spot;

	TRY(tree_find(r, tip, path, &spot));
	if (spot.kind == REPO_ENTRY_MISSING || spot.kind == REPO_ENTRY_FILE)
		return NULL;
	return err_new(ERR_REPO, "%s: is %s in the commit, expected a file; remove it first", path,
		       names[spot.kind]);
}

static struct err *check_clean(struct repo *r, const struct repo_commit *tip, const char *path)
{
	enum repo_state state;

	TRY(repo_read_state(r, tip, path, &state));
	if (state == REPO_STATE_SAME || state == REPO_STATE_ABSENT)
		return NULL;
	return err_new(ERR_REPO,
		       "%s: is %s; nothing was written: commit it, set it aside (git stash) or "
		       "remove it, and run again",
		       path, repo_state_text(state));
}

/* Does a folder on the way to the path hold a .gitattributes in the commit? */
static struct err *has_attributes(struct repo *r, const struct repo_commit *tip, const char *path,
				  bool *out)
{
	const char *end = path;
	struct err *e = NULL;

	*out = false;
	while (!e && !*out && end) {
		struct tree_entry spot;
		char *name = NULL;

		if (asprintf(&name, "%.*s.gitattributes", (int)(end - path), path) < 0)
			return err_nomem();
		e = tree_find(r, tip, name, &spot);
		*out = !e && spot.kind != REPO_ENTRY_MISSING;
		free(name);
		end = strchr(end, '/');
		end = end ? end + 1 : NULL;
	}
	return e;
}

/* What the work tree's attributes say holds for another branch too, where that has any. */
static struct err *check_path(struct repo *r, const struct repo_commit *tip, const char *path,
			      bool is_current)
{
	bool has = true;

	TRY(check_path_text(path));
	TRY(check_kind(r, tip, path));
	if (!is_current)
		TRY(has_attributes(r, tip, path, &has));
	if (has)
		TRY(follow_check_attributes(r, path));
	return is_current ? check_clean(r, tip, path) : NULL;
}

/* Another work tree that has the branch checked out would be left behind, seemingly edited. */
static struct err *check_not_elsewhere(struct repo *r, const struct repo_tip *tip)
{
	git_reference *ref = NULL;
	struct err *e = NULL;

	if (git_reference_lookup(&ref, r->git, tip->ref) < 0)
		return err_git(ERR_REPO, "%s", tip->ref);
	if (git_branch_is_checked_out(ref) == 1)
		e = err_new(
			ERR_REPO,
			"%s is checked out in another work tree (git worktree list): run there, "
			"or commit to another branch",
			tip->ref);
	git_reference_free(ref);
	return e;
}

/* "refs/heads/a" and "refs/heads/a/b" cannot both be; for a new branch nobody else looks. */
static struct err *check_ref_is_free(struct repo *r, const char *ref)
{
	git_reference_iterator *it = NULL;
	const char *name;
	char *text = strdup(ref), *glob = NULL, *p;
	struct err *e = NULL;
	git_oid id;

	if (!text || asprintf(&glob, "%s/*", ref) < 0) {
		e = err_nomem();
		goto out;
	}
	for (p = text + strlen("refs/heads/"); (p = strchr(p, '/')) && !e; *p++ = '/') {
		*p = '\0';
		if (git_reference_name_to_id(&id, r->git, text) == 0)
			e = err_new(ERR_REPO, "%s: cannot be, since %s is a branch", ref, text);
	}
	if (!e && git_reference_iterator_glob_new(&it, r->git, glob) == 0 &&
	    git_reference_next_name(&name, it) == 0)
		e = err_new(ERR_REPO, "%s: cannot be, since %s is a branch", ref, name);
out:
	git_reference_iterator_free(it);
	free(glob);
	free(text);
	return e;
}

struct err *check_tip(struct repo *r, const struct repo_tip *tip, const char *const *paths,
		      size_t count, bool is_current)
{
	if (tip->commit.is_unborn)
		TRY(check_ref_is_free(r, tip->ref));
	else if (!is_current)
		TRY(check_not_elsewhere(r, tip));
	/* git holds these while it switches branches or commits. */
	if (is_current) {
		TRY(lock_wait_gone(r, "HEAD"));
		TRY(lock_wait_gone(r, "index"));
	}
	for (size_t i = 0; i < count; i++)
		TRY(check_path(r, &tip->commit, paths[i], is_current));
	return NULL;
}
