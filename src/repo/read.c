/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from a commit: objects as they are, each one's size known before it is read. Trees are
 * walked part by part, because libgit2's own path lookup says "not found" both for a path that is
 * not there and for a tree object that is missing.
 */
#include "repo/read.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "repo/git.h"

#define TREE_MAX ((size_t)16 << 20) /* bytes of one tree object: TREES_KEPT of them are in memory */

static const char lfs_prefix[] = "version https://git-lfs.github.com/spec/";

struct err *commit_describe(struct repo *r, const git_oid *id, struct repo_commit *out)
{
	git_commit *c = NULL;

	if (git_commit_lookup(&c, r->git, id) < 0)
		return missing_object(r, NULL, id, "commit");
	*out = (struct repo_commit){.time_s = git_commit_time(c)};
	(void)git_oid_tostr(out->hex, sizeof(out->hex), git_commit_id(c));
	(void)git_oid_tostr(out->tree_hex, sizeof(out->tree_hex), git_commit_tree_id(c));
	git_commit_free(c);
	return NULL;
}

struct err *repo_resolve_head(struct repo *r, struct repo_commit *out)
{
	git_oid id;

	if (git_repository_head_unborn(r->git) == 1) {
		*out = (struct repo_commit){.is_unborn = true};
		return NULL;
	}
	if (git_reference_name_to_id(&id, r->git, "HEAD") < 0)
		return err_git(ERR_REPO, "%s: HEAD", repo_git_dir(r));
	return commit_describe(r, &id, out);
}

struct err *repo_resolve(struct repo *r, const char *rev, struct repo_commit *out)
{
	git_object *object = NULL, *commit = NULL;
	struct err *e = NULL;

	if (*rev == '\0' || *rev == '-')
		return err_new(ERR_REPO,
			       "\"%s\" is no revision: expected a branch, a tag or a commit", rev);
	TRY(revision_check(r, rev));
	if ((strcmp(rev, "HEAD") == 0 || strcmp(rev, "@") == 0) &&
	    git_repository_head_unborn(r->git) == 1) {
		*out = (struct repo_commit){.is_unborn = true};
		return NULL;
	}
	if (git_revparse_single(&object, r->git, rev) < 0) {
		e = err_git(ERR_REPO, "%s: no such revision in %s%s", rev, repo_git_dir(r),
			    shallow_hint(r));
		goto out;
	}
	if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0) {
		e = err_new(ERR_REPO, "%s: is a %s, expected a commit", rev,
			    git_object_type2string(git_object_type(object)));
		goto out;
	}
	e = commit_describe(r, git_object_id(commit), out);
out:
	git_object_free(commit);
	git_object_free(object);
	return e;
}

/* The full name of the current branch, in the arena. */
static struct err *current_branch(struct repo *r, struct arena *a, const char **out)
{
	git_reference *head = NULL;
	struct err *e = NULL;

	if (git_reference_lookup(&head, r->git, "HEAD") < 0)
		return err_git(ERR_REPO, "%s: HEAD", repo_git_dir(r));
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC) {
		e = err_new(ERR_REPO, "HEAD is detached, on no branch; name one with --branch NAME "
				      "or switch to it (git switch NAME)");
		goto out;
	}
	*out = arena_printf(a, "%s", git_reference_symbolic_target(head));
	if (!*out)
		e = err_nomem();
	else if (!str_starts(str_from(*out), "refs/heads/"))
		e = err_new(ERR_REPO,
			    "HEAD leads to %s, which is no branch; name one with "
			    "--branch NAME",
			    *out);
out:
	git_reference_free(head);
	return e;
}

static struct err *branch_ref(const char *branch, struct arena *a, const char **out)
{
	static const char prefix[] = "refs/heads/";
	const char *name = branch;
	int is_valid = 0;

