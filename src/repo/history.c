/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/grow.h"
#include "repo/git.h"

#define DEPTH_MAX 64u

/* A commit as far as a walk needs it. */
struct link {
	git_oid id, tree, parent;
	unsigned parent_count;
	int64_t time_s;
};

/* Where a path led last time: while a folder's id is the same, so is all that is below it. */
struct trail {
	const char *path;
	git_oid folders[DEPTH_MAX];
	unsigned depth; /* how many of them are known */
	struct tree_entry spot;
};

struct walk {
	struct repo *r;
	git_odb *odb;
	struct arena *a;
	struct trail *trails;
	size_t count;
};

static struct err *bad_object(const git_oid *id, const char *what)
{
	char hex[REPO_HEX_SIZE];

	return err_new(ERR_REPO, "%s %s: is damaged; see git fsck", what,
		       git_oid_tostr(hex, sizeof(hex), id));
}

/* An object's bytes, to be freed by git_odb_object_free. */
static struct err *load(struct walk *w, const git_oid *id, git_object_t type, git_odb_object **out)
{
	char hex[REPO_HEX_SIZE];

	if (git_odb_read(out, w->odb, id) < 0)
		return err_git(ERR_REPO, "object %s cannot be read",
			       git_oid_tostr(hex, sizeof(hex), id));
	if (git_odb_object_type(*out) == type)
		return NULL;
	git_odb_object_free(*out);
	return bad_object(id, git_object_type2string(type));
}

static struct err *verify(const git_oid *id, git_odb_object *object)
{
	git_oid have;

	if (git_odb_hash(&have, git_odb_object_data(object), git_odb_object_size(object),
			 git_odb_object_type(object)) < 0)
		return err_git(ERR_REPO, "object");
	return git_oid_equal(&have, id) ? NULL : bad_object(id, "object");
}

/* "NAME <mail> 1700000000 +0800": the seconds, 0 where they cannot be read. */
static int64_t person_time(struct str line)
{
	const char *end = memrchr(line.p, '>', line.n);
	struct str rest;
	const char *space;
	uint64_t v = 0;

	if (!end)
		return 0;
	rest = str_trim((struct str){end + 1, line.n - (size_t)(end + 1 - line.p)});
	space = rest.n ? memchr(rest.p, ' ', rest.n) : NULL;
	if (space)
		rest.n = (size_t)(space - rest.p);
	return str_to_u64(rest, INT64_MAX / 2, &v) ? (int64_t)v : 0;
}

static bool next_line(struct str *rest, struct str *line)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!end)
		return false;
	*line = (struct str){rest->p, (size_t)(end - rest->p)};
	rest->n -= line->n + 1;
	rest->p = end + 1;
	return true;
}

static bool take_id(struct str line, const char *key, git_oid *out)
{
	size_t n = strlen(key);

	return line.n == n + 40 && str_starts(line, key) &&
	       git_oid_fromstrn(out, line.p + n, 40) == 0;
}

static bool parse_link(struct str raw, struct link *out)
{
	struct str line;
	git_oid parent;

	if (!next_line(&raw, &line) || !take_id(line, "tree ", &out->tree))
		return false;
	while (next_line(&raw, &line) && line.n) {
		if (take_id(line, "parent ", &parent)) {
			if (out->parent_count++ == 0)
				out->parent = parent;
		} else if (str_starts(line, "committer ")) {
			out->time_s = person_time(line);
			return true;
		}
	}
	return false;
}

size_t commit_parents(const git_commit *c, git_oid ids[2])
{
	struct str raw = str_from(git_commit_raw_header(c)), line;
	size_t n = 0;
	git_oid id;

	while (next_line(&raw, &line) && line.n) {
		if (!take_id(line, "parent ", &id))
			continue;
		if (n < 2)
			ids[n] = id;
		n++;
	}
	return n;
}

static struct err *load_link(struct walk *w, const git_oid *id, struct link *out)
{
	git_odb_object *object = NULL;
	struct err *e;

	*out = (struct link){.id = *id};
	TRY(load(w, id, GIT_OBJECT_COMMIT, &object));
	e = verify(id, object);
	if (!e &&
	    !parse_link((struct str){git_odb_object_data(object), git_odb_object_size(object)},
			out))
		e = bad_object(id, "commit");
	git_odb_object_free(object);
	return e;
}

/* One entry of a raw tree. kind MISSING: there is none. */
static struct err *find_entry(struct walk *w, const git_oid *tree, struct str name, bool is_proof,
			      struct tree_entry *out)
{
	git_odb_object *object = NULL;
	const char *p, *end;
	struct err *e;

