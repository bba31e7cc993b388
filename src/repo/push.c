/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/redact.h"
#include "repo/child.h"
#include "repo/git.h"
#include "repo/history.h"

#define TIMEOUT_S 300u
#define TRIES_MAX 20u

/* What git says of a remote may repeat the user and the password of its URL. */
static struct err *learn_remote(struct repo *r, const char *remote)
{
	static const char *const keys[] = {"url", "pushurl"};
	struct err *e = redact_learn_url(str_from(remote));

	for (size_t i = 0; i < ARRAY_LEN(keys) && !e; i++) {
		char *key = NULL, *text = NULL;

		if (asprintf(&key, "remote.%s.%s", remote, keys[i]) < 0)
			return err_nomem();
		e = config_text(r->config, key, &text);
		if (!e)
			e = redact_learn_url(str_from(text ? text : ""));
		free(text);
		free(key);
	}
	return e;
}

struct err *repo_push_check(struct repo *r, const char *ref, struct arena *a, const char **remote)
{
	const char *name = str_starts(str_from(ref), "refs/heads/") ? ref + 11 : "";
	char *key = NULL, *text = NULL;
	struct err *e = NULL;

	if (!child_is_there("git"))
		return err_new(ERR_REPO, "--push needs git, and there is none on the PATH");
	if (!*remote) {
		if (asprintf(&key, "branch.%s.remote", name) < 0)
			return err_nomem();
		e = config_text(r->config, key, &text);
		free(key);
		if (!e && !(*remote = arena_printf(a, "%s", text ? text : "origin")))
			e = err_nomem();
		free(text);
	}
	if (!e)
		e = learn_remote(r, *remote);
	if (!e && **remote == '-')
		e = err_new(ERR_USAGE, "--push: %s cannot be the name of a remote", *remote);
	return e;
}

/* git in this repository, whatever the current folder is. */
static struct err *git(struct repo *r, const char *const *words, struct child_result *out)
{
	const char *argv[16] = {"git", "--git-dir", repo_git_dir(r)};
	struct child_request req = {argv, {NULL, 0}, TIMEOUT_S};
	size_t n = 3;

	while (*words && n + 1 < ARRAY_LEN(argv))
		argv[n++] = *words++;
	return child_run(&req, out);
}

/* A name for what was fetched, until it has been looked at. */
static char *scratch_ref(void)
{
	char *name = NULL;

	return asprintf(&name, "refs/scandrift/fetched/%ld", (long)getpid()) < 0 ? NULL : name;
}

static struct err *take_scratch(struct repo *r, const char *name, struct repo_commit *out)
{
	struct err *e = repo_resolve(r, name, out);

	if (git_reference_remove(r->git, name) < 0 && !e)
		e = err_git(ERR_OUTPUT, "%s", name);
	return e;
}

/* The remote's tip; unborn where it has none. */
static struct err *fetch_tip(struct repo *r, const char *remote, const char *ref,
			     struct repo_commit *out)
{
	char *scratch = scratch_ref(), *spec = NULL;
	struct child_result said = {0};
	struct err *e = NULL;

	if (!scratch || asprintf(&spec, "+%s:%s", ref, scratch) < 0) {
		free(scratch);
		return err_nomem();
	}
	const char *words[] = {"fetch",
			       "--quiet",
			       "--no-tags",
			       "--no-write-fetch-head",
			       "--no-auto-maintenance",
			       "--",
			       remote,
			       spec,
			       NULL};

	e = git(r, words, &said);
	if (!e && said.status == 0)
		e = take_scratch(r, scratch, out);
	else if (!e && said.err.n && strstr(said.err.p, "couldn't find remote ref"))
		*out = (struct repo_commit){.is_unborn = true};
	else if (!e)
		e = child_failure(ERR_OUTPUT, "git fetch", &said);
	child_free(&said);
	free(spec);
	free(scratch);
	return e;
}

struct err *repo_fetch_ours(struct repo *r, const char *remote, const char *ref, struct arena *a,
			    bool *is_there)
{
	struct repo_tip tip;
	struct repo_commit theirs;
	bool is_behind = false, is_ahead = false;
	git_oid id;

	TRY(fetch_tip(r, remote, ref, &theirs));
	*is_there = !theirs.is_unborn;
	if (!*is_there)
		return NULL;
	TRY(repo_resolve_tip(r, ref, a, &tip));
	TRY(repo_is_within(r, &theirs, &tip.commit, &is_ahead));
	if (is_ahead && !tip.commit.is_unborn)
		return NULL;
	TRY(repo_is_within(r, &tip.commit, &theirs, &is_behind));
	if (!is_behind)
		return err_new(
			ERR_OUTPUT,
			"%s: has parted from that of %s: %.12s here, %.12s there; neither is "
			"thrown away",
			tip.ref, remote, tip.commit.hex, theirs.hex);
	if (git_oid_fromstr(&id, theirs.hex) < 0)
		return err_git(ERR_OUTPUT, "%s", theirs.hex);
	return commit_move(r, &tip, &id, "fetched");
}

enum push_answer { PUSH_DONE, PUSH_BEHIND, PUSH_FAILED };

/*
 * By the line that --porcelain gives for the reference; the other side's locks, which two pushes at
 * once meet, are told on standard error.
 */