	/* Ours, which are no branches: nobody checks them out. */
	if (str_starts(str_from(branch), "refs/scandrift/")) {
		*out = arena_printf(a, "%s", branch);
		return *out ? NULL : err_nomem();
	}
	if (str_starts(str_from(branch), prefix))
		name += strlen(prefix);
	if (git_branch_name_is_valid(&is_valid, name) < 0 || !is_valid)
		return err_new(ERR_REPO, "\"%s\" cannot be the name of a branch", branch);
	*out = arena_printf(a, "%s%s", prefix, name);
	return *out ? NULL : err_nomem();
}

struct err *repo_resolve_tip(struct repo *r, const char *branch, struct arena *a,
			     struct repo_tip *out)
{
	struct repo_tip tip = {0};
	git_oid id;
	int code;

	if (branch)
		TRY(branch_ref(branch, a, &tip.ref));
	else
		TRY(current_branch(r, a, &tip.ref));
	code = git_reference_name_to_id(&id, r->git, tip.ref);
	if (code == GIT_ENOTFOUND)
		tip.commit.is_unborn = true;
	else if (code < 0)
		return err_git(ERR_REPO, "%s", tip.ref);
	else
		TRY(commit_describe(r, &id, &tip.commit));
	*out = tip;
	return NULL;
}

static struct err *tree_read(struct repo *r, const struct repo_commit *c, const git_oid *id,
			     const char *what, git_tree **out)
{
	git_odb *odb = NULL;
	size_t size = 0;
	git_object_t type;
	struct err *e = NULL;

	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	if (git_odb_read_header(&size, &type, odb, id) < 0)
		e = missing_object(r, c, id, what);
	else if (size > TREE_MAX)
		e = err_new(ERR_REPO, "%s: its tree has %zu bytes, expected at most %zu", what,
			    size, TREE_MAX);
	else if (git_tree_lookup(out, r->git, id) < 0)
		e = missing_object(r, c, id, what);
	git_odb_free(odb);
	return e;
}

static size_t count_kept(const struct repo *r)
{
	size_t n = 0;

	for (size_t i = 0; i < TREES_KEPT; i++)
		n += r->trees[i] ? git_tree_entrycount(r->trees[i]) : 0;
	return n;
}

/* The oldest makes room, and more of them where the trees are large. */
static void keep_tree(struct repo *r, git_tree *tree)
{
	git_tree_free(r->trees[r->next_tree]);
	r->trees[r->next_tree] = tree;
	for (size_t i = 1; i < TREES_KEPT && count_kept(r) > TREES_KEPT_ENTRIES; i++) {
		git_tree **old = &r->trees[(r->next_tree + i) % TREES_KEPT];

		git_tree_free(*old);
		*old = NULL;
	}
	r->next_tree = (r->next_tree + 1) % TREES_KEPT;
}

/*
 * libgit2 keeps small trees alone. One of ten thousand baselines would be read, hashed and parsed
 * ten thousand times.
 */
struct err *tree_load(struct repo *r, const struct repo_commit *c, const git_oid *id,
		      const char *what, git_tree **out)
{
	git_tree *tree = NULL, *copy = NULL;
	struct err *e;

	for (size_t i = 0; i < TREES_KEPT; i++)
		if (r->trees[i] && git_oid_equal(git_tree_id(r->trees[i]), id))
			return git_tree_dup(out, r->trees[i]) < 0 ? err_nomem() : NULL;
	TRY(tree_read(r, c, id, what, &tree));
	e = tree_check(tree, what);
	if (!e && git_tree_dup(&copy, tree) < 0)
		e = err_nomem();
	if (e) {
		git_tree_free(tree);
		return e;
	}
	keep_tree(r, copy);
	*out = tree;
	return NULL;
}

void trees_forget(struct repo *r)
{
	for (size_t i = 0; i < TREES_KEPT; i++) {
		git_tree_free(r->trees[i]);
		r->trees[i] = NULL;
	}
}

