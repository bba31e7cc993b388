/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new tree from an old one: only the folders on the way to a changed path are written, the rest
 * is taken over by id. A folder that loses its last entry goes with it, as git has no empty ones.
 */
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

#define DEPTH_MAX 64

/* A change with what is left of its path below the folder at hand. */
struct edit {
	const char *rest;
	const struct repo_change *change;
};

static int by_rest(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	return strcmp(x->rest, y->rest);
}

static struct err *write_tree(struct repo *r, struct store *to, const git_oid *base,
			      struct edit *edits, size_t count, unsigned depth, git_oid *out,
			      bool *is_empty);

static struct err *put_file(struct store *to, git_treebuilder *tb, const struct edit *edit)
{
	const struct repo_change *c = edit->change;
	const git_tree_entry *old = git_treebuilder_get(tb, edit->rest);
	git_filemode_t mode = GIT_FILEMODE_BLOB;
	git_oid id;

	if (old && git_tree_entry_filemode(old) == GIT_FILEMODE_BLOB_EXECUTABLE)
		mode = GIT_FILEMODE_BLOB_EXECUTABLE;
	if (c->is_delete) {
		if (old && git_treebuilder_remove(tb, edit->rest) < 0)
			return err_git(ERR_OUTPUT, "%s", c->path);
		return NULL;
	}
	if (git_blob_create_from_buffer(&id, to->git, c->bytes.n ? c->bytes.p : "", c->bytes.n) < 0)
		return err_git(ERR_OUTPUT, "%s: its object cannot be written", c->path);
	if (git_treebuilder_insert(NULL, tb, edit->rest, &id, mode) < 0)
		return err_git(ERR_REPO, "%s: cannot stand in a tree", c->path);
	return store_note(to, &id);
}

/* All edits of one folder, of which the first names it: they begin with the same part. */
static struct err *put_folder(struct repo *r, struct store *to, git_treebuilder *tb,
			      struct edit *edits, size_t count, unsigned depth)
{
	size_t n = strcspn(edits[0].rest, "/");
	char *name = strndup(edits[0].rest, n);
	const git_tree_entry *old;
	git_oid base, id;
	bool is_empty = false, has_base;
	struct err *e;

	if (!name)
		return err_nomem();
	old = git_treebuilder_get(tb, name);
	has_base = old && git_tree_entry_filemode(old) == GIT_FILEMODE_TREE;
	if (old && !has_base) {
		e = err_new(ERR_REPO, "%s: in the commit, %s is no folder", edits[0].change->path,
			    name);
		goto out;
	}
	if (has_base)
		base = *git_tree_entry_id(old);
	for (size_t i = 0; i < count; i++)
		edits[i].rest += n + 1;
	e = write_tree(r, to, has_base ? &base : NULL, edits, count, depth + 1, &id, &is_empty);
	if (e)
		goto out;
	if (is_empty) {
		if (old && git_treebuilder_remove(tb, name) < 0)
			e = err_git(ERR_OUTPUT, "%s", edits[0].change->path);
	} else if (git_treebuilder_insert(NULL, tb, name, &id, GIT_FILEMODE_TREE) < 0) {
		e = err_git(ERR_REPO, "%s: cannot stand in a tree", edits[0].change->path);
	}
out:
	free(name);
	return e;
}

/* Edits that go into the same folder stand together, since they are sorted. */
static size_t run_length(const struct edit *edits, size_t count, size_t part)
{
	size_t n = 1;

	while (n < count && strncmp(edits[n].rest, edits[0].rest, part + 1) == 0)
		n++;
	return n;
}

static struct err *put_all(struct repo *r, struct store *to, git_treebuilder *tb,
			   struct edit *edits, size_t count, unsigned depth)
{
	for (size_t i = 0; i < count;) {
		size_t part = strcspn(edits[i].rest, "/");
		size_t n = 1;

		if (edits[i].rest[part] == '/') {
			n = run_length(edits + i, count - i, part);
			TRY(put_folder(r, to, tb, edits + i, n, depth));
		} else {
			TRY(put_file(to, tb, &edits[i]));
		}
		i += n;
	}
	return NULL;
}

static struct err *write_tree(struct repo *r, struct store *to, const git_oid *base,
			      struct edit *edits, size_t count, unsigned depth, git_oid *out,
			      bool *is_empty)
{
	git_tree *old = NULL;
	git_treebuilder *tb = NULL;
	struct err *e = NULL;

	if (depth > DEPTH_MAX)
		return err_new(ERR_REPO, "%s: more than %d folders deep", edits[0].change->path,
			       DEPTH_MAX);
	if (base)
		TRY(tree_load(r, NULL, base, edits[0].change->path, &old));
	if (git_treebuilder_new(&tb, to->git, old) < 0) {
		e = err_git(ERR_REPO, "%s", edits[0].change->path);
		goto out;
	}
	e = put_all(r, to, tb, edits, count, depth);
	if (e)
		goto out;
	*is_empty = git_treebuilder_entrycount(tb) == 0;
	if ((depth == 0 || !*is_empty) && git_treebuilder_write(out, tb) < 0)
		e = err_git(ERR_OUTPUT, "%s: its tree cannot be written", edits[0].change->path);
	else if (depth == 0 || !*is_empty)
		e = store_note(to, out);
out:
	git_treebuilder_free(tb);
	git_tree_free(old);
	return e;
}

struct err *tree_write(struct repo *r, struct store *to, const git_oid *base,
		       const struct repo_change *changes, size_t count, git_oid *out)
{
	struct edit *edits = calloc(count, sizeof(*edits));
	bool is_empty = false;
	struct err *e;

	if (!edits)
		return err_nomem();
	for (size_t i = 0; i < count; i++)
		edits[i] = (struct edit){changes[i].path, &changes[i]};
	qsort(edits, count, sizeof(*edits), by_rest);
	e = write_tree(r, to, base, edits, count, 0, out, &is_empty);
	free(edits);
	return e;
}
