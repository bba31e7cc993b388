/* SPDX-License-Identifier: Apache-2.0 */
#include "run/file_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

/* ---- one file ---- */

static const char *entry_problem(const struct repo_entry *entry, size_t max, struct arena *a)
{
	const char *text;

	switch (entry->kind) {
	case REPO_ENTRY_MISSING:
		return NULL;
	case REPO_ENTRY_FILE:
		return entry->is_lfs_pointer
			       ? "it is a Git LFS pointer; what is judged is kept in git itself"
			       : NULL;
	case REPO_ENTRY_LINK:
		return "it is a symbolic link; links are not followed";
	case REPO_ENTRY_TREE:
		return "it is a folder, expected a file";
	case REPO_ENTRY_SUBMODULE:
		return "it is a submodule, expected a file";
	case REPO_ENTRY_TOO_LARGE:
		text = arena_printf(a, "larger than %zu bytes", max);
		return text ? text : "too large";
	}
	return NULL;
}

/* The commit that has what the tree holds at this path. */
static struct err *find_commit(const struct file_tree *t, const char *path,
			       const struct repo_commit **out, enum repo_side *side)
{
	*side = REPO_SIDE_HEAD;
	*out = t->commit;
	if (!t->merge)
		return NULL;
	TRY(repo_merge_side(t->repo, t->merge, path, side));
	if (*side == REPO_SIDE_BASE)
		*out = &t->merge->range->base;
	return NULL;
}

static struct err *read_committed(const struct file_tree *t, const char *path, size_t max,
				  struct arena *a, struct tree_file *out)
{
	const struct repo_commit *commit;
	struct repo_entry entry;
	enum repo_side side;

	if (t->commit->is_unborn)
		return NULL;
	TRY(find_commit(t, path, &commit, &side));
	TRY(repo_read_entry(t->repo, commit, path, max, a, &entry));
	out->is_there = entry.kind != REPO_ENTRY_MISSING;
	out->problem = entry_problem(&entry, max, a);
	out->is_too_large = entry.kind == REPO_ENTRY_TOO_LARGE;
	if (entry.kind == REPO_ENTRY_FILE && !out->problem)
		out->bytes = entry.bytes;
	return NULL;
}

static struct err *read_worktree(const struct file_tree *t, const char *path, size_t max,
				 struct arena *a, struct tree_file *out)
{
	struct buf b = BUF_INIT(0);
	struct str problem = {0};
	struct err *e = fs_read_beneath(t->root, path, max, &b, &out->is_there);

	if (e) {
		out->is_there = true;
		TRY(err_become_text(e, a, &problem));
		out->problem = problem.p;
		return NULL;
	}
	if (out->is_there)
		out->bytes = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out->is_there && !out->bytes.p ? err_nomem() : NULL;
}

struct err *file_tree_read(const struct file_tree *t, const char *path, size_t max, struct arena *a,
			   struct tree_file *out)
{
	*out = (struct tree_file){0};
	return t->root ? read_worktree(t, path, max, a, out) : read_committed(t, path, max, a, out);
}

struct err *file_tree_find(const struct file_tree *t, const char *path, struct repo_entry *out)
{
	const struct repo_commit *commit;
	enum repo_side side;

	*out = (struct repo_entry){.kind = REPO_ENTRY_MISSING};
	if (t->commit->is_unborn)
		return NULL;
	TRY(find_commit(t, path, &commit, &side));
	if (side != REPO_SIDE_BOTH)
		return repo_find_entry(t->repo, commit, path, out);
	out->kind = REPO_ENTRY_TREE;
	return NULL;
}

/* ---- what is in a folder ---- */

/* *dir is NULL, and *kind says why, where `folder` is no folder. */
static struct err *open_folder(const char *root, const char *folder, DIR **dir,
			       enum repo_entry_kind *kind)
{
	int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, code;

	*dir = NULL;
	*kind = REPO_ENTRY_TREE;
	if (at < 0)
		return err_errno(ERR_CONFIG, errno, "%s", root);
	fd = openat(at, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	code = errno;
	(void)close(at);
	if (fd < 0) {
		*kind = code == ENOENT ? REPO_ENTRY_MISSING : REPO_ENTRY_LINK;
		return NULL;
	}
	*dir = fdopendir(fd);
	if (*dir)
		return NULL;
	(void)close(fd);
	return err_nomem();
}

static enum repo_entry_kind kind_in(DIR *dir, const char *name)
{
	struct stat st;

	if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return REPO_ENTRY_MISSING;
	if (S_ISDIR(st.st_mode))
		return REPO_ENTRY_TREE;
	return S_ISLNK(st.st_mode) ? REPO_ENTRY_LINK : REPO_ENTRY_FILE;
}

static struct err *add_entry(struct repo_names *to, size_t *room, DIR *dir, const char *name,
			     struct arena *a)
{
	struct repo_name *more;

