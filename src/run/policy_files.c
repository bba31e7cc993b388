/* SPDX-License-Identifier: Apache-2.0 */
#include "run/policy_files.h"

#include <string.h>

#define ENTRIES_MAX 20000u            /* below policies/, whatever they are */
#define BYTES_MAX   ((size_t)4 << 20) /* of their paths */

/* ---- which they are ---- */

struct listing {
	const char **v;
	size_t n;
	struct unreadables *unreadable; /* NULL: what cannot be read is an error */
};

struct err *unreadable_take(struct unreadables *u, const char *path, struct err *e)
{
	struct unreadable *last = &u->list[UNREADABLE_MAX - 1];

	if (e->kind != ERR_CONFIG)
		return e;
	if (u->count == UNREADABLE_MAX) {
		err_free(e);
		*last = (struct unreadable){POLICIES_FOLDER,
					    STR("many more of its files cannot be read")};
		return NULL;
	}
	u->list[u->count].path = path;
	return err_become_text(e, u->arena, &u->list[u->count++].why);
}

/* Of a file, or of the folder: an error, or something that is told. */
static struct err *settle(struct unreadables *u, const char *path, struct err *e)
{
	return u && e ? unreadable_take(u, path, e) : e;
}

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

static struct err *take_entry(struct listing *l, const char *path, enum repo_entry_kind kind)
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
	return take_file(l, path);
}

static struct err *take(void *taker, const char *path, enum repo_entry_kind kind)
{
	struct listing *l = taker;

	return settle(l->unreadable, path, take_entry(l, path, kind));
}

static struct err *check_walk(const struct tree_walk *walk)
{
	if (walk->is_no_folder)
		return err_new(ERR_CONFIG,
			       POLICIES_FOLDER ": a folder is expected, no link and no file");
	if (walk->is_cut)
		return err_new(ERR_CONFIG,
			       POLICIES_FOLDER ": more than %u entries, or more than %u folders in "
					       "each other",
			       ENTRIES_MAX, TREE_WALK_DEPTH_MAX);
	return NULL;
}

static struct err *list_files(const struct file_tree *tree, struct arena *a, struct unreadables *u,
			      const char ***out, size_t *count)
{
	struct listing l = {.v = arena_array(a, POLICIES_MAX, sizeof(*l.v)), .unreadable = u};
	struct tree_walk walk = {.tree = tree,
				 .arena = a,
				 .take = take,
				 .taker = &l,
				 .entries_left = ENTRIES_MAX,
				 .bytes_left = BYTES_MAX};

	if (!l.v)
		return err_nomem();
	TRY(file_tree_walk(&walk, POLICIES_FOLDER));
	TRY(settle(u, POLICIES_FOLDER, check_walk(&walk)));
	*out = l.v;
	*count = l.n;
	return NULL;
}

struct err *policy_files_list(const struct file_tree *tree, struct arena *a, const char ***out,
			      size_t *count)
{
	return list_files(tree, a, NULL, out, count);
}

/* ---- reading them ---- */

struct loader {
	struct workspace *w;
	const struct io *io;
	struct policies *out;
	struct unreadables *unreadable; /* NULL: as in struct listing */
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
		struct err *e = settle(l->unreadable, paths[i], load(l, paths[i]));

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

static struct err *link_all(struct workspace *w, struct policies *all)
{
	TRY(policies_link(w->arena, &schema_registry_scan, all));
	return judge_policies_check(all);
}

/* What lets something pass is good for nothing where it is not clear what it is for. */
static void keep_rules_alone(struct policies *all)
{
	for (size_t i = 0; i < all->count; i++)
		all->list[i].waiver_count = all->list[i].severity_count = 0;
}

static struct err *open_all(struct workspace *w, const struct io *io, struct policies *out,
			    struct unreadables *u)
{
	const struct file_tree tree = workspace_tree(w);
	struct loader l = {w, io, out, u, 0};
	struct err *e;
	const char **paths;
	size_t count;

	*out = (struct policies){0};
	TRY(list_files(&tree, w->arena, u, &paths, &count));
	out->list = arena_array(w->arena, count + 1, sizeof(*out->list));
	if (!out->list)
		return err_nomem();
	TRY(load_all(&l, paths, count));
	e = link_all(w, out);
	if (e && u)
		keep_rules_alone(out);
	return settle(u, POLICIES_FOLDER, e);
}

struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out)
{
	return open_all(w, io, out, NULL);
}

struct err *policies_open_readable(struct workspace *w, const struct io *io, struct policies *out,
				   struct unreadables *u)
{
	return open_all(w, io, out, u);
}
