/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/history.h"

#include <stdlib.h>
#include <string.h>

#include "repo/git.h"
#include "repo/watch.h"

/* A commit as far as a walk needs it. */
struct link {
	git_oid id, tree, parent;
	unsigned parent_count;
	int64_t time_s, author_s;
	git_odb_object *bytes;
	bool is_checked; /* against the id */
};

struct trail {
	bool is_open;
	size_t own, former; /* places in the watch; equal where there is one name */
	const struct repo_trail *names;
	const char *path; /* of the two, the one that holds something in the commit at hand */
	struct tree_entry spot;
};

struct walk {
	struct repo *r;
	git_odb *odb;
	/* What is done at each commit, with the one before it; NULL: none is known. */
	struct err *(*visit)(struct walk *w, struct link *now, const struct link *before,
			     bool *more);
	struct watch *watch;
	struct trail *trails;
	size_t *owners; /* of each place in the watch */
	const char **paths;
	size_t trail_count, open_count, place_count;
	repo_past_take *take;
	void *ctx;
	int64_t when_s;
	struct repo_commit found;
	bool is_found, is_cut;
	/* A commit that was met, to find out that a damaged history goes round in a circle. */
	git_oid mark;
	size_t steps, mark_at;
};

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
		} else if (str_starts(line, "author ")) {
			out->author_s = person_time(line);
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
	*out = (struct link){.id = *id};
	TRY(object_load(w->odb, id, GIT_OBJECT_COMMIT, &out->bytes));
	if (parse_link(
		    (struct str){git_odb_object_data(out->bytes), git_odb_object_size(out->bytes)},
		    out))
		return NULL;
	git_odb_object_free(out->bytes);
	out->bytes = NULL;
	return object_is_damaged(id, "commit");
}

static struct err *verify(const struct link *l)
{
	git_oid have;

	if (git_odb_hash(&have, git_odb_object_data(l->bytes), git_odb_object_size(l->bytes),
			 GIT_OBJECT_COMMIT) < 0)
		return err_git(ERR_REPO, "object");
	return git_oid_equal(&have, &l->id) ? NULL : object_is_damaged(&l->id, "object");
}

static struct repo_commit commit_of(const struct link *l)
{
	struct repo_commit out = {.time_s = l->time_s};

	(void)git_oid_tostr(out.hex, sizeof(out.hex), &l->id);
	(void)git_oid_tostr(out.tree_hex, sizeof(out.tree_hex), &l->tree);
	return out;
}

/*
 * The library's own check of every object that it reads is what makes a walk slow. And it would
 * keep each of them, though none is read twice.
 */
static void set_careful(int on)
{
	(void)git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on);
	(void)git_libgit2_opts(GIT_OPT_ENABLE_CACHING, on);
}

/* ---- states ---- */

/* The caller reads what its answer rests on: with all checks. */
static struct err *tell(struct walk *w, size_t i, struct link *now, const struct repo_past *s,
			bool *more)
{
	struct err *e = now->is_checked ? NULL : verify(now);

	now->is_checked = true;
	*more = false;
	if (e)
		return e;
	set_careful(1);
	e = w->take(w->ctx, i, s, more);
	set_careful(0);
	return e;
}

static struct repo_past state_at(const struct walk *w, const struct link *now,
				 const struct link *before)
{
	return (struct repo_past){
		.commit = commit_of(now),
		.parent_count = now->parent_count,
		.author_s = now->author_s,
		.is_oldest = !before,
		.is_cut = !before && w->is_cut,
	};
}

static struct err *tell_trail(struct walk *w, struct trail *t, struct link *now,
			      const struct link *before)
{
	struct repo_past s = state_at(w, now, before);
	bool more;

	s.path = t->path;
	TRY(tell(w, (size_t)(t - w->trails), now, &s, &more));
	if (!more) {
		t->is_open = false;
		w->open_count--;
	}
	return NULL;
}