static enum repo_entry_kind kind_of(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_TREE:
		return REPO_ENTRY_TREE;
	case GIT_FILEMODE_LINK:
		return REPO_ENTRY_LINK;
	case GIT_FILEMODE_COMMIT:
		return REPO_ENTRY_SUBMODULE;
	case GIT_FILEMODE_UNREADABLE:
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		break;
	}
	return REPO_ENTRY_FILE;
}

/* One part of the path: from the tree in *spot to its entry `part`, or to MISSING. */
static struct err *step(struct repo *r, const struct repo_commit *c, struct str part,
			const char *path, struct tree_entry *spot)
{
	char name[4097];
	git_tree *tree = NULL;
	const git_tree_entry *entry;

	memcpy(name, part.p, part.n);
	name[part.n] = '\0';
	TRY(tree_load(r, c, &spot->id, path, &tree));
	entry = git_tree_entry_byname(tree, name);
	*spot = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
	if (entry) {
		spot->mode = git_tree_entry_filemode(entry);
		spot->kind = kind_of(spot->mode);
		spot->id = *git_tree_entry_id(entry);
	}
	git_tree_free(tree);
	return NULL;
}

/* `path` is safe, or "" for the root. */
struct err *tree_find(struct repo *r, const struct repo_commit *c, const char *path,
		      struct tree_entry *out)
{
	struct tree_entry spot = {.kind = REPO_ENTRY_TREE, .mode = GIT_FILEMODE_TREE};
	const char *p = path;

	if (*path && !fs_is_safe_path(str_from(path)))
		return err_new(ERR_REPO, "\"%s\": not a plain path below the repository's root",
			       path);
	if (c->is_unborn) {
		*out = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
		return NULL;
	}
	if (git_oid_fromstr(&spot.id, c->tree_hex) < 0)
		return err_git(ERR_REPO, "%s", path);
	while (*p && spot.kind == REPO_ENTRY_TREE) {
		size_t n = strcspn(p, "/");

		TRY(step(r, c, (struct str){p, n}, path, &spot));
		p += n + (p[n] == '/');
	}
	/* A link, a file or a submodule in the middle: nothing stands at the whole path. */
	if (*p)
		spot = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
	*out = spot;
	return NULL;
}

bool spot_eq(const struct tree_entry *a, const struct tree_entry *b)
{
	return a->kind == b->kind && a->mode == b->mode && git_oid_equal(&a->id, &b->id);
}

static struct err *read_blob(struct repo *r, const struct repo_commit *c, const git_oid *id,
			     const char *path, size_t max, struct arena *a, struct repo_entry *out)
{
	git_odb *odb = NULL;
	git_odb_object *object = NULL;
	git_object_t type;
	size_t size = 0;
	struct err *e = NULL;

	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	if (git_odb_read_header(&size, &type, odb, id) < 0) {
		e = missing_object(r, c, id, path);
		goto out;
	}
	out->size = size;
	if (size > max) {
		out->kind = REPO_ENTRY_TOO_LARGE;
		goto out;
	}
	if (git_odb_read(&object, odb, id) < 0 || git_odb_object_type(object) != GIT_OBJECT_BLOB ||
	    git_odb_object_size(object) != size) {
		e = missing_object(r, c, id, path);
		goto out;
	}
	out->bytes = arena_str(a, (struct str){git_odb_object_data(object), size});
	if (!out->bytes.p)
		e = err_nomem();
	else
		out->is_lfs_pointer = str_starts(out->bytes, lfs_prefix);
out:
	git_odb_object_free(object);
	git_odb_free(odb);
	return e;
}

struct err *repo_read_entry(struct repo *r, const struct repo_commit *c, const char *path,
			    size_t max, struct arena *a, struct repo_entry *out)
{
	struct repo_entry entry = {0};
	struct tree_entry spot;

	TRY(tree_find(r, c, path, &spot));
	entry.kind = spot.kind;
	if (spot.kind != REPO_ENTRY_MISSING)
		(void)git_oid_tostr(entry.hex, sizeof(entry.hex), &spot.id);
	if (spot.kind == REPO_ENTRY_FILE)
		TRY(read_blob(r, c, &spot.id, path, max, a, &entry));
	*out = entry;
	return NULL;
}

