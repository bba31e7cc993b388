/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One commit: check everything, write objects, move the branch under its lock if it still is where
 * it was, then let index and work tree follow. Until the branch moves nothing but unreachable
 * objects has been written; from then on the commit stands, whatever happens to the files.
 */
#include "repo/commit.h"

#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

#define RACES_MAX 100

struct job {
	struct repo *r;
	const struct repo_commit_request *req;
	const char **paths;
	struct making making;
	bool is_current; /* HEAD is on the branch, and there is a work tree */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct err *check_paths(struct job *j)
{
	size_t count = j->req->change_count;

	j->paths = calloc(count ? count : 1, sizeof(*j->paths));
	if (!j->paths)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		j->paths[i] = j->req->changes[i].path;
		TRY(check_path_text(j->paths[i]));
	}
	qsort(j->paths, count, sizeof(*j->paths), by_text);
	for (size_t i = 1; i < count; i++)
		if (strcmp(j->paths[i - 1], j->paths[i]) == 0)
			return err_new(ERR_REPO, "%s: would be written twice in one commit",
				       j->paths[i]);
	return NULL;
}

bool repo_is_current(struct repo *r, const char *ref)
{
	return !git_repository_is_bare(r->git) && ref_is_head(r, ref);
}

/* Where the branch moved on, our paths must be as they were judged. */
static struct err *check_unmoved(struct job *j, const struct repo_commit *now)
{
	const struct repo_tip *expect = &j->req->expect;

	if (strcmp(now->hex, expect->commit.hex) == 0 || j->req->is_record)
		return NULL;
	for (size_t i = 0; i < j->req->change_count; i++) {
		struct tree_entry was, is;

		TRY(tree_find(j->r, &expect->commit, j->paths[i], &was));
		TRY(tree_find(j->r, now, j->paths[i], &is));
		if (!spot_eq(&was, &is))
			return err_new(
				ERR_OUTPUT,
				"%s: changed on %s meanwhile (in %s); nothing was committed: "
				"run again to see the new state",
				j->paths[i], expect->ref, now->hex);
	}
	return NULL;
}

static struct err *is_same(struct job *j, const struct repo_commit *tip,
			   const struct repo_change *c, bool *same)
{
	struct tree_entry spot;
	git_oid id;

	TRY(tree_find(j->r, tip, c->path, &spot));
	if (c->is_delete) {
		*same = spot.kind == REPO_ENTRY_MISSING;
		return NULL;
	}
	if (git_odb_hash(&id, c->bytes.n ? c->bytes.p : "", c->bytes.n, GIT_OBJECT_BLOB) < 0)
		return err_git(ERR_REPO, "%s", c->path);
	*same = spot.kind == REPO_ENTRY_FILE && git_oid_equal(&id, &spot.id);
	return NULL;
}

static struct err *is_nothing(struct job *j, const struct repo_commit *tip, bool *out)
{
	bool same = true;

	for (size_t i = 0; i < j->req->change_count && same; i++)
		TRY(is_same(j, tip, &j->req->changes[i], &same));
	*out = same;
	return NULL;
}

static void say(struct repo_commit_result *out, const git_oid *id, const struct repo_commit *tip)
{
	out->is_committed = true;
	(void)git_oid_tostr(out->hex, sizeof(out->hex), id);
	memcpy(out->parent_hex, tip->hex, sizeof(out->parent_hex));
}

static struct err *refresh(const struct repo_commit_request *req)
{
	return req->refresh ? req->refresh(req->refresh_ctx) : NULL;
}

/* One try. *done is false when the branch moved between looking and locking. */
static struct err *attempt(struct job *j, struct arena *a, struct repo_commit_result *out,
			   bool *done)
{
	const char *branch = j->req->expect.ref;
	struct repo_tip tip;
	git_oid id;
	bool nothing = false;

	TRY(repo_resolve_tip(j->r, branch, a, &tip));
	j->is_current = repo_is_current(j->r, tip.ref);
	out->ref = tip.ref;
	TRY(check_unmoved(j, &tip.commit));
	TRY(check_tip(j->r, &tip, j->paths, j->req->change_count, j->is_current));
	if (!j->req->is_record)
		TRY(is_nothing(j, &tip.commit, &nothing));
	if (nothing) {
		*done = true;
		memcpy(out->hex, tip.commit.hex, sizeof(out->hex));
		return NULL;
	}
	TRY(refresh(j->req));
	TRY(making_write(j->r, &j->making, j->req, &tip.commit, &id));
	const struct branch_move move = {
		.move = {j->r, &tip, &id, j->making.committer, j->making.message, j->is_current},
		.paths = j->paths,
		.count = j->req->change_count,
		.lag = &out->worktree_lag,
		.a = a,
	};

	TRY(branch_move(&move, done));
	if (*done)
		say(out, &id, &tip.commit);
	return NULL;
}

static struct err *prepare(struct job *j)
{
	TRY(check_paths(j));
	TRY(making_find(j->r, j->req->message, &j->making));
	if (repo_is_current(j->r, j->req->expect.ref))
		TRY(check_no_operation(j->r));
	return follow_repair(j->r);
}

static void end_job(struct job *j)
{
	making_free(&j->making);
	free(j->paths);
}

struct err *repo_repair(struct repo *r)
{
	int turn = lock_take_turn(r);
	struct err *e = shared_find(r);

	if (!e)
		e = follow_repair(r);

	lock_end_turn(turn);
	return e;
}

struct err *repo_commit_changes(struct repo *r, const struct repo_commit_request *req,
				struct arena *a, struct repo_commit_result *out)
{
	struct job j = {.r = r, .req = req};
	struct repo_commit_result result = {0};
	bool done = false;
	int turn = lock_take_turn(r);
	struct err *e = prepare(&j);

	for (unsigned i = 0; !e && !done; i++) {
		if (i == RACES_MAX)
			e = err_new(ERR_OUTPUT,
				    "%s: moved %u times while the commit was made; nothing was "
				    "committed",
				    req->expect.ref, RACES_MAX);
		else
			e = attempt(&j, a, &result, &done);
	}
	end_job(&j);
	lock_end_turn(turn);
	if (e)
		return e;
	*out = result;
	return NULL;
}
