/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/changed.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "repo/git.h"

#define DEPTH_MAX 64u /* a folder below that is told whole */

struct walk {
	struct repo *repo;
	const struct repo_commit *commits[2];
	struct arena *arena;
	struct repo_changed *out;
	size_t cap, trees;
};

static bool is_full(const struct walk *w)
{
	return w->out->is_all;
}

static struct err *add(struct walk *w, const char *path)
{
	struct repo_changed *c = w->out;
	const char **paths;

	if (c->count == REPO_CHANGED_MAX) {
		c->is_all = true;
		return NULL;
	}
	paths = grow_in(w->arena, (void *)c->paths, c->count, &w->cap, sizeof(const char *));
	if (!paths)
		return err_nomem();
	c->paths = paths;
	c->paths[c->count++] = path;
	return NULL;
}

static const char *below(struct walk *w, const char *folder, const char *name)
{
	return arena_printf(w->arena, "%s%s%s", folder, *folder ? "/" : "", name);
}

static bool is_same(const git_tree_entry *x, const git_tree_entry *y)
{
	return git_tree_entry_filemode(x) == git_tree_entry_filemode(y) &&
	       git_oid_equal(git_tree_entry_id(x), git_tree_entry_id(y));
}

static bool is_tree(const git_tree_entry *e)
{
	return git_tree_entry_filemode(e) == GIT_FILEMODE_TREE;
}

static struct err *compare_trees(struct walk *w, const git_oid *x, const git_oid *y,
				 const char *folder, unsigned depth);

/* `y` is NULL where the other side has nothing of that name. */
static struct err *compare_entries(struct walk *w, const git_tree_entry *x, const git_tree_entry *y,
				   const char *folder, unsigned depth)
{
	const char *path;

	if (y && is_same(x, y))
		return NULL;
	path = below(w, folder, git_tree_entry_name(x));
	if (!path)
		return err_nomem();
	if (y && is_tree(x) && is_tree(y) && depth < DEPTH_MAX)
		return compare_trees(w, git_tree_entry_id(x), git_tree_entry_id(y), path,
				     depth + 1);
	return add(w, path);
}

/* Most stand at the same place in both. */
static const git_tree_entry *find(const git_tree *tree, const git_tree_entry *like, size_t place)
{
	const git_tree_entry *e = git_tree_entry_byindex(tree, place);
	const char *name = git_tree_entry_name(like);

	if (e && strcmp(git_tree_entry_name(e), name) == 0)
		return e;
	return git_tree_entry_byname(tree, name);
}

static struct err *walk_both(struct walk *w, const git_tree *x, const git_tree *y,
			     const char *folder, unsigned depth)
{
	size_t n = git_tree_entrycount(x), m = git_tree_entrycount(y);

	for (size_t i = 0; i < n && !is_full(w); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(x, i);

		TRY(compare_entries(w, e, find(y, e, i), folder, depth));
	}
	for (size_t i = 0; i < m && !is_full(w); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(y, i);

		if (!find(x, e, i))
			TRY(compare_entries(w, e, NULL, folder, depth));
	}
	return NULL;
}

static struct err *compare_trees(struct walk *w, const git_oid *x, const git_oid *y,
				 const char *folder, unsigned depth)
{
	const char *what = *folder ? folder : "root folder";
	git_tree *a = NULL, *b = NULL;
	struct err *e;

	if (git_oid_equal(x, y))
		return NULL;
	if (w->trees++ == REPO_CHANGED_TREES_MAX) {
		w->out->is_all = true;
		return NULL;
	}
	e = tree_load(w->repo, w->commits[0], x, what, &a);
	if (!e)
		e = tree_load(w->repo, w->commits[1], y, what, &b);
	if (!e)
		e = walk_both(w, a, b, folder, depth);
	git_tree_free(a);
	git_tree_free(b);
	return e;
}

static int compare_paths(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct err *repo_find_changed(struct repo *r, const struct repo_commit *a,
			      const struct repo_commit *b, struct arena *arena,
			      struct repo_changed *out)
{
	struct walk w = {.repo = r, .commits = {a, b}, .arena = arena, .out = out};
	git_oid x, y;

	*out = (struct repo_changed){.is_all = a->is_unborn || b->is_unborn};
	if (out->is_all)
		return NULL;
	if (git_oid_fromstr(&x, a->tree_hex) < 0 || git_oid_fromstr(&y, b->tree_hex) < 0)
		return err_git(ERR_REPO, "%s", a->tree_hex);
	TRY(compare_trees(&w, &x, &y, "", 0));
	if (out->count)
		qsort(out->paths, out->count, sizeof(const char *), compare_paths);
	return NULL;
}

/* Is it there, this many of its bytes? */
static bool has(const struct repo_changed *c, const char *path, size_t n)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int cmp = strncmp(c->paths[middle], path, n);

		if (cmp == 0 && c->paths[middle][n] == '\0')
			return true;
		/* A longer one with the same beginning comes behind it. */
		if (cmp < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool repo_may_differ(const struct repo_changed *c, const char *path)
{
	if (c->is_all)
		return true;
	for (const char *p = path; (p = strchr(p, '/')); p++) {
		if (has(c, path, (size_t)(p - path)))
			return true;
	}
	return has(c, path, strlen(path));
}

bool repo_may_differ_below(const struct repo_changed *c, const char *folder)
{
	size_t n = strlen(folder), low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *path = c->paths[middle];
		int cmp = strncmp(path, folder, n);

		if (cmp == 0)
			cmp = (unsigned char)path[n] - '/';
		if (cmp == 0)
			return true;
		if (cmp < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return repo_may_differ(c, folder);
}
