/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One commit: check everything, write objects, move the branch under its lock if it still is where
 * it was, then let index and work tree follow. Until the branch moves nothing but unreachable
 * objects has been written; from then on the commit stands, whatever happens to the files.
 */
#include "repo/commit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/utf8.h"
#include "repo/git.h"

#define RACES_MAX  100
#define WRITES_MAX 5

struct job {
	struct repo *r;
	const struct repo_commit_request *req;
	const char **paths;
	char *message;
	git_signature *author, *committer;
	struct signer signer;
	bool is_current; /* HEAD is on the branch, and there is a work tree */
};

static struct err *check_path_text(const char *path)
{
	const char *p = path;

	if (!fs_is_safe_path(str_from(path)))
		return err_new(ERR_REPO, "\"%s\": not a plain path below the repository's root",
			       path);
	/* libgit2 refuses ".git" in its other spellings when the tree is built. */
	while (*p) {
		size_t n = strcspn(p, "/");

		if (str_eq_nocase((struct str){p, n}, STR(".git")))
			return err_new(ERR_REPO, "\"%s\": git keeps its own files there", path);
		p += n + (p[n] == '/');
	}
	return NULL;
}

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

/* Valid UTF-8 without control characters, and the white space as git commit leaves it. */
static struct err *clean_message(struct str raw, char **out)
{
	git_buf buf = {0};
	char *text;
	size_t n = 0;

	if (utf8_invalid_at(raw) != raw.n)
		return err_new(ERR_REPO, "the commit's message is not valid UTF-8");
	text = malloc(raw.n + 1);
	if (!text)
		return err_nomem();
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];

		if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))
			text[n++] = raw.p[i];
	}
	text[n] = '\0';
	if (git_message_prettify(&buf, text, 0, '#') < 0) {
		free(text);
		return err_git(ERR_REPO, "the commit's message");
	}
	free(text);
	*out = strdup(buf.ptr ? buf.ptr : "");
	git_buf_dispose(&buf);
	if (!*out)
		return err_nomem();
	return **out ? NULL : err_new(ERR_REPO, "the commit's message is empty");
}

/* What another git command left half done decides what the next commit means. */
static struct err *check_no_operation(struct repo *r)
{
	int state = git_repository_state(r->git);

	if (state == GIT_REPOSITORY_STATE_NONE || state == GIT_REPOSITORY_STATE_BISECT)
		return NULL;
	return err_new(ERR_REPO,
		       "%s: a merge, rebase, revert or the like is in progress (see git status); "
		       "finish it first",
		       repo_workdir(r));
}

/* A link, folder or submodule is not replaced by a file behind its owner's back. */
static struct err *check_kind(struct repo *r, const struct repo_commit *tip, const char *path)
{
	static const char *const names[] = {
		[REPO_ENTRY_LINK] = "a symbolic link",
		[REPO_ENTRY_TREE] = "a folder",
		[REPO_ENTRY_SUBMODULE] = "a submodule",
	};
	struct tree_spot spot;

	TRY(tree_find(r, tip, path, &spot));
	if (spot.kind == REPO_ENTRY_MISSING || spot.kind == REPO_ENTRY_FILE)
		return NULL;
	return err_new(ERR_REPO, "%s: is %s in the commit, expected a file; remove it first", path,
		       names[spot.kind]);
}

static struct err *check_clean(struct repo *r, const struct repo_commit *tip, const char *path)
{
	enum repo_state state;

	TRY(repo_read_state(r, tip, path, &state));
	if (state == REPO_STATE_SAME || state == REPO_STATE_ABSENT)
		return NULL;
	return err_new(ERR_REPO,
		       "%s: is %s; nothing was written: commit it, set it aside (git stash) or "
		       "remove it, and run again",
		       path, repo_state_text(state));
}

bool repo_is_current(struct repo *r, const char *ref)
{
	git_reference *head = NULL;
	bool same = !git_repository_is_bare(r->git) &&
		    git_reference_lookup(&head, r->git, "HEAD") == 0 &&
		    git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
		    strcmp(git_reference_symbolic_target(head), ref) == 0;

	git_reference_free(head);
	return same;
}

