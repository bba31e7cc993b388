/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/push.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/redact.h"
#include "base/child.h"
#include "repo/git.h"
#include "repo/history.h"
#include "repo/owed.h"

#define SCRATCH         "refs/scandrift/fetched/"
#define REMOVE_TRIES    5u
#define REMOVE_PAUSE_MS 20
#define TIMEOUT_S       300u
#define TRIES_MAX       20u

/* What git says of a remote may repeat the user and the password of its URL. */
static struct err *learn_remote(struct repo *r, const char *remote)
{
	static const char *const keys[] = {"url", "pushurl"};
	struct err *e = redact_learn_url(str_from(remote));

	for (size_t i = 0; i < ARRAY_LEN(keys) && !e; i++) {
		char *key = NULL, *text = NULL;

		if (asprintf(&key, "remote.%s.%s", remote, keys[i]) < 0)
			return err_nomem();
		e = gitconfig_text(r->config, key, &text);
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
		e = gitconfig_text(r->config, key, &text);
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

	return asprintf(&name, SCRATCH "%ld", (long)getpid()) < 0 ? NULL : name;
}

static bool is_of_dead(const char *name, const char *end_with)
{
	char *end;
	long pid = strtol(name, &end, 10);

	return pid > 0 && strcmp(end, end_with) == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void drop_packed(struct repo *r)
{
	git_strarray all = {0};

	if (git_reference_list(&all, r->git) < 0)
		return;
	for (size_t i = 0; i < all.count; i++) {
		if (strncmp(all.strings[i], SCRATCH, strlen(SCRATCH)) == 0 &&
		    is_of_dead(all.strings[i] + strlen(SCRATCH), ""))
			(void)git_reference_remove(r->git, all.strings[i]);
	}
	git_strarray_dispose(&all);
}

/* What runs that were killed have fetched and never looked at, with its locks. */
static void drop_scratch(struct repo *r)
{
	char *dir = NULL;
	DIR *d;
	const struct dirent *entry;

	if (asprintf(&dir, "%s" SCRATCH, git_repository_commondir(r->git)) < 0)
		return;
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		if (is_of_dead(entry->d_name, ".lock"))
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	}
	if (d)
		(void)closedir(d);
	free(dir);
	drop_packed(r);
}

/*
 * `git gc` beside this run packs the reference and takes its folder away. What cannot be removed for
 * that is no failure of the fetch; the next run drops it.
 */
static struct err *take_scratch(struct repo *r, const char *name, struct repo_commit *out)
{
	struct err *e = repo_resolve(r, name, out);

	for (unsigned i = 0; i < REMOVE_TRIES && git_reference_remove(r->git, name) < 0; i++)
		(void)poll(NULL, 0, REMOVE_PAUSE_MS);
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
	const char *words[] = {"fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
			       "--no-auto-maintenance",
			       /* A killed one leaves no lock of a reference that is the user's. */
			       "--refmap=", "--", remote, spec, NULL};

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

/* This side's branch goes to what the remote has; its files follow where nothing is in the way. */
static struct err *move_here(struct repo *r, const struct repo_tip *tip, const git_oid *to,
			     struct arena *a, const char **lag)
{
	git_signature *author = NULL, *committer = NULL;
	struct branch_move m = {
		.move = {r, tip, to, NULL, "brought up to the remote", false}, .lag = lag, .a = a};
	struct path_list paths = {0};
	struct repo_commit now;
	bool moved = false;
	struct err *e;

	m.move.is_current = repo_is_current(r, tip->ref);
	TRY(commit_describe(r, to, &now));
	TRY(identity_find(r, &author, &committer));
	m.move.who = committer;
	e = store_sync(r);
	if (!e && m.move.is_current)
		e = paths_between(r, &tip->commit, &now, &paths);
	m.paths = (const char *const *)paths.list;
	m.count = paths.count;
	if (!e && m.move.is_current)
		e = follow_check(r, &tip->commit, &now, m.paths, m.count);
	if (!e)
		e = branch_move(&m, &moved);
	if (!e && !moved)
		e = err_new(ERR_OUTPUT, "%s: moved meanwhile", tip->ref);
	paths_free(&paths);
	git_signature_free(committer);
	git_signature_free(author);
	return e;
}

static struct err *move_in_turn(struct repo *r, const struct repo_tip *tip, const git_oid *to,
				struct arena *a, const char **lag)
{
	int turn = lock_take_turn(r);
	struct err *e = follow_repair(r);

	if (!e)
		e = move_here(r, tip, to, a, lag);
	lock_end_turn(turn);
	return e;
}

/* The remote has it; that this side lags is told beside that. */
static struct err *follow_remote(struct repo *r, const struct repo_tip *tip, const git_oid *to,
				 struct arena *a, struct repo_pushed *out)
{
	struct err *e = move_in_turn(r, tip, to, a, &out->worktree_lag);
	char *text;