struct err *repo_find_entry(struct repo *r, const struct repo_commit *c, const char *path,
			    struct repo_entry *out)
{
	struct tree_entry spot;

	TRY(tree_find(r, c, path, &spot));
	*out = (struct repo_entry){.kind = spot.kind};
	if (spot.kind != REPO_ENTRY_MISSING)
		(void)git_oid_tostr(out->hex, sizeof(out->hex), &spot.id);
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct repo_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static struct err *list_tree(const git_tree *tree, struct arena *a, struct repo_names *out)
{
	size_t count = git_tree_entrycount(tree);

	out->is_cut = count > REPO_NAMES_MAX;
	if (out->is_cut)
		count = REPO_NAMES_MAX;
	out->items = arena_array(a, count ? count : 1, sizeof(*out->items));
	if (!out->items)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

		out->items[i].kind = kind_of(git_tree_entry_filemode(entry));
		out->items[i].name = arena_printf(a, "%s", git_tree_entry_name(entry));
		if (!out->items[i].name)
			return err_nomem();
	}
	/* git's own order puts "a.b" before the folder "a": not what a reader expects. */
	qsort(out->items, count, sizeof(*out->items), by_name);
	out->count = count;
	return NULL;
}

struct err *repo_list_folder(struct repo *r, const struct repo_commit *c, const char *folder,
			     struct arena *a, struct repo_names *out)
{
	struct repo_names names = {0};
	struct tree_entry spot = {0};
	git_tree *tree = NULL;
	struct err *e;

	TRY(tree_find(r, c, folder, &spot));
	names.folder = spot.kind;
	if (spot.kind == REPO_ENTRY_TREE) {
		TRY(tree_load(r, c, &spot.id, *folder ? folder : "root folder", &tree));
		e = list_tree(tree, a, &names);
		git_tree_free(tree);
		if (e)
			return e;
	}
	*out = names;
	return NULL;
}

/* As in git: braces hold dates and searches, and a colon in them parts nothing. */
/* What can be no revision: a path from here, or from the root of the system. */
static bool is_plainly_path(const char *text)
{
	struct str s = str_from(text);

	return str_starts(s, "/") || str_starts(s, "./") || str_starts(s, "../");
}

static const char *parting_colon(const char *text)
{
	int depth = 0;

	for (const char *p = text; *p; p++) {
		if (*p == '{')
			depth++;
		else if (*p == '}' && depth > 0)
			depth--;
		else if (*p == ':' && depth == 0)
			return p;
	}
	return NULL;
}

struct err *repo_spec_split(const char *text, struct arena *a, struct repo_spec *out)
{
	const char *colon = parting_colon(text);
	struct repo_spec spec = {0};
	struct str rev, path;

	if (!colon || is_plainly_path(text)) {
		*out = spec;
		return NULL;
	}
	if (colon == text)
		return err_new(ERR_USAGE,
			       "%s: reading from the index is not supported; expected REV:PATH, "
			       "such as HEAD%s",
			       text, text);
	rev = (struct str){text, (size_t)(colon - text)};
	path = str_from(colon + 1);
	if (*text == '-')
		return err_new(ERR_USAGE, "%s: a revision cannot begin with \"-\"", text);
	if (str_starts(path, "./") || str_starts(path, "../"))
		return err_new(ERR_USAGE,
			       "%s: write the path from the repository's root; one relative to "
			       "the current folder is not supported",
			       text);
	if (!fs_is_safe_path(path))
		return err_new(ERR_USAGE, "%s: expected REV:PATH with a plain path of a file",
			       text);
	spec.rev = arena_str(a, rev).p;
	spec.path = arena_str(a, path).p;
	if (!spec.rev || !spec.path)
		return err_nomem();
	*out = spec;
	return NULL;
}