	*out = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
	TRY(load(w, tree, GIT_OBJECT_TREE, &object));
	e = is_proof ? verify(tree, object) : NULL;
	p = git_odb_object_data(object);
	end = p + git_odb_object_size(object);
	while (!e && p < end) {
		const char *space = memchr(p, ' ', (size_t)(end - p));
		const char *nul = space ? memchr(space, '\0', (size_t)(end - space)) : NULL;

		if (!nul || end - nul < 21) {
			e = bad_object(tree, "tree");
			break;
		}
		if ((size_t)(nul - space - 1) == name.n && memcmp(space + 1, name.p, name.n) == 0) {
			out->mode = (git_filemode_t)strtol(p, NULL, 8);
			out->kind = out->mode == GIT_FILEMODE_TREE     ? REPO_ENTRY_TREE
				    : out->mode == GIT_FILEMODE_LINK   ? REPO_ENTRY_LINK
				    : out->mode == GIT_FILEMODE_COMMIT ? REPO_ENTRY_SUBMODULE
								       : REPO_ENTRY_FILE;
			(void)git_oid_fromraw(&out->id, (const unsigned char *)nul + 1);
			break;
		}
		p = nul + 21;
	}
	git_odb_object_free(object);
	return e;
}

static struct err *verify_blob(struct walk *w, const git_oid *id)
{
	git_odb_object *object = NULL;
	struct err *e;

	TRY(load(w, id, GIT_OBJECT_BLOB, &object));
	e = verify(id, object);
	git_odb_object_free(object);
	return e;
}

/* What stands at the path below the root `tree`; as a proof, each object is held to its id. */
static struct err *follow_trail(struct walk *w, struct trail *t, const git_oid *tree, bool is_proof)
{
	struct tree_entry spot = {.kind = REPO_ENTRY_TREE, .mode = GIT_FILEMODE_TREE, .id = *tree};
	const char *p = t->path;
	unsigned depth = 0;

	while (*p && spot.kind == REPO_ENTRY_TREE) {
		size_t n = strcspn(p, "/");

		if (depth == DEPTH_MAX)
			return err_new(ERR_REPO, "%s: more than %u folders deep", t->path,
				       DEPTH_MAX);
		if (!is_proof && depth < t->depth && git_oid_equal(&t->folders[depth], &spot.id))
			return NULL;
		t->folders[depth++] = spot.id;
		TRY(find_entry(w, &t->folders[depth - 1], (struct str){p, n}, is_proof, &spot));
		p += n + (p[n] == '/');
	}
	if (*p || spot.kind == REPO_ENTRY_TREE)
		spot = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
	t->depth = depth;
	t->spot = spot;
	return is_proof && spot.kind == REPO_ENTRY_FILE ? verify_blob(w, &spot.id) : NULL;
}

/* Moves all trails to this root; *changed tells whether any spot is another one. */
static struct err *move_trails(struct walk *w, const git_oid *tree, bool *changed)
{
	*changed = w->count == 0;
	for (size_t i = 0; i < w->count; i++) {
		struct tree_entry was = w->trails[i].spot;

		TRY(follow_trail(w, &w->trails[i], tree, false));
		*changed |= !spot_eq(&was, &w->trails[i].spot);
	}
	return NULL;
}

static struct err *prove(struct walk *w, const git_oid *tree)
{
	for (size_t i = 0; i < w->count; i++) {
		struct trail t = {.path = w->trails[i].path};

		TRY(follow_trail(w, &t, tree, true));
	}
	return NULL;
}

static const char *trailer(git_commit *c, const char *key, struct arena *a)
{
	git_message_trailer_array list = {0};
	const char *value = NULL;

	if (git_message_trailers(&list, git_commit_message(c)) < 0)
		return NULL;
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.trailers[i].key, key) == 0)
			value = arena_printf(a, "%s", list.trailers[i].value);
	}
	git_message_trailer_array_free(&list);
	return value;
}

static struct err *describe(struct walk *w, const struct link *l, struct repo_event *out)
{
	git_commit *c = NULL;
	const git_signature *author;
	const char *message;

	TRY(prove(w, &l->tree));
	TRY(commit_describe(w->r, &l->id, &out->commit));
	if (git_commit_lookup(&c, w->r->git, &l->id) < 0)
		return err_git(ERR_REPO, "commit %s", out->commit.hex);
	author = git_commit_author(c);
	message = git_commit_message(c);
	out->author_s = author->when.time;
	out->author = arena_printf(w->a, "%s", author->name);
	out->email = arena_printf(w->a, "%s", author->email);
	out->subject = arena_str(w->a, (struct str){message, strcspn(message, "\n")}).p;
	out->baseline = trailer(c, "Scandrift-Baseline", w->a);
	out->parent_count = l->parent_count;
	git_commit_free(c);
	return out->author && out->email && out->subject ? NULL : err_nomem();
}

/* The first parent. *there is false at the root, and where a shallow clone ends. */
static struct err *step_back(struct walk *w, const struct link *from, struct link *to, bool *there,
			     bool *is_cut)
{
	struct err *e;

	*there = false;
	if (from->parent_count == 0)
		return NULL;
	e = load_link(w, &from->parent, to);
	*there = !e;
	if (e && git_repository_is_shallow(w->r->git) == 1 &&
	    !git_odb_exists(w->odb, &from->parent)) {
		*is_cut = true;
		err_free(e);
		return NULL;
	}
	return e;
}