/* Which of the two names holds something, and what. */
static void look(const struct walk *w, const struct trail *t, const char **path,
		 struct tree_entry *spot)
{
	*path = t->names->path;
	*spot = *watch_spot(w->watch, t->own);
	if (spot->kind == REPO_ENTRY_MISSING) {
		*path = t->names->former;
		*spot = *watch_spot(w->watch, t->former);
	}
	if (spot->kind == REPO_ENTRY_MISSING)
		*path = NULL;
}

static struct err *visit_trail(struct walk *w, struct trail *t, struct link *now,
			       const struct link *before)
{
	struct tree_entry spot;
	const char *path;

	look(w, t, &path, &spot);
	if (path == t->path && spot_eq(&spot, &t->spot))
		return NULL;
	TRY(tell_trail(w, t, now, before));
	t->path = path;
	t->spot = spot;
	return NULL;
}

/* Those whose state came with `now`, since the commit before it has another; at the end, all. */
static struct err *visit_trails(struct walk *w, struct link *now, const struct link *before,
				bool *more)
{
	const size_t *touched;
	size_t count;

	for (size_t i = 0; !before && i < w->trail_count; i++) {
		if (w->trails[i].is_open)
			TRY(tell_trail(w, &w->trails[i], now, NULL));
	}
	if (!before)
		return NULL;
	TRY(watch_move(w->watch, &before->tree, &touched, &count));
	for (size_t i = 0; i < count; i++) {
		struct trail *t = &w->trails[w->owners[touched[i]]];

		if (t->is_open)
			TRY(visit_trail(w, t, now, before));
	}
	*more = w->open_count;
	return NULL;
}

static struct err *visit_every(struct walk *w, struct link *now, const struct link *before,
			       bool *more)
{
	const struct repo_past s = state_at(w, now, before);

	return tell(w, 0, now, &s, more);
}

static struct err *visit_time(struct walk *w, struct link *now, const struct link *before,
			      bool *more)
{
	(void)before;
	if (now->time_s > w->when_s)
		return NULL;
	*more = false;
	w->is_found = true;
	w->found = commit_of(now);
	return verify(now);
}

static void add_place(struct walk *w, size_t trail, const char *path)
{
	w->owners[w->place_count] = trail;
	w->paths[w->place_count++] = path;
}

static struct err *begin_trails(struct walk *w, const git_oid *tree)
{
	const size_t *touched;
	size_t count;

	TRY(watch_new(w->odb, w->paths, w->place_count, &w->watch));
	TRY(watch_move(w->watch, tree, &touched, &count));
	for (size_t i = 0; i < w->trail_count; i++)
		look(w, &w->trails[i], &w->trails[i].path, &w->trails[i].spot);
	return NULL;
}

static void open_trails(struct walk *w, const struct repo_trail *trails, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct trail *t = &w->trails[i];

		*t = (struct trail){.is_open = true, .names = &trails[i]};
		t->own = t->former = w->place_count;
		add_place(w, i, trails[i].path);
		if (trails[i].former) {
			t->former = w->place_count;
			add_place(w, i, trails[i].former);
		}
	}
	w->trail_count = w->open_count = count;
}

/* ---- from commit to commit ---- */

/* Commits that were not checked can name each other as parents: the mark moves ever less often. */
static struct err *check_circle(struct walk *w, const git_oid *id)
{
	if (w->steps && git_oid_equal(id, &w->mark))
		return object_is_damaged(id, "commit");
	if (w->steps++ == w->mark_at) {
		w->mark = *id;
		w->mark_at = 2 * w->steps;
	}
	return NULL;
}

/* The first parent. *there is false at the root, and where a shallow clone ends. */
static struct err *step_back(struct walk *w, const struct link *from, struct link *to, bool *there)
{
	struct err *e;

	*there = false;
	if (from->parent_count == 0)
		return NULL;
	TRY(check_circle(w, &from->id));
	e = load_link(w, &from->parent, to);
	*there = !e;
	if (e && git_repository_is_shallow(w->r->git) == 1 &&
	    !git_odb_exists(w->odb, &from->parent)) {
		w->is_cut = true;
		err_free(e);
		return NULL;
	}
	return e;
}