	if (to->count == *room) {
		*room = *room ? 2 * *room : 64;
		more = arena_array(a, *room, sizeof(*more));
		if (!more)
			return err_nomem();
		if (to->count)
			memcpy(more, to->items, to->count * sizeof(*more));
		to->items = more;
	}
	to->items[to->count].kind = kind_in(dir, name);
	to->items[to->count].name = arena_printf(a, "%s", name);
	return to->items[to->count++].name ? NULL : err_nomem();
}

static int compare_entries(const void *x, const void *y)
{
	const struct repo_name *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static struct err *entries_of_worktree(const char *root, const char *folder, struct arena *a,
				       struct repo_names *out)
{
	struct dirent *entry;
	struct err *e = NULL;
	size_t room = 0;
	DIR *dir;

	TRY(open_folder(root, folder, &dir, &out->folder));
	while (!e && dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		out->is_cut = out->count == REPO_NAMES_MAX;
		if (out->is_cut)
			break;
		e = add_entry(out, &room, dir, entry->d_name, a);
	}
	if (dir)
		(void)closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_entries);
	return e;
}

/* What the result of a merge has of one name: from `base`, from `head`, or nothing. */
static struct err *add_merged(const struct file_tree *t, const char *folder,
			      const struct repo_name *base, const struct repo_name *head,
			      struct arena *a, struct repo_names *to)
{
	const struct repo_name *name = head ? head : base;
	char *path = arena_printf(a, "%s%s%s", folder, *folder ? "/" : "", name->name);
	const struct repo_commit *commit;
	enum repo_side side;

	if (!path)
		return err_nomem();
	TRY(find_commit(t, path, &commit, &side));
	name = side == REPO_SIDE_BASE ? base : head;
	if (name)
		to->items[to->count++] = *name;
	return NULL;
}

/* Both lists are sorted, and so is what comes of them. */
static struct err *merge_entries(const struct file_tree *t, const char *folder, struct arena *a,
				 struct repo_names *out)
{
	struct repo_names base, head;
	size_t i = 0, k = 0;

	TRY(repo_list_folder(t->repo, &t->merge->range->base, folder, a, &base));
	TRY(repo_list_folder(t->repo, &t->merge->range->head, folder, a, &head));
	out->folder = REPO_ENTRY_TREE;
	out->is_cut = base.is_cut || head.is_cut;
	out->items = arena_array(a, base.count + head.count + 1, sizeof(*out->items));
	if (!out->items)
		return err_nomem();
	while (i < base.count || k < head.count) {
		int c = i == base.count   ? 1
			: k == head.count ? -1
					  : strcmp(base.items[i].name, head.items[k].name);

		TRY(add_merged(t, folder, c <= 0 ? &base.items[i] : NULL,
			       c >= 0 ? &head.items[k] : NULL, a, out));
		i += c <= 0;
		k += c >= 0;
	}
	return NULL;
}

static struct err *list_folder(const struct file_tree *t, const char *folder, struct arena *a,
			       struct repo_names *out)
{
	const struct repo_commit *commit;
	enum repo_side side;

	*out = (struct repo_names){.folder = REPO_ENTRY_MISSING};
	if (t->root)
		return entries_of_worktree(t->root, folder, a, out);
	if (t->commit->is_unborn)
		return NULL;
	TRY(find_commit(t, folder, &commit, &side));
	if (side == REPO_SIDE_BOTH)
		return merge_entries(t, folder, a, out);
	return repo_list_folder(t->repo, commit, folder, a, out);
}

/* ---- all that is below a folder ---- */

/* What was listed counts, too: a folder of long names costs as much as one of long paths. */
static bool pay(struct tree_walk *w, const char *folder, const char *name)
{
	size_t bytes = strlen(folder) + 1 + strlen(name) + 1;

	if (w->entries_left == 0 || w->bytes_left < bytes) {
		w->is_spent = w->is_cut = true;
		return false;
	}
	w->entries_left--;
	w->bytes_left -= bytes;
	return true;
}

static struct err *walk_folder(struct tree_walk *w, const char *folder, unsigned depth);

static struct err *walk_entry(struct tree_walk *w, const char *folder, const struct repo_name *name,
			      unsigned depth)
{
	const char *path;

	if (!pay(w, folder, name->name))
		return NULL;
	path = arena_printf(w->arena, "%s/%s", folder, name->name);
	if (!path)
		return err_nomem();
	if (name->kind == REPO_ENTRY_TREE)
		return walk_folder(w, path, depth + 1);
	return w->take(w->taker, path, name->kind);
}

static struct err *walk_folder(struct tree_walk *w, const char *folder, unsigned depth)
{
	struct repo_names names;

	if (depth > TREE_WALK_DEPTH_MAX) {
		w->is_cut = true;
		return NULL;
	}
	TRY(list_folder(w->tree, folder, w->arena, &names));
	if (depth == 1 && names.folder != REPO_ENTRY_TREE && names.folder != REPO_ENTRY_MISSING)
		w->is_no_folder = true;
	w->is_cut |= names.is_cut;
	/* One that cannot be paid for ends the walk of this folder, and of all above it. */
	for (size_t i = 0; i < names.count && !w->is_spent; i++)
		TRY(walk_entry(w, folder, &names.items[i], depth));
	return NULL;
}

struct err *file_tree_walk(struct tree_walk *w, const char *folder)
{
	w->is_no_folder = false;
	return walk_folder(w, folder, 1);
}
