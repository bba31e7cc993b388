/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/path_history.h"

#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

struct walk {
	struct repo *r;
	const char *const *paths;
	struct tree_entry *spots; /* one a path: what stands there in the commit at hand */
	bool *is_open;
	size_t count, open_count;
	repo_past_take *take;
	void *ctx;
	bool is_cut; /* where the walk ends */
};

/* *is_cut: there is one, and this clone does not have it. */
static struct err *find_parent(struct repo *r, const struct repo_commit *c, struct repo_commit *out,
			       bool *there, bool *is_cut)
{
	git_commit *commit = NULL;
	git_odb *odb = NULL;
	struct err *e = NULL;
	git_oid id, parents[2];

	*there = *is_cut = false;
	if (git_oid_fromstr(&id, c->hex) < 0 || git_commit_lookup(&commit, r->git, &id) < 0)
		return err_git(ERR_REPO, "commit %s", c->hex);
	if (commit_parents(commit, parents) > 0) {
		id = parents[0];
		if (git_repository_odb(&odb, r->git) < 0)
			e = err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
		else
			*there = git_odb_exists(odb, &id) == 1 ||
				 git_repository_is_shallow(r->git) != 1;
		*is_cut = !*there;
	}
	if (!e && *there)
		e = commit_describe(r, &id, out);
	git_odb_free(odb);
	git_commit_free(commit);
	return e;
}

static struct err *tell(struct walk *w, size_t i, const struct repo_commit *c, bool is_oldest)
{
	const struct repo_past past = {
		.commit = c,
		.path = w->paths[i],
		.is_there = w->spots[i].kind == REPO_ENTRY_FILE,
		.is_oldest = is_oldest,
		.is_cut = is_oldest && w->is_cut,
	};
	bool more = false;

	TRY(w->take(w->ctx, i, &past, &more));
	if (!more) {
		w->is_open[i] = false;
		w->open_count--;
	}
	return NULL;
}

/* Those whose state came with `c`, since the parent has another; without a parent, all. */
static struct err *step(struct walk *w, const struct repo_commit *c,
			const struct repo_commit *parent)
{
	if (parent && strcmp(parent->tree_hex, c->tree_hex) == 0)
		return NULL;
	for (size_t i = 0; i < w->count; i++) {
		struct tree_entry spot;

		if (!w->is_open[i])
			continue;
		if (!parent) {
			TRY(tell(w, i, c, true));
			continue;
		}
		TRY(tree_find(w->r, parent, w->paths[i], &spot));
		if (spot_eq(&spot, &w->spots[i]))
			continue;
		TRY(tell(w, i, c, false));
		w->spots[i] = spot;
	}
	return NULL;
}

static struct err *walk(struct walk *w, const struct repo_commit *tip)
{
	struct repo_commit now = *tip, parent;
	bool there = true;

	for (size_t i = 0; i < w->count; i++) {
		w->is_open[i] = true;
		TRY(tree_find(w->r, tip, w->paths[i], &w->spots[i]));
	}
	w->open_count = w->count;
	while (w->open_count && there) {
		TRY(find_parent(w->r, &now, &parent, &there, &w->is_cut));
		TRY(step(w, &now, there ? &parent : NULL));
		if (there)
			now = parent;
	}
	return NULL;
}

struct err *repo_walk_past(struct repo *r, const struct repo_commit *tip, const char *const *paths,
			   size_t count, repo_past_take *take, void *ctx)
{
	struct walk w = {.r = r, .paths = paths, .count = count, .take = take, .ctx = ctx};
	struct err *e;

	if (tip->is_unborn || !count)
		return NULL;
	w.spots = calloc(count, sizeof(*w.spots));
	w.is_open = calloc(count, sizeof(*w.is_open));
	e = w.spots && w.is_open ? walk(&w, tip) : err_nomem();
	free(w.is_open);
	free(w.spots);
	return e;
}