	if (!e)
		return NULL;
	text = err_text(e);
	err_free(e);
	out->worktree_lag = arena_printf(
		a,
		"the remote has it as %.12s, and %s could not follow: %s; git pull --rebase does",
		out->hex, tip->ref, text ? text : "out of memory");
	free(text);
	return out->worktree_lag ? NULL : err_nomem();
}

/* What it takes to bring the two sides of one branch together. */
struct meeting {
	struct repo *r;
	const char *remote;
	const struct repo_owed *owed;
	struct arena *a;
	struct repo_tip tip;
	struct repo_commit theirs;
	struct owed_list list;
};

static struct err *meet(struct meeting *m)
{
	owed_free(&m->list);
	TRY(repo_resolve_tip(m->r, m->owed->ref, m->a, &m->tip));
	TRY(fetch_tip(m->r, m->remote, m->owed->ref, &m->theirs));
	if (m->tip.commit.is_unborn)
		return NULL;
	return owed_find(m->r, &m->tip.commit, &m->theirs, &m->list);
}

static bool is_theirs_within(const struct meeting *m, bool *within, struct err **e)
{
	*within = true;
	*e = m->theirs.is_unborn ? NULL : repo_is_within(m->r, &m->theirs, &m->tip.commit, within);
	return !*e;
}

struct err *repo_fetch_ours(struct repo *r, const char *remote, const struct repo_owed *owed,
			    struct arena *a, bool *is_there)
{
	struct meeting m = {.r = r, .remote = remote, .owed = owed, .a = a};
	const char *lag = NULL;
	bool within;
	struct err *e;
	git_oid to;

	drop_scratch(r);
	e = meet(&m);
	*is_there = !e && !m.theirs.is_unborn;
	if (!e && *is_there && is_theirs_within(&m, &within, &e) &&
	    (!within || m.tip.commit.is_unborn)) {
		e = owed_replay(r, owed, &m.list, &m.tip.commit, &m.theirs, remote, &to);
		if (!e)
			e = move_in_turn(r, &m.tip, &to, a, &lag);
	}
	owed_free(&m.list);
	return e;
}

/* Has the remote this commit on a branch of another name? Those are not owed. */
static void leave_line(struct meeting *m, const char *line)
{
	git_oid id;

	if (git_oid_fromstrn(&id, line, strcspn(line, "\t\n")) == 0)
		owed_leave(m->r, &m->list, &id);
}

/* A branch that the remote lacks begins on one that it has. */
static struct err *leave_known(struct meeting *m)
{
	const char *words[] = {"ls-remote", "--heads", "--", m->remote, NULL};
	struct child_result said = {0};
	struct err *e = m->owed->is_ours ? NULL : git(m->r, words, &said);
	const char *line = said.out.n ? said.out.p : NULL;

	if (!e && said.status != 0)
		e = child_failure(ERR_OUTPUT, "git ls-remote", &said);
	while (!e && line && *line) {
		leave_line(m, line);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	child_free(&said);
	return e;
}

/* The commit that the remote's branch has to become: ours as it is, or made again on top of theirs. */
static struct err *find_goal(const struct meeting *m, git_oid *out)
{
	bool within;
	struct err *e;

	if (!is_theirs_within(m, &within, &e))
		return e;
	if (within)
		return git_oid_fromstr(out, m->tip.commit.hex) < 0
			       ? err_git(ERR_REPO, "%s", m->tip.commit.hex)
			       : NULL;
	return owed_replay(m->r, m->owed, &m->list, &m->tip.commit, &m->theirs, m->remote, out);
}

/* One look at the remote, and one push of what it lacks. */
static struct err *push_owed(struct meeting *m, struct repo_pushed *out, git_oid *goal,
			     enum push_answer *answer)
{
	TRY(meet(m));
	out->count = m->list.count;
	*answer = PUSH_DONE;
	if (!m->list.count)
		return NULL;
	if (m->theirs.is_unborn)
		TRY(leave_known(m));
	TRY(owed_check(m->r, m->owed, &m->list, m->remote));
	TRY(find_goal(m, goal));
	(void)git_oid_tostr(out->hex, sizeof(out->hex), goal);
	/* Somebody else has brought the same there. */
	if (strcmp(out->hex, m->theirs.hex) == 0)
		return NULL;
	return push_once(m->r, m->remote, m->owed->ref, out->hex, answer);
}

static struct err *push_all(struct meeting *m, struct repo_pushed *out, git_oid *goal)
{
	enum push_answer answer = PUSH_FAILED;
	struct lock_wait w = {0};

	for (unsigned i = 0; i < TRIES_MAX; i++) {
		TRY(push_owed(m, out, goal, &answer));
		if (answer == PUSH_DONE)
			return NULL;
		(void)lock_wait_more(&w);
	}
	return err_new(ERR_OUTPUT, "%s of %s: moved %u times while this was pushed", m->owed->ref,
		       m->remote, TRIES_MAX);
}

struct err *repo_push(struct repo *r, const char *remote, const struct repo_owed *owed,
		      struct arena *a, struct repo_pushed *out)
{
	struct meeting m = {.r = r, .remote = remote, .owed = owed, .a = a};
	git_oid goal = {{0}};
	struct err *e;

	*out = (struct repo_pushed){.count = 0};
	drop_scratch(r);
	e = push_all(&m, out, &goal);
	if (!e && out->count && strcmp(out->hex, m.tip.commit.hex) != 0)
		e = follow_remote(r, &m.tip, &goal, a, out);
	owed_free(&m.list);
	return e;
}