static enum push_answer read_answer(const struct child_result *said)
{
	static const char *const behind[] = {"[rejected]",           "incorrect old value provided",
					     "failed to update ref", "cannot lock ref",
					     "failed to lock",       ".lock': File exists"};

	if (said->status == 0)
		return PUSH_DONE;
	for (size_t i = 0; i < ARRAY_LEN(behind); i++) {
		if ((said->out.n && strstr(said->out.p, behind[i])) ||
		    (said->err.n && strstr(said->err.p, behind[i])))
			return PUSH_BEHIND;
	}
	return PUSH_FAILED;
}

static struct err *push_once(struct repo *r, const char *remote, const char *ref, const char *hex,
			     enum push_answer *answer)
{
	struct child_result said = {0};
	char *spec = NULL;
	struct err *e;

	if (asprintf(&spec, "%s:%s", hex, ref) < 0)
		return err_nomem();
	const char *words[] = {"push",       "--quiet", "--porcelain", "--no-follow-tags",
			       "--no-force", "--",      remote,        spec,
			       NULL};

	e = git(r, words, &said);
	if (!e)
		*answer = read_answer(&said);
	if (!e && *answer == PUSH_FAILED) {
		if (said.out.n)
			buf_str(&said.err, buf_view(&said.out));
		e = child_failure(ERR_OUTPUT, "git push", &said);
	}
	child_free(&said);
	free(spec);
	return e;
}

/* What was shown must still be true on top of what others pushed meanwhile. */
static struct err *check_replay(struct repo *r, const struct repo_commit_request *req,
				const struct repo_commit *before, const struct repo_commit *theirs,
				const char *remote)
{
	bool within = false;

	TRY(repo_is_within(r, before, theirs, &within));
	if (!within)
		return err_new(ERR_OUTPUT,
			       "%s: has commits here that %s has not, besides this one, and the "
			       "other way round; bring them together (git pull --rebase) and push",
			       req->expect.ref, remote);
	for (size_t i = 0; i < req->change_count && !req->is_record; i++) {
		struct tree_entry was, is;

		TRY(tree_find(r, before, req->changes[i].path, &was));
		TRY(tree_find(r, theirs, req->changes[i].path, &is));
		if (!spot_eq(&was, &is))
			return err_new(ERR_OUTPUT,
				       "%s: was changed by somebody else on %s of %s (%.12s); not "
				       "pushed: look at it again on top of that",
				       req->changes[i].path, req->expect.ref, remote, theirs->hex);
	}
	return NULL;
}

static struct err *before_of(struct repo *r, const struct repo_commit_result *done,
			     struct repo_commit *out)
{
	*out = (struct repo_commit){.is_unborn = true};
	return *done->parent_hex ? repo_resolve(r, done->parent_hex, out) : NULL;
}

/* This side's branch goes from its own commit to the one that stands on the remote's. */
static struct err *follow_remote(struct repo *r, const char *ref, const char *from,
				 const git_oid *to, struct arena *a,
				 struct repo_commit_result *done)
{
	struct repo_tip tip = {.ref = ref};
	struct err *e = repo_resolve(r, from, &tip.commit);
	char *text;

	if (!e && repo_is_current(r, ref))
		e = follow_checkout(r, from, to);
	if (!e)
		e = commit_move(r, &tip, to, "pushed on top of what others had pushed");
	if (!e)
		return NULL;
	text = err_text(e);
	err_free(e);
	done->worktree_lag = arena_printf(
		a,
		"the remote has it as %.12s, and %s could not follow: %s; git pull --rebase does",
		done->hex, ref, text ? text : "out of memory");
	free(text);
	return done->worktree_lag ? NULL : err_nomem();
}

struct err *repo_push(struct repo *r, const char *remote, const struct repo_commit_request *req,
		      struct arena *a, struct repo_commit_result *done)
{
	struct repo_commit before, theirs;
	char local[REPO_HEX_SIZE], hex[REPO_HEX_SIZE], parent[REPO_HEX_SIZE];
	enum push_answer answer = PUSH_FAILED;
	struct lock_wait w = {0};
	git_oid id;

	memcpy(local, done->hex, sizeof(local));
	memcpy(hex, done->hex, sizeof(hex));
	memcpy(parent, done->parent_hex, sizeof(parent));
	TRY(before_of(r, done, &before));
	for (unsigned i = 0; i < TRIES_MAX; i++) {
		TRY(push_once(r, remote, done->ref, hex, &answer));
		if (answer == PUSH_DONE)
			break;
		(void)lock_wait_more(&w);
		TRY(fetch_tip(r, remote, done->ref, &theirs));
		/* It was only busy. */
		if (strcmp(theirs.hex, parent) == 0)
			continue;
		TRY(check_replay(r, req, &before, &theirs, remote));
		TRY(commit_build(r, req, &theirs, &id));
		(void)git_oid_tostr(hex, sizeof(hex), &id);
		memcpy(parent, theirs.hex, sizeof(parent));
	}
	if (answer != PUSH_DONE)
		return err_new(ERR_OUTPUT, "%s of %s: moved %u times while this was pushed",
			       done->ref, remote, TRIES_MAX);
	if (strcmp(hex, local) == 0)
		return NULL;
	memcpy(done->hex, hex, sizeof(hex));
	memcpy(done->parent_hex, parent, sizeof(parent));
	return follow_remote(r, done->ref, local, &id, a, done);
}
