/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where index and work tree stand at one path. Content decides, not the index's remembered times:
 * this is asked before a file is replaced, and a change that was not noticed would be lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "repo/git.h"

#define RAW_MAX        ((size_t)16 << 20)
#define LINK_MAX_BYTES ((size_t)1 << 16)

const char *repo_state_text(enum repo_state s)
{
	switch (s) {
	case REPO_STATE_SAME:
		return "as committed";
	case REPO_STATE_MODIFIED:
		return "modified in the work tree, not committed";
	case REPO_STATE_DELETED:
		return "deleted in the work tree, not committed";
	case REPO_STATE_STAGED:
		return "changed in the index, not committed";
	case REPO_STATE_CONFLICTED:
		return "in an unfinished merge";
	case REPO_STATE_UNTRACKED:
		return "in the work tree, not in git";
	case REPO_STATE_ABSENT:
		return "nowhere";
	case REPO_STATE_NO_WORKTREE:
		return "in a bare repository";
	}
	return "";
}

/*
 * lstat without a link at any place of the path: what a link points to is none of the work tree.
 * *found is false when there is nothing.
 */
static struct err *lstat_beneath(const char *root, const char *path, struct stat *st, bool *found)
{
	char *full = NULL;
	struct err *e = NULL;
	char *p;

	*found = false;
	if (asprintf(&full, "%s%s", root, path) < 0)
		return err_nomem();
	for (p = full + strlen(root); (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (lstat(full, st) != 0)
			break;
		if (!S_ISDIR(st->st_mode)) {
			e = err_new(ERR_REPO,
				    "%s: %s is no folder in the work tree; links are not followed",
				    path, full);
			goto out;
		}
	}
	if (!p && lstat(full, st) == 0)
		*found = true;
	else if (errno != ENOENT)
		e = err_errno(ERR_REPO, errno, "%s", full);
out:
	free(full);
	return e;
}

/*
 * Whether the file's own bytes are the blob. Most are, and then no filter need be asked: nothing
 * that is not committed is in it.
 */
static bool has_same_bytes(struct repo *r, const char *path, const struct stat *st,
			   const struct tree_entry *spot)
{
	struct buf bytes;
	struct err *e;
	git_oid id;
	bool found, same;

	if (st->st_size > (off_t)RAW_MAX)
		return false;
	e = fs_read_beneath(git_repository_workdir(r->git), path, RAW_MAX, &bytes, &found);
	same = !e && found &&
	       git_odb_hash(&id, bytes.n ? bytes.p : "", bytes.n, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, &spot->id);
	err_free(e);
	buf_free(&bytes);
	return same;
}

/* What a link says is the blob. */
static struct err *link_is(struct repo *r, const char *path, const struct tree_entry *spot,
			   bool *same)
{
	char *full = NULL, *text = malloc(LINK_MAX_BYTES);
	struct err *e = NULL;
	ssize_t n;
	git_oid id;

	*same = false;
	if (!text || asprintf(&full, "%s%s", git_repository_workdir(r->git), path) < 0) {
		free(text);
		return err_nomem();
	}
	n = readlink(full, text, LINK_MAX_BYTES);
	if (n < 0)
		e = err_errno(ERR_REPO, errno, "%s", full);
	else if (git_odb_hash(&id, text, (size_t)n, GIT_OBJECT_BLOB) == 0)
		*same = git_oid_equal(&id, &spot->id) != 0;
	free(full);
	free(text);
	return e;
}

/* Regular, the same executable bit where git looks at it, and the blob that git add would make. */
static struct err *file_is(struct repo *r, const char *path, const struct stat *st,
			   const struct tree_entry *spot, bool *same)
{
	bool minds_mode = true;
	bool is_executable = (st->st_mode & S_IXUSR) != 0;
	git_oid id;

	*same = false;
	if (S_ISLNK(st->st_mode) && spot->kind == REPO_ENTRY_LINK)
		return link_is(r, path, spot, same);
	if (!S_ISREG(st->st_mode) || spot->kind != REPO_ENTRY_FILE)
		return NULL;
	TRY(gitconfig_bool(r->config, "core.filemode", true, &minds_mode));
	if (minds_mode && is_executable != (spot->mode == GIT_FILEMODE_BLOB_EXECUTABLE))
		return NULL;
	*same = has_same_bytes(r, path, st, spot);
	if (*same)
		return NULL;
	if (git_repository_hashfile(&id, r->git, path, GIT_OBJECT_BLOB, NULL) < 0)
		return err_git(ERR_REPO, "%s: in the work tree", path);
	*same = git_oid_equal(&id, &spot->id) != 0;
	return NULL;
}

struct err *state_worktree_is(struct repo *r, const char *path, const struct tree_entry *spot,
			      bool *same)
{
	struct stat st;
	bool found;

	TRY(lstat_beneath(git_repository_workdir(r->git), path, &st, &found));
	if (found)
		return file_is(r, path, &st, spot, same);
	*same = spot->kind == REPO_ENTRY_MISSING;
	return NULL;
}

static bool is_conflicted(git_index *index, const char *path)
{
	for (int stage = 1; stage <= 3; stage++)
		if (git_index_get_bypath(index, path, stage))
			return true;
	return false;
}

static struct err *state_in(struct repo *r, git_index *index, const char *path,
			    const struct tree_entry *spot, enum repo_state *out)
{
	const git_index_entry *entry = git_index_get_bypath(index, path, 0);
	bool is_committed = spot->kind != REPO_ENTRY_MISSING;
	struct stat st;
	bool found, same;

	TRY(lstat_beneath(git_repository_workdir(r->git), path, &st, &found));
	if (is_conflicted(index, path)) {
		*out = REPO_STATE_CONFLICTED;
	} else if (!entry && !is_committed) {
		*out = found ? REPO_STATE_UNTRACKED : REPO_STATE_ABSENT;
	} else if (!entry || !is_committed || !git_oid_equal(&entry->id, &spot->id) ||
		   entry->mode != (uint32_t)spot->mode ||
		   (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)) {
		*out = REPO_STATE_STAGED;
	} else if (!found) {
		/* A sparse checkout leaves files out on purpose. */
		*out = entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE ? REPO_STATE_SAME
									     : REPO_STATE_DELETED;
	} else {
		TRY(file_is(r, path, &st, spot, &same));
		*out = same ? REPO_STATE_SAME : REPO_STATE_MODIFIED;
	}
	return NULL;
}

struct err *repo_read_state(struct repo *r, const struct repo_commit *c, const char *path,
			    enum repo_state *out)
{
	git_index *index = NULL;
	struct tree_entry spot;
	struct err *e;

	if (!*path)
		return err_new(ERR_REPO, "the path is empty");
	TRY(tree_find(r, c, path, &spot));
	if (git_repository_is_bare(r->git)) {
		*out = REPO_STATE_NO_WORKTREE;
		return NULL;
	}
	TRY(follow_open_index(r, &index));
	e = state_in(r, index, path, &spot, out);
	git_index_free(index);
	return e;
}
