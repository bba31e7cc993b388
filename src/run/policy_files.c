/* SPDX-License-Identifier: Apache-2.0 */
#include "run/policy_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

#define SUFFIX ".ini"

struct names {
	const char *v[POLICIES_MAX]; /* "policies/a.ini" */
	size_t n;
};

static bool is_policy_name(const char *name)
{
	size_t n = strlen(name);

	return n > strlen(SUFFIX) && name[0] != '.' &&
	       strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

static struct err *add_name(struct arena *a, struct names *names, const char *name)
{
	char *path = arena_printf(a, POLICIES_FOLDER "/%s", name);

	if (!path)
		return err_nomem();
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->v[i], path) == 0)
			return NULL;
	}
	if (names->n == POLICIES_MAX)
		return err_new(ERR_CONFIG, POLICIES_FOLDER ": more than %u files", POLICIES_MAX);
	names->v[names->n++] = path;
	return NULL;
}

/* NULL with *dir NULL: there is no such folder. */
static struct err *open_folder(const char *root, DIR **dir)
{
	int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;

	*dir = NULL;
	if (at < 0)
		return err_errno(ERR_CONFIG, errno, "%s", root);
	fd = openat(at, POLICIES_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	(void)close(at);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0)
		return err_errno(ERR_CONFIG, errno,
				 POLICIES_FOLDER ": a folder is expected, no link and no file");
	*dir = fdopendir(fd);
	if (*dir)
		return NULL;
	(void)close(fd);
	return err_nomem();
}

static struct err *list_worktree(struct arena *a, const char *root, struct names *names)
{
	struct err *e = NULL;
	struct dirent *entry;
	DIR *dir;

	TRY(open_folder(root, &dir));
	while (!e && dir && (entry = readdir(dir))) {
		if (is_policy_name(entry->d_name))
			e = add_name(a, names, entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
	return e;
}

static struct err *list_commit(const struct workspace *w, struct names *names)
{
	struct repo_names entries;

	if (w->commit.is_unborn)
		return NULL;
	TRY(repo_list_folder(w->repo, &w->commit, POLICIES_FOLDER, w->arena, &entries));
	if (entries.folder != REPO_ENTRY_TREE && entries.folder != REPO_ENTRY_MISSING)
		return err_new(ERR_CONFIG,
			       POLICIES_FOLDER ": a folder is expected, no link and no file");
	for (size_t i = 0; entries.folder == REPO_ENTRY_TREE && i < entries.count; i++) {
		if (is_policy_name(entries.items[i].name))
			TRY(add_name(w->arena, names, entries.items[i].name));
	}
	return NULL;
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* *found is false where only the commit has it: it was taken away. */
static struct err *read_worktree(const struct workspace *w, const char *path, struct str *bytes,
				 bool *found)
{
	struct buf b = BUF_INIT(0);
	struct err *e = fs_read_beneath(repo_workdir(w->repo), path, POLICY_FILE_MAX, &b, found);

	if (!e && *found) {
		*bytes = arena_str(w->arena, buf_view(&b));
		e = bytes->p ? NULL : err_nomem();
	}
	buf_free(&b);
	return e;
}

static struct err *read_commit(const struct workspace *w, const char *path, struct str *bytes,
			       bool *found)
{
	struct repo_entry entry = {0};

	*found = true;
	TRY(repo_read_entry(w->repo, &w->commit, path, POLICY_FILE_MAX, w->arena, &entry));
	if (entry.kind == REPO_ENTRY_TOO_LARGE)
		return err_new(ERR_CONFIG, "%s: larger than %zu bytes", path, POLICY_FILE_MAX);
	if (entry.kind != REPO_ENTRY_FILE)
		return err_new(ERR_CONFIG, "%s: not a regular file", path);
	*bytes = entry.bytes;
	return NULL;
}

/* The work tree that the files are read from; NULL: from the commit. */
static const char *root_of(const struct workspace *w)
{
	return w->is_elsewhere ? NULL : repo_workdir(w->repo);
}

/* A sparse work tree leaves out what the commit holds all the same. */
static struct err *read_file(struct workspace *w, const struct io *io, const char *path,
			     struct str *bytes, bool *found)
{
	bool is_committed = true;

	if (!root_of(w))
		return read_commit(w, path, bytes, found);
	TRY(workspace_note_state(w, io, path, &is_committed));
	*found = false;
	TRY(read_worktree(w, path, bytes, found));
	if (*found || !is_committed)
		return NULL;
	return read_commit(w, path, bytes, found);
}

struct loader {
	struct workspace *w;
	const struct io *io;
	struct policies *out;
	size_t bytes;
};

static struct err *load(struct loader *l, const char *path)
{
	struct str bytes = {0};
	bool found = false;
	struct policy *p = &l->out->list[l->out->count];

	TRY(read_file(l->w, l->io, path, &bytes, &found));
	if (!found)
		return NULL;
	l->bytes += bytes.n;
	if (l->bytes > POLICIES_SIZE_MAX)
		return err_new(ERR_CONFIG, POLICIES_FOLDER ": more than %zu bytes in all",
			       POLICIES_SIZE_MAX);
	TRY(policy_parse(l->w->arena, &schema_registry_scan, path, bytes, p));
	l->out->count++;
	return NULL;
}

/* Keeps the first error, so that one run tells of every file. */
static struct err *load_all(struct loader *l, const struct names *names)
{
	struct err *first = NULL;

	for (size_t i = 0; i < names->n; i++) {
		struct err *e = load(l, names->v[i]);

		if (!e)
			continue;
		if (!first) {
			first = e;
			continue;
		}
		log_error(&l->io->log, "%s", e->msg);
		err_free(e);
	}
	return first;
}

struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out)
{
	struct loader l = {w, io, out, 0};
	struct names *names = arena_alloc(w->arena, sizeof(*names));

	if (!names)
		return err_nomem();
	*out = (struct policies){0};
	if (root_of(w))
		TRY(list_worktree(w->arena, root_of(w), names));
	TRY(list_commit(w, names));
	qsort(names->v, names->n, sizeof(names->v[0]), compare_names);
	out->list = arena_array(w->arena, names->n + 1, sizeof(*out->list));
	if (!out->list)
		return err_nomem();
	TRY(load_all(&l, names));
	TRY(policies_link(w->arena, &schema_registry_scan, out));
	return judge_policies_check(out);
}
