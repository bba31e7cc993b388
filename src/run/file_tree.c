/* SPDX-License-Identifier: Apache-2.0 */
#include "run/file_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

/* ---- one file ---- */

static const char *entry_problem(const struct repo_entry *entry)
{
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
		return "it is larger than --max-reply allows";
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
	out->problem = entry_problem(&entry);
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

static struct err *not_a_folder(const char *folder)
{
	return err_new(ERR_CONFIG, "%s: a folder is expected, no link and no file", folder);
}

/* *dir is NULL where there is no such folder. */
static struct err *open_folder(const char *root, const char *folder, DIR **dir)
{
	int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, code;

	*dir = NULL;
	if (at < 0)
		return err_errno(ERR_CONFIG, errno, "%s", root);
	fd = openat(at, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	code = errno;
	(void)close(at);
	if (fd < 0)
		return code == ENOENT ? NULL : not_a_folder(folder);
	*dir = fdopendir(fd);
	if (*dir)
		return NULL;
	(void)close(fd);
	return err_nomem();
}

static struct err *list_worktree(struct listing *l, const char *root)
{
	struct err *e = NULL;
	struct dirent *entry;
	DIR *dir;

	TRY(open_folder(root, l->folder, &dir));
	while (!e && dir && (entry = readdir(dir)))
		e = add_name(l, entry->d_name);
	if (dir)
		(void)closedir(dir);
	return e;
}

static struct err *list_committed(struct listing *l, const struct file_tree *t)
{
	struct repo_names entries;

	if (t->commit->is_unborn)
		return NULL;
	TRY(repo_list_folder(t->repo, t->commit, l->folder, l->a, &entries));
	if (entries.folder == REPO_ENTRY_MISSING)
		return NULL;
	if (entries.folder != REPO_ENTRY_TREE)
		return not_a_folder(l->folder);
	for (size_t i = 0; i < entries.count; i++)
		TRY(add_name(l, entries.items[i].name));
	return NULL;
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct err *file_tree_list(const struct file_tree *t, const char *folder, const char *suffix,
			   size_t max, struct arena *a, const char ***out, size_t *count)
{
	struct listing l = {.folder = folder, .suffix = suffix, .max = max, .a = a};

	l.v = arena_array(a, max, sizeof(*l.v));
	if (!l.v)
		return err_nomem();
	TRY(t->root ? list_worktree(&l, t->root) : list_committed(&l, t));
	qsort(l.v, l.n, sizeof(*l.v), compare_names);
	*out = l.v;
	*count = l.n;
	return NULL;
}