struct found {
	struct link *v;
	size_t n, cap;
};

static struct err *keep(struct found *f, const struct link *l)
{
	struct link *v = grow(f->v, f->n, &f->cap, sizeof(*v));

	if (!v)
		return err_nomem();
	f->v = v;
	f->v[f->n++] = *l;
	return NULL;
}

static bool any_spot(const struct walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->trails[i].spot.kind != REPO_ENTRY_MISSING)
			return true;
	}
	return w->count == 0;
}

static struct err *find_changes(struct walk *w, const git_oid *tip, struct found *f, bool *is_cut)
{
	struct link now, before;
	bool there = true, changed;

	TRY(load_link(w, tip, &now));
	TRY(move_trails(w, &now.tree, &changed));
	for (;;) {
		TRY(step_back(w, &now, &before, &there, is_cut));
		if (!there)
			break;
		TRY(move_trails(w, &before.tree, &changed));
		if (changed)
			TRY(keep(f, &now));
		now = before;
	}
	/* At the end of a shallow clone it is the oldest state that is known. */
	return any_spot(w) ? keep(f, &now) : NULL;
}

static struct err *describe_all(struct walk *w, const struct found *f, struct repo_history *out)
{
	out->events = arena_array(w->a, f->n ? f->n : 1, sizeof(*out->events));
	if (!out->events)
		return err_nomem();
	for (size_t i = 0; i < f->n; i++)
		TRY(describe(w, &f->v[i], &out->events[i]));
	out->count = f->n;
	return NULL;
}

/*
 * The library's own check of every object it reads is what makes a walk slow: see verify. And it
 * would keep each of them, though none is read twice.
 */
static void set_careful(int on)
{
	(void)git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on);
	(void)git_libgit2_opts(GIT_OPT_ENABLE_CACHING, on);
}

static struct err *open_walk(struct repo *r, const struct repo_commit *tip, struct arena *a,
			     struct walk *w, git_oid *id)
{
	*w = (struct walk){.r = r, .a = a};
	if (git_oid_fromstr(id, tip->hex) < 0 || git_repository_odb(&w->odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	set_careful(0);
	return NULL;
}

static void close_walk(struct walk *w)
{
	set_careful(1);
	git_odb_free(w->odb);
}

struct err *repo_history(struct repo *r, const struct repo_commit *tip, const char *const *paths,
			 size_t path_count, struct arena *a, struct repo_history *out)
{
	struct repo_history history = {0};
	struct found f = {0};
	struct walk w;
	struct err *e;
	git_oid id;

	*out = history;
	if (tip->is_unborn)
		return NULL;
	for (size_t i = 0; i < path_count; i++) {
		if (!fs_is_safe_path(str_from(paths[i])))
			return err_new(ERR_REPO, "\"%s\": not a plain path", paths[i]);
	}
	TRY(open_walk(r, tip, a, &w, &id));
	w.count = path_count;
	w.trails = arena_array(a, path_count ? path_count : 1, sizeof(*w.trails));
	e = w.trails ? NULL : err_nomem();
	for (size_t i = 0; i < path_count && !e; i++)
		w.trails[i].path = paths[i];
	if (!e)
		e = find_changes(&w, &id, &f, &history.is_cut);
	if (!e)
		e = describe_all(&w, &f, &history);
	free(f.v);
	close_walk(&w);
	if (!e)
		*out = history;
	return e;
}

struct err *repo_as_of(struct repo *r, const struct repo_commit *tip, int64_t when_s,
		       struct repo_commit *out, bool *found)
{
	struct link now, before;
	struct walk w;
	struct err *e;
	bool there = true, is_cut = false;
	git_oid id;

	*found = false;
	if (tip->is_unborn)
		return NULL;
	TRY(open_walk(r, tip, NULL, &w, &id));
	e = load_link(&w, &id, &now);
	while (!e && there && now.time_s > when_s) {
		e = step_back(&w, &now, &before, &there, &is_cut);
		if (!e && there)
			now = before;
	}
	close_walk(&w);
	if (e)
		return e;
	if (is_cut)
		return err_new(ERR_REPO,
			       "the clone is shallow and does not reach back so far; fetch the "
			       "history (git fetch --unshallow)");
	if (!there)
		return NULL;
	*found = true;
	return commit_describe(r, &now.id, out);
}

struct err *repo_is_within(struct repo *r, const struct repo_commit *a, const struct repo_commit *b,
			   bool *out)
{
	git_oid x, y;
	int code;

	*out = a->is_unborn || strcmp(a->hex, b->hex) == 0;
	if (*out || b->is_unborn)
		return NULL;
	if (git_oid_fromstr(&x, a->hex) < 0 || git_oid_fromstr(&y, b->hex) < 0)
		return err_git(ERR_REPO, "commit");
	code = git_graph_descendant_of(r->git, &y, &x);
	if (code < 0)
		return err_git(ERR_REPO, "%s and %s cannot be compared", a->hex, b->hex);
	*out = code == 1;
	return NULL;
}