/* Does a folder on the way to the path hold a .gitattributes in the commit? */
static struct err *has_attributes(struct repo *r, const struct repo_commit *tip, const char *path,
				  bool *out)
{
	const char *end = path;
	struct err *e = NULL;

	*out = false;
	while (!e && !*out && end) {
		struct tree_spot spot;
		char *name = NULL;

		if (asprintf(&name, "%.*s.gitattributes", (int)(end - path), path) < 0)
			return err_nomem();
		e = tree_find(r, tip, name, &spot);
		*out = !e && spot.kind != REPO_ENTRY_MISSING;
		free(name);
		end = strchr(end, '/');
		end = end ? end + 1 : NULL;
	}
	return e;
}

/* What the work tree's attributes say holds for another branch too, where that has any. */
static struct err *check_path(struct repo *r, const struct repo_commit *tip, const char *path,
			      bool is_current)
{
	bool has = true;

	TRY(check_path_text(path));
	TRY(check_kind(r, tip, path));
	if (!is_current)
		TRY(has_attributes(r, tip, path, &has));
	if (has)
		TRY(follow_check_attributes(r, path));
	return is_current ? check_clean(r, tip, path) : NULL;
}

struct err *repo_check_path(struct repo *r, const struct repo_tip *tip, const char *path)
{
	return check_path(r, &tip->commit, path, repo_is_current(r, tip->ref));
}

/* Another work tree that has the branch checked out would be left behind, seemingly edited. */
static struct err *check_not_elsewhere(struct job *j, const struct repo_tip *tip)
{
	git_reference *ref = NULL;
	struct err *e = NULL;

	if (j->is_current || tip->commit.is_unborn)
		return NULL;
	if (git_reference_lookup(&ref, j->r->git, tip->ref) < 0)
		return err_git(ERR_REPO, "%s", tip->ref);
	if (git_branch_is_checked_out(ref) == 1)
		e = err_new(
			ERR_REPO,
			"%s is checked out in another work tree (git worktree list): run there, "
			"or commit to another branch",
			tip->ref);
	git_reference_free(ref);
	return e;
}

/* "refs/heads/a" and "refs/heads/a/b" cannot both be; for a new branch nobody else looks. */
static struct err *check_ref_is_free(struct repo *r, const char *ref)
{
	git_reference_iterator *it = NULL;
	const char *name;
	char *text = strdup(ref), *glob = NULL, *p;
	struct err *e = NULL;
	git_oid id;

	if (!text || asprintf(&glob, "%s/*", ref) < 0) {
		e = err_nomem();
		goto out;
	}
	for (p = text + strlen("refs/heads/"); (p = strchr(p, '/')) && !e; *p++ = '/') {
		*p = '\0';
		if (git_reference_name_to_id(&id, r->git, text) == 0)
			e = err_new(ERR_REPO, "%s: cannot be, since %s is a branch", ref, text);
	}
	if (!e && git_reference_iterator_glob_new(&it, r->git, glob) == 0 &&
	    git_reference_next_name(&name, it) == 0)
		e = err_new(ERR_REPO, "%s: cannot be, since %s is a branch", ref, name);
out:
	git_reference_iterator_free(it);
	free(glob);
	free(text);
	return e;
}

static struct err *check_tip(struct job *j, const struct repo_tip *tip)
{
	TRY(check_not_elsewhere(j, tip));
	if (tip->commit.is_unborn)
		TRY(check_ref_is_free(j->r, tip->ref));
	/* git holds these while it switches branches or commits. */
	if (j->is_current) {
		TRY(lock_wait_gone(j->r, "HEAD"));
		TRY(lock_wait_gone(j->r, "index"));
	}
	for (size_t i = 0; i < j->req->change_count; i++)
		TRY(check_path(j->r, &tip->commit, j->req->changes[i].path, j->is_current));
	return NULL;
}

/* Where the branch moved on, our paths must be as they were judged. */
static struct err *check_unmoved(struct job *j, const struct repo_commit *now)
{
	const struct repo_tip *expect = &j->req->expect;