static struct err *walk_from(struct walk *w, const git_oid *tip)
{
	struct link now = {0}, before = {0};
	bool there = true, more = true;
	struct err *e = load_link(w, tip, &now);

	while (!e && there && more) {
		e = step_back(w, &now, &before, &there);
		if (!e)
			e = w->visit(w, &now, there ? &before : NULL, &more);
		git_odb_object_free(now.bytes);
		now = there ? before : (struct link){0};
		before = (struct link){0};
	}
	git_odb_object_free(now.bytes);
	return e;
}

static struct err *walk_tip(struct walk *w, const struct repo_commit *tip)
{
	struct err *e = NULL;
	git_oid id, tree;

	if (git_oid_fromstr(&id, tip->hex) < 0 || git_oid_fromstr(&tree, tip->tree_hex) < 0 ||
	    git_repository_odb(&w->odb, w->r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(w->r));
	set_careful(0);
	if (w->place_count)
		e = begin_trails(w, &tree);
	if (!e)
		e = walk_from(w, &id);
	set_careful(1);
	watch_free(w->watch);
	git_odb_free(w->odb);
	return e;
}

struct err *repo_walk(struct repo *r, const struct repo_commit *tip,
		      const struct repo_trail *trails, size_t count, repo_past_take *take,
		      void *ctx)
{
	struct walk w = {.r = r, .visit = visit_trails, .take = take, .ctx = ctx};
	struct err *e;

	if (tip->is_unborn || !count)
		return NULL;
	w.trails = calloc(count, sizeof(*w.trails));
	w.owners = calloc(count, 2 * sizeof(*w.owners));
	w.paths = calloc(count, 2 * sizeof(*w.paths));
	e = w.trails && w.owners && w.paths ? NULL : err_nomem();
	if (!e) {
		open_trails(&w, trails, count);
		e = walk_tip(&w, tip);
	}
	free(w.paths);
	free(w.owners);
	free(w.trails);
	return e;
}

struct err *repo_walk_commits(struct repo *r, const struct repo_commit *tip, repo_past_take *take,
			      void *ctx)
{
	struct walk w = {.r = r, .visit = visit_every, .take = take, .ctx = ctx};

	return tip->is_unborn ? NULL : walk_tip(&w, tip);
}

struct err *repo_as_of(struct repo *r, const struct repo_commit *tip, int64_t when_s,
		       struct repo_commit *out, bool *found)
{
	struct walk w = {.r = r, .visit = visit_time, .when_s = when_s};

	*found = false;
	if (tip->is_unborn)
		return NULL;
	TRY(walk_tip(&w, tip));
	if (!w.is_found && w.is_cut)
		return err_new(ERR_REPO,
			       "the clone is shallow and does not reach back so far; fetch the "
			       "history (git fetch --unshallow)");
	*found = w.is_found;
	if (w.is_found)
		*out = w.found;
	return NULL;
}

/* ---- one commit ---- */

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

struct err *repo_read_words(struct repo *r, const struct repo_commit *c, struct arena *a,
			    struct repo_commit_words *out)
{
	const git_signature *author;
	const char *message, *encoding;
	git_commit *commit = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, c->hex) < 0 || git_commit_lookup(&commit, r->git, &id) < 0)
		return err_git(ERR_REPO, "commit %s", c->hex);
	author = git_commit_author(commit);
	message = git_commit_message(commit);
	encoding = git_commit_message_encoding(commit);
	*out = (struct repo_commit_words){
		.author = encoding_to_utf8(encoding, str_from(author->name), a),
		.email = encoding_to_utf8(encoding, str_from(author->email), a),
		.subject = encoding_to_utf8(encoding, (struct str){message, strcspn(message, "\n")},
					    a),
		.baseline = trailer(commit, "Scandrift-Baseline", a),
	};
	git_commit_free(commit);
	return out->author && out->email && out->subject ? NULL : err_nomem();
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
