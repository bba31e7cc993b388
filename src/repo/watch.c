/* SPDX-License-Identifier: Apache-2.0 */
/* The watched paths as a tree of names, beside the bytes of each folder that was read last. */
#include "repo/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

#define DEPTH_MAX 64u
#define ID_SIZE   20u
#define NONE      SIZE_MAX

/* A folder on the way to a watched path, or what is at one; it can be both. */
struct node {
	struct str name;
	struct tree_entry spot;
	git_odb_object *bytes; /* of a folder that has children, while it is one */
	struct node *children; /* by name */
	size_t child_count;
	size_t first_use; /* the first place in `paths`, or NONE */
};

struct use {
	const char *path;
	const struct node *node;
	size_t next; /* another place with the same path, or NONE */
	bool is_touched;
};

struct watch {
	git_odb *odb;
	struct node root;
	struct use *uses;
	size_t *touched;
	size_t count, touched_count;
};

/* One entry of a raw folder. */
struct row {
	struct str all, name; /* its bytes; a part of them */
};

static const struct tree_entry nothing = {.kind = REPO_ENTRY_MISSING};

struct err *object_is_damaged(const git_oid *id, const char *what)
{
	char hex[REPO_HEX_SIZE];

	return err_new(ERR_REPO, "%s %s: is damaged; see git fsck", what,
		       git_oid_tostr(hex, sizeof(hex), id));
}

struct err *object_load(git_odb *odb, const git_oid *id, git_object_t type, git_odb_object **out)
{
	char hex[REPO_HEX_SIZE];

	if (git_odb_read(out, odb, id) < 0)
		return err_git(ERR_REPO, "object %s cannot be read",
			       git_oid_tostr(hex, sizeof(hex), id));
	if (git_odb_object_type(*out) == type)
		return NULL;
	git_odb_object_free(*out);
	*out = NULL;
	return object_is_damaged(id, git_object_type2string(type));
}

/* ---- building ---- */

/* A slash is less than any other byte, so that all paths of one folder are side by side. */
static int rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : 2 + (unsigned char)c;
}

static int by_path(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	while (*x && *x == *y)
		x++, y++;
	return rank(*x) - rank(*y);
}

static int by_name(const void *key, const void *child)
{
	return str_cmp(*(const struct str *)key, ((const struct node *)child)->name);
}

static struct node *find_child(const struct node *n, struct str name)
{
	return bsearch(&name, n->children, n->child_count, sizeof(*n->children), by_name);
}

static size_t first_part(const char *path)
{
	return strcspn(path, "/");
}

static bool has_first_part(const char *path, struct str part)
{
	return first_part(path) == part.n && memcmp(path, part.p, part.n) == 0;
}

/* The folder's children from sorted paths, of which `skip` bytes lead to the folder. */
static struct err *add_children(struct node *n, const char *const *paths, size_t count, size_t skip,
				unsigned depth)
{
	if (depth == DEPTH_MAX)
		return err_new(ERR_REPO, "%s: more than %u folders deep", paths[0], DEPTH_MAX);
	n->children = calloc(count, sizeof(*n->children));
	if (!n->children)
		return err_nomem();
	for (size_t i = 0, end; i < count; i = end) {
		struct node *child = &n->children[n->child_count++];
		size_t below = i;

		child->first_use = NONE;
		child->name = (struct str){paths[i] + skip, first_part(paths[i] + skip)};
		for (end = i; end < count && has_first_part(paths[end] + skip, child->name); end++)
			below += paths[end][skip + child->name.n] == '\0';
		if (below < end)
			TRY(add_children(child, paths + below, end - below,
					 skip + child->name.n + 1, depth + 1));
	}
	return NULL;
}

static void attach(struct watch *w, size_t i)
{
	struct node *n = &w->root;

	for (const char *p = w->uses[i].path; *p;) {
		size_t part = first_part(p);

		n = find_child(n, (struct str){p, part});
		p += part + (p[part] == '/');
	}
	w->uses[i].node = n;
	w->uses[i].next = n->first_use;
	n->first_use = i;
}

static struct err *build(struct watch *w, const char *const *paths, size_t count)
{
	const char **sorted = calloc(count, sizeof(*sorted));
	struct err *e = sorted ? NULL : err_nomem();

	for (size_t i = 0; i < count && !e; i++) {
		w->uses[i].path = sorted[i] = paths[i];
		if (!fs_is_safe_path(str_from(paths[i])))
			e = err_new(ERR_REPO, "\"%s\": not a plain path", paths[i]);
	}
	if (!e) {
		qsort(sorted, count, sizeof(*sorted), by_path);
		e = add_children(&w->root, sorted, count, 0, 0);
	}
	for (size_t i = 0; i < count && !e; i++)
		attach(w, i);
	free(sorted);
	return e;
}

struct err *watch_new(git_odb *odb, const char *const *paths, size_t count, struct watch **out)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct err *e;

	*out = NULL;
	if (!w)
		return err_nomem();
	w->odb = odb;
	w->count = count;
	w->root.first_use = NONE;
	w->uses = calloc(count, sizeof(*w->uses));
	w->touched = calloc(count, sizeof(*w->touched));
	e = w->uses && w->touched ? build(w, paths, count) : err_nomem();
	if (e)
		watch_free(w);
	else
		*out = w;
	return e;
}

