/* SPDX-License-Identifier: Apache-2.0 */
#include "run/policy_files.h"

#include <string.h>

#define ENTRIES_MAX 20000u            /* below policies/, whatever they are */
#define BYTES_MAX   ((size_t)4 << 20) /* of their paths */

/* ---- which they are ---- */

struct listing {
	const char **v;
	size_t n;
};

static struct err *take_file(struct listing *l, const char *path)
{
	static const struct str end = {".ini", 4};
	struct str s = str_from(path);
	struct str suffix = {s.n >= end.n ? s.p + s.n - end.n : s.p, end.n};

	if (s.n < end.n || !str_eq_nocase(suffix, end))
		return NULL;
	if (!str_eq(suffix, end))
		return err_new(ERR_CONFIG,
			       "%s: policies are files that end in .ini, in small letters; rename "
			       "it",
			       path);
	if (l->n == POLICIES_MAX)
		return err_new(ERR_CONFIG, POLICIES_FOLDER ": more than %u files", POLICIES_MAX);
	l->v[l->n++] = path;
	return NULL;
}

static struct err *take(void *taker, const char *path, enum repo_entry_kind kind)
{
	switch (kind) {
	case REPO_ENTRY_LINK:
		return err_new(ERR_CONFIG, "%s: it is a symbolic link; links are not followed",
			       path);
	case REPO_ENTRY_SUBMODULE:
		return err_new(ERR_CONFIG, "%s: it is a submodule; no policy in it is read", path);
	case REPO_ENTRY_MISSING:
	case REPO_ENTRY_FILE:
	case REPO_ENTRY_TREE:
	case REPO_ENTRY_TOO_LARGE:
		break;
	}
	return take_file(taker, path);
}

struct err *policy_files_list(const struct file_tree *tree, struct arena *a, const char ***out,
			      size_t *count)
{
	struct listing l = {.v = arena_array(a, POLICIES_MAX, sizeof(*l.v))};
	struct tree_walk walk = {.tree = tree,
				 .arena = a,
				 .take = take,
				 .taker = &l,
				 .entries_left = ENTRIES_MAX,
				 .bytes_left = BYTES_MAX};

	if (!l.v)
		return err_nomem();
	TRY(file_tree_walk(&walk, POLICIES_FOLDER));
	if (walk.is_no_folder)
		return err_new(ERR_CONFIG,
			       POLICIES_FOLDER ": a folder is expected, no link and no file");
	if (walk.is_cut)
		return err_new(ERR_CONFIG,
			       POLICIES_FOLDER ": more than %u entries, or more than %u folders in "
					       "each other",
			       ENTRIES_MAX, TREE_WALK_DEPTH_MAX);
	*out = l.v;
	*count = l.n;
	return NULL;
}

/* ---- reading them ---- */

struct loader {
	struct workspace *w;
	const struct io *io;
	struct policies *out;
	size_t bytes;
};

static struct err *load(struct loader *l, const char *path)
{
	const struct file_tree tree = workspace_tree(l->w);
	struct policy *p = &l->out->list[l->out->count];
	struct tree_file file;

	TRY(file_tree_read(&tree, path, POLICY_FILE_MAX, l->w->arena, &file));
	if (file.problem)
		return err_new(ERR_CONFIG, "%s: %s", path, file.problem);
	l->bytes += file.bytes.n;
	if (l->bytes > POLICIES_SIZE_MAX)
		return err_new(ERR_CONFIG, POLICIES_FOLDER ": more than %zu bytes in all",
			       POLICIES_SIZE_MAX);
	TRY(policy_parse(l->w->arena, &schema_registry_scan, path, file.bytes, p));
	l->out->count++;
	return NULL;
}

/* Keeps the first error, so that one run tells of every file. */
static struct err *load_all(struct loader *l, const char *const *paths, size_t count)
{
	struct err *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct err *e = load(l, paths[i]);

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
	const struct file_tree tree = workspace_tree(w);
	struct loader l = {w, io, out, 0};
	const char **paths;
	size_t count;

	*out = (struct policies){0};
	TRY(policy_files_list(&tree, w->arena, &paths, &count));
	out->list = arena_array(w->arena, count + 1, sizeof(*out->list));
	if (!out->list)
		return err_nomem();
	TRY(load_all(&l, paths, count));
	TRY(policies_link(w->arena, &schema_registry_scan, out));
	return judge_policies_check(out);
}