	if (strcmp(now->hex, expect->commit.hex) == 0 || j->req->is_record)
		return NULL;
	for (size_t i = 0; i < j->req->change_count; i++) {
		struct tree_spot was, is;

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
	struct tree_spot spot;
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

static struct err *write_plain(git_repository *to, const git_buf *bytes, git_oid *out)
{
	git_odb *odb = NULL;
	int code = git_repository_odb(&odb, to);

	if (code == 0)
		code = git_odb_write(out, odb, bytes->ptr, bytes->size, GIT_OBJECT_COMMIT);
	git_odb_free(odb);
	return code < 0 ? err_git(ERR_OUTPUT, "the commit cannot be written") : NULL;
}

/* There is never an unsigned commit where signed ones are asked for. */
static struct err *write_signed(const struct signer *s, git_repository *to, const git_buf *bytes,
				git_oid *out)
{
	char *signature = NULL;
	struct err *e = signer_sign(s, (struct str){bytes->ptr, bytes->size}, &signature);

	if (!e && git_commit_create_with_signature(out, to, bytes->ptr, signature, NULL) < 0)
		e = err_git(ERR_OUTPUT, "the commit cannot be written");
	free(signature);
	return e;
}

/*
 * By its bytes and not by git_commit_create: that of libgit2 1.5 reports success where the object
 * could not be written.
 */
static struct err *write_commit_object(struct job *j, git_repository *to, const git_tree *tree,
				       const git_commit *parent, git_oid *out)
{
	git_buf bytes = {0};
	struct err *e;

	if (git_commit_create_buffer(&bytes, to, j->author, j->committer, NULL, j->message, tree,
				     parent ? 1 : 0, &parent) < 0)
		return err_git(ERR_OUTPUT, "the commit cannot be written");
	e = j->signer.is_on ? write_signed(&j->signer, to, &bytes, out)
			    : write_plain(to, &bytes, out);
	git_buf_dispose(&bytes);
	return e;
}

static struct err *write_objects(struct job *j, struct store *to, const struct repo_commit *tip,
				 git_oid *out)
{
	git_tree *tree = NULL;
	git_commit *parent = NULL;
	git_oid base, parent_id, tree_id;
	struct err *e;

	if (!tip->is_unborn && (git_oid_fromstr(&base, tip->tree_hex) < 0 ||
				git_oid_fromstr(&parent_id, tip->hex) < 0 ||
				git_commit_lookup(&parent, to->git, &parent_id) < 0))
		return err_git(ERR_REPO, "commit %s", tip->hex);
	e = tree_write(j->r, to, tip->is_unborn ? NULL : &base, j->req->changes,
		       j->req->change_count, &tree_id);
	if (e)
		goto out;
	if (git_tree_lookup(&tree, to->git, &tree_id) < 0)
		e = err_git(ERR_OUTPUT, "the commit cannot be written");
	else
		e = write_commit_object(j, to->git, tree, parent, out);
	if (!e)
		e = store_note(to, out);
out:
	git_tree_free(tree);
	git_commit_free(parent);
	return e;
}

/* On disk, on no branch. */
static struct err *write_commit(struct job *j, const struct repo_commit *tip, git_oid *out)
{
	struct store to;
	struct err *e = store_open(j->r, j->req->change_count, &to);

	if (!e)
		e = write_objects(j, &to, tip, out);
	if (!e)
		e = store_finish(j->r, &to);
	store_free(&to);
	return e;
}

/* The commit stands; that the files could not follow is told beside it. */
static struct err *follow(struct job *j, const git_oid *id, struct arena *a,
			  struct repo_commit_result *out)
{
	struct repo_commit now;
	struct err *e;
	char *text;

	if (!j->is_current)
		return NULL;
	/*
	 * Whoever switched to another branch meanwhile has the files of that one. Or HEAD cannot
	 * be read now: the note stays, and the next run sees which of the two it was.
	 */
	if (!repo_is_current(j->r, out->ref))
		return NULL;
	e = commit_describe(j->r, id, &now);
	if (!e)
		e = follow_apply(j->r, &now, j->paths, j->req->change_count);
	if (!e) {
		follow_forget(j->r);
		return NULL;
	}
	text = err_text(e);
	out->worktree_lag = arena_printf(a, "%s", text ? text : "out of memory");
	if (!out->worktree_lag)
		out->worktree_lag = "out of memory";
	free(text);
	err_free(e);
	return NULL;
}

static void say(struct repo_commit_result *out, const git_oid *id, const struct repo_commit *tip)
{
	out->is_committed = true;
	(void)git_oid_tostr(out->hex, sizeof(out->hex), id);
	memcpy(out->parent_hex, tip->hex, sizeof(out->parent_hex));
}

static bool says(const struct err *e, const char *text)
{
	for (; e; e = e->cause) {
		if (strstr(e->msg, text))
			return true;
	}
	return false;
}

/*
 * git gc takes away a folder of objects that it has emptied, also between the moment when libgit2
 * finds or makes it and the one when it writes there. Objects can be written twice.
 */
static struct err *write_beside_gc(struct job *j, const struct repo_commit *tip, git_oid *out)
{
	struct err *e = write_commit(j, tip, out);

	for (unsigned i = 0; i < WRITES_MAX && e && says(e, strerror(ENOENT)); i++) {
		err_free(e);
		e = write_commit(j, tip, out);
	}
	return e;
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
	TRY(check_tip(j, &tip));
	if (!j->req->is_record)
		TRY(is_nothing(j, &tip.commit, &nothing));
	if (nothing) {
		*done = true;
		memcpy(out->hex, tip.commit.hex, sizeof(out->hex));
		return NULL;
	}
	TRY(write_beside_gc(j, &tip.commit, &id));
	if (j->is_current)
		TRY(follow_note(j->r, &tip, j->paths, j->req->change_count));
	const struct move move = {j->r, &tip, &id, j->committer, j->message, j->is_current};

	/* After an error the note stays: whether the branch moved all the same, the next run sees. */
	TRY(move_ref(&move, done));
	if (j->is_current && !*done)
		follow_forget(j->r);
	if (!*done)
		return NULL;
	say(out, &id, &tip.commit);
	return follow(j, &id, a, out);
}

static struct err *prepare(struct job *j)
{
	TRY(check_paths(j));
	TRY(clean_message(j->req->message, &j->message));
	TRY(identity_find(j->r, &j->author, &j->committer));
	TRY(signer_find(j->r, j->committer, &j->signer));
	if (repo_is_current(j->r, j->req->expect.ref))
		TRY(check_no_operation(j->r));
	return follow_repair(j->r);
}

static void end_job(struct job *j)
{
	signer_free(&j->signer);
	git_signature_free(j->committer);
	git_signature_free(j->author);
	free(j->message);
	free(j->paths);
}

struct err *commit_build(struct repo *r, const struct repo_commit_request *req,
			 const struct repo_commit *parent, git_oid *out)
{
	struct job j = {.r = r, .req = req};
	struct err *e = check_paths(&j);

	if (!e)
		e = clean_message(req->message, &j.message);
	if (!e)
		e = identity_find(r, &j.author, &j.committer);
	if (!e)
		e = signer_find(r, j.committer, &j.signer);
	for (size_t i = 0; i < req->change_count && !e; i++)
		e = check_kind(r, parent, req->changes[i].path);
	if (!e)
		e = write_commit(&j, parent, out);
	end_job(&j);
	return e;
}

struct err *commit_move(struct repo *r, const struct repo_tip *from, const git_oid *to,
			const char *reason)
{
	git_signature *author = NULL, *committer = NULL;
	struct move move = {.r = r, .from = from, .to = to, .message = reason};
	bool moved = false;
	struct err *e = identity_find(r, &author, &committer);

	move.who = committer;
	if (!e)
		e = store_sync(r);
	if (!e)
		e = move_ref(&move, &moved);
	if (!e && !moved)
		e = err_new(ERR_OUTPUT, "%s: moved meanwhile", from->ref);
	git_signature_free(committer);
	git_signature_free(author);
	return e;
}

struct err *repo_repair(struct repo *r)
{
	int turn = lock_take_turn(r);
	struct err *e = follow_repair(r);

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
