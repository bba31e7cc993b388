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

static struct err *read_committed(const struct file_tree *t, const char *path, size_t max,
				  struct arena *a, struct tree_file *out)
{
	struct repo_entry entry;

	if (t->commit->is_unborn)
		return NULL;
	TRY(repo_read_entry(t->repo, t->commit, path, max, a, &entry));
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
	*out = (struct repo_entry){.kind = REPO_ENTRY_MISSING};
	return t->commit->is_unborn ? NULL : repo_find_entry(t->repo, t->commit, path, out);
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
		e = out->count == REPO_NAMES_MAX ? err_new(ERR_CONFIG, "%s: more than %u entries",
							   folder, REPO_NAMES_MAX)
						 : add_entry(out, &room, dir, entry->d_name, a);
	}
	if (dir)
		(void)closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_entries);
	return e;
}

struct err *file_tree_entries(const struct file_tree *t, const char *folder, struct arena *a,
			      struct repo_names *out)
{
	*out = (struct repo_names){.folder = REPO_ENTRY_MISSING};
	if (t->root)
		return entries_of_worktree(t->root, folder, a, out);
	return t->commit->is_unborn ? NULL : repo_list_folder(t->repo, t->commit, folder, a, out);
}

/* ---- the files of a folder ---- */

struct listing {
	const char *folder, *suffix;
	size_t max;
	struct arena *a;
	const char **v;
	size_t n;
};

static struct err *add_name(struct listing *l, const char *name)
{
	size_t n = strlen(name), suffix = strlen(l->suffix);

	if (n <= suffix || name[0] == '.' || strcmp(name + n - suffix, l->suffix) != 0)
		return NULL;
	if (l->n == l->max)
		return err_new(ERR_CONFIG, "%s: more than %zu files", l->folder, l->max);
	l->v[l->n] = arena_printf(l->a, "%s/%s", l->folder, name);
	return l->v[l->n++] ? NULL : err_nomem();
}

struct err *file_tree_list(const struct file_tree *t, const char *folder, const char *suffix,
			   size_t max, struct arena *a, const char ***out, size_t *count)
{
	struct listing l = {.folder = folder, .suffix = suffix, .max = max, .a = a};
	struct repo_names entries;

	l.v = arena_array(a, max, sizeof(*l.v));
	if (!l.v)
		return err_nomem();
	TRY(file_tree_entries(t, folder, a, &entries));
	if (entries.folder != REPO_ENTRY_TREE && entries.folder != REPO_ENTRY_MISSING)
		return err_new(ERR_CONFIG, "%s: a folder is expected, no link and no file", folder);
	for (size_t i = 0; i < entries.count; i++)
		TRY(add_name(&l, entries.items[i].name));
	*out = l.v;
	*count = l.n;
	return NULL;
}