static void free_node(struct node *n)
{
	for (size_t i = 0; i < n->child_count; i++)
		free_node(&n->children[i]);
	free(n->children);
	git_odb_object_free(n->bytes);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	free_node(&w->root);
	free(w->touched);
	free(w->uses);
	free(w);
}

/* ---- moving ---- */

static struct err *set_spot(struct watch *w, struct node *n, const struct tree_entry *to);

static struct str bytes_of(git_odb_object *object)
{
	return object ? (struct str){git_odb_object_data(object), git_odb_object_size(object)}
		      : STR("");
}

/* The first entry of what is left of a folder; false where it is none. */
static bool first_row(struct str rest, struct row *out)
{
	const char *nul = memchr(rest.p, '\0', rest.n);
	const char *space = nul ? memchr(rest.p, ' ', (size_t)(nul - rest.p)) : NULL;

	if (!space || (size_t)(rest.p + rest.n - nul) <= ID_SIZE)
		return false;
	out->name = (struct str){space + 1, (size_t)(nul - space - 1)};
	out->all = (struct str){rest.p, (size_t)(nul - rest.p) + 1 + ID_SIZE};
	return true;
}

static struct str after(struct str rest, const struct row *row)
{
	return (struct str){rest.p + row->all.n, rest.n - row->all.n};
}

static struct tree_entry spot_of(const struct row *row)
{
	struct tree_entry out = {.mode = (git_filemode_t)strtol(row->all.p, NULL, 8)};

	out.kind = out.mode == GIT_FILEMODE_TREE     ? REPO_ENTRY_TREE
		   : out.mode == GIT_FILEMODE_LINK   ? REPO_ENTRY_LINK
		   : out.mode == GIT_FILEMODE_COMMIT ? REPO_ENTRY_SUBMODULE
						     : REPO_ENTRY_FILE;
	(void)git_oid_fromraw(&out.id, (const unsigned char *)row->all.p + row->all.n - ID_SIZE);
	return out;
}

/* What the row says of the child with its name; as `gone`, that there is none any more. */
static struct err *set_child(struct watch *w, const struct node *n, const struct row *row,
			     bool gone)
{
	struct node *child = find_child(n, row->name);
	struct tree_entry to;

	if (!child)
		return NULL;
	to = gone ? nothing : spot_of(row);
	return set_spot(w, child, &to);
}

static struct err *set_rest(struct watch *w, const struct node *n, struct str rest, bool gone)
{
	struct row row;

	for (; rest.n; rest = after(rest, &row)) {
		if (!first_row(rest, &row))
			return object_is_damaged(&n->spot.id, "tree");
		TRY(set_child(w, n, &row, gone));
	}
	return NULL;
}

/*
 * Two states of one folder mostly have the same names, and then one pass over both finds the few
 * entries that differ. From a name on that only one of them has, each entry of both is looked at.
 */
static struct err *compare(struct watch *w, const struct node *n, struct str old, struct str now)
{
	struct row x, y;

	while (old.n && now.n) {
		if (!first_row(old, &x) || !first_row(now, &y))
			return object_is_damaged(&n->spot.id, "tree");
		if (!str_eq(x.name, y.name))
			break;
		if (!str_eq(x.all, y.all))
			TRY(set_child(w, n, &y, false));
		old = after(old, &x);
		now = after(now, &y);
	}
	TRY(set_rest(w, n, old, true));
	return set_rest(w, n, now, false);
}

static struct err *enter(struct watch *w, struct node *n)
{
	git_odb_object *old = n->bytes;
	struct err *e;

	n->bytes = NULL;
	e = object_load(w->odb, &n->spot.id, GIT_OBJECT_TREE, &n->bytes);
	if (!e)
		e = compare(w, n, bytes_of(old), bytes_of(n->bytes));
	git_odb_object_free(old);
	return e;
}

static struct err *leave(struct watch *w, struct node *n)
{
	git_odb_object_free(n->bytes);
	n->bytes = NULL;
	for (size_t i = 0; i < n->child_count; i++)
		TRY(set_spot(w, &n->children[i], &nothing));
	return NULL;
}

static struct err *set_spot(struct watch *w, struct node *n, const struct tree_entry *to)
{
	if (spot_eq(&n->spot, to))
		return NULL;
	n->spot = *to;
	for (size_t i = n->first_use; i != NONE; i = w->uses[i].next) {
		if (!w->uses[i].is_touched)
			w->touched[w->touched_count++] = i;
		w->uses[i].is_touched = true;
	}
	if (!n->child_count)
		return NULL;
	return to->kind == REPO_ENTRY_TREE ? enter(w, n) : leave(w, n);
}

struct err *watch_move(struct watch *w, const git_oid *root, const size_t **touched, size_t *count)
{
	const struct tree_entry to = {
		.kind = REPO_ENTRY_TREE, .mode = GIT_FILEMODE_TREE, .id = *root};

	for (size_t i = 0; i < w->touched_count; i++)
		w->uses[w->touched[i]].is_touched = false;
	w->touched_count = 0;
	TRY(set_spot(w, &w->root, &to));
	*touched = w->touched;
	*count = w->touched_count;
	return NULL;
}

const struct tree_entry *watch_spot(const struct watch *w, size_t path)
{
	const struct tree_entry *spot = &w->uses[path].node->spot;

	return spot->kind == REPO_ENTRY_TREE ? &nothing : spot;
}
