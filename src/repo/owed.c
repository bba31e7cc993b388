/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a remote is owed is found by comparing with it, and not remembered: a note of it could be lost
 * where the commits are not.
 */
#include "repo/owed.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

#define NAMED_MAX     5u
#define NAMES_MAX     ((size_t)1 << 16)
#define BLOB_SIZE_MAX ((size_t)4 << 30)
#define TRAILER       "\nScandrift-Target: "

static struct err *add(struct owed_list *l, const git_oid *id)
{
	git_oid *ids = grow(l->ids, l->count, &l->room, sizeof(*ids));

	if (!ids)
		return err_nomem();
	l->ids = ids;
	ids[l->count++] = *id;
	return NULL;
}

void owed_free(struct owed_list *l)
{
	free(l->ids);
	*l = (struct owed_list){0};
}

struct err *owed_find(struct repo *r, const struct repo_commit *tip,
		      const struct repo_commit *theirs, struct owed_list *out)
{
	git_revwalk *walk = NULL;
	struct err *e = NULL;
	git_oid id, hidden;
	int code = -1;

	if (git_revwalk_new(&walk, r->git) == 0 && git_oid_fromstr(&id, tip->hex) == 0 &&
	    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE) == 0)
		code = git_revwalk_push(walk, &id);
	if (code == 0 && !theirs->is_unborn) {
		code = git_oid_fromstr(&hidden, theirs->hex);
		if (code == 0)
			code = git_revwalk_hide(walk, &hidden);
	}
	while (!e && code == 0 && (code = git_revwalk_next(&id, walk)) == 0)
		e = add(out, &id);
	if (!e && code != GIT_ITEROVER)
		e = err_git(ERR_REPO, "the commits of %.12s that the remote lacks", tip->hex);
	git_revwalk_free(walk);
	return e;
}

void owed_leave(struct repo *r, struct owed_list *l, const git_oid *known)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++) {
		bool is_known = git_oid_equal(known, &l->ids[i]) ||
				git_graph_descendant_of(r->git, known, &l->ids[i]) == 1;

		if (!is_known)
			l->ids[n++] = l->ids[i];
	}
	l->count = n;
}

/* A commit of the list with its parent and the paths in which the two differ. */
struct step {
	git_commit *object;
	struct repo_commit commit, parent;
	struct path_list paths;
};

static void step_end(struct step *s)
{
	git_commit_free(s->object);
	paths_free(&s->paths);
}

static struct err *step_begin(struct repo *r, const git_oid *id, struct step *s)
{
	git_oid ids[2];
	size_t parents;

	*s = (struct step){.parent = {.is_unborn = true}};
	TRY(commit_describe(r, id, &s->commit));
	if (git_commit_lookup(&s->object, r->git, id) < 0)
		return err_git(ERR_REPO, "commit %s", s->commit.hex);
	parents = commit_parents(s->object, ids);
	if (parents > 1)
		return NULL;
	if (parents == 1)
		TRY(commit_describe(r, &ids[0], &s->parent));
	return paths_between(r, &s->parent, &s->commit, &s->paths);
}

static bool is_listed(const struct repo_owed *owed, const char *path)
{
	for (size_t i = 0; i < owed->path_count; i++) {
		if (strcmp(owed->paths[i], path) == 0)
			return true;
	}
	return false;
}

/* Made by this program, and changing nothing but what it may. */
static bool is_ours(const struct repo_owed *owed, const struct step *s)
{
	const char *message = git_commit_message(s->object);

	if (git_commit_parentcount(s->object) > 1 || !message || !strstr(message, TRAILER))
		return false;
	for (size_t i = 0; i < s->paths.count; i++) {
		if (!is_listed(owed, s->paths.list[i]))
			return false;
	}
	return s->paths.count > 0;
}

struct err *owed_check(struct repo *r, const struct repo_owed *owed, const struct owed_list *l,
		       const char *remote)
{
	struct buf names = BUF_INIT(NAMES_MAX);
	struct err *e = NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->count && !owed->is_ours && !e; i++) {
		struct step s;

		e = step_begin(r, &l->ids[i], &s);
		if (!e && !is_ours(owed, &s) && n++ < NAMED_MAX) {
			const char *subject = git_commit_summary(s.object);

			buf_printf(&names, "%s%.12s (%s)", n > 1 ? ", " : "", s.commit.hex,
				   subject ? subject : "");
		}
		step_end(&s);
	}
	if (!e && n > NAMED_MAX)
		buf_printf(&names, " and %zu more", n - NAMED_MAX);
	if (!e && n)
		e = err_new(ERR_OUTPUT,
			    "%s: %s lacks commits that are not ours to push: %s; push them "
			    "(git push), or bring the two together (git pull --rebase), and run "
			    "again",
			    owed->ref, remote, names.n ? names.p : "");
	buf_free(&names);
	return e;
}

/* The changes of one commit that are not there yet. */
struct replay {
	struct repo *r;
	const struct repo_owed *owed;
	const char *remote;
	const struct step *step;
	struct repo_commit on; /* what the next one goes on top of */
	struct repo_change *changes;
	git_blob **blobs;
	size_t count;
};

static struct err *take_change(struct replay *p, const char *path)
{
	struct tree_entry was, is, there;
	git_blob *blob = NULL;

	TRY(tree_find(p->r, &p->step->parent, path, &was));
	TRY(tree_find(p->r, &p->step->commit, path, &is));
	TRY(tree_find(p->r, &p->on, path, &there));
	if (spot_eq(&is, &there) && !p->owed->is_record)
		return NULL;
	if (!spot_eq(&was, &there) && !p->owed->is_record)
		return err_new(ERR_OUTPUT,
			       "%s: was changed by somebody else on %s of %s (%.12s); not "
			       "pushed: look at it again on top of that",
			       path, p->owed->ref, p->remote, p->on.hex);
	TRY(check_path_text(path));
	TRY(check_kind(p->r, &p->on, path));
	if (is.kind == REPO_ENTRY_FILE && git_blob_lookup(&blob, p->r->git, &is.id) < 0)
		return err_git(ERR_REPO, "%s", path);
	p->blobs[p->count] = blob;
	p->changes[p->count++] = (struct repo_change){
		.path = path,
		.bytes = blob ? (struct str){git_blob_rawcontent(blob),
					     (size_t)git_blob_rawsize(blob)}
			      : STR(""),
		.is_delete = !blob,
	};
	return NULL;
}

/* The words and the author stay; the committer is who runs this. */
static struct err *write_again(const struct replay *p, git_oid *out)
{
	struct repo_commit_request req = {
		.changes = p->changes,
		.change_count = p->count,
		.message = str_from(git_commit_message(p->step->object)),
	};
	git_signature *author = NULL;
	struct making making;
	struct err *e = making_find(p->r, req.message, &making);

	if (!e && git_signature_dup(&author, git_commit_author(p->step->object)) < 0)
		e = err_nomem();
	if (!e) {
		git_signature_free(making.author);
		making.author = author;
		e = making_write(p->r, &making, &req, &p->on, out);
	}
	making_free(&making);
	return e;
}

static struct err *replay_step(struct replay *p)
{
	const struct path_list *paths = &p->step->paths;
	struct err *e = NULL;
	git_oid id;

	p->count = 0;
	p->changes = calloc(paths->count + 1, sizeof(*p->changes));
	p->blobs = calloc(paths->count + 1, sizeof(*p->blobs));
	if (!p->changes || !p->blobs)
		e = err_nomem();
	for (size_t i = 0; i < paths->count && !e; i++)
		e = take_change(p, paths->list[i]);
	if (!e && p->count)
		e = write_again(p, &id);
	for (size_t i = 0; i < p->count; i++)
		git_blob_free(p->blobs[i]);
	if (!e && p->count)
		e = commit_describe(p->r, &id, &p->on);
	free(p->blobs);
	free(p->changes);
	return e;
}

/* Two runs at once may both have begun the branch, so one commit alone is no history of its own. */
static struct err *check_kin(struct repo *r, const struct repo_owed *owed,
			     const struct owed_list *l, const struct repo_commit *tip,
			     const struct repo_commit *theirs, const char *remote)
{
	git_oid a, b, base;

	if (tip->is_unborn || l->count <= 1)
		return NULL;
	if (git_oid_fromstr(&a, tip->hex) < 0 || git_oid_fromstr(&b, theirs->hex) < 0)
		return err_git(ERR_REPO, "%s", tip->hex);
	if (git_merge_base(&base, r->git, &a, &b) == 0)
		return NULL;
	return err_new(ERR_OUTPUT,
		       "%s: has nothing in common with that of %s: %.12s here, %.12s there; "
		       "neither is thrown away",
		       owed->ref, remote, tip->hex, theirs->hex);
}

struct err *owed_replay(struct repo *r, const struct repo_owed *owed, const struct owed_list *l,
			const struct repo_commit *tip, const struct repo_commit *theirs,
			const char *remote, git_oid *out)
{
	struct replay p = {.r = r, .owed = owed, .remote = remote, .on = *theirs};
	struct err *e;

	TRY(check_kin(r, owed, l, tip, theirs, remote));
	e = NULL;
	for (size_t i = 0; i < l->count && !e; i++) {
		struct step s;

		e = step_begin(r, &l->ids[i], &s);
		p.step = &s;
		if (!e && git_commit_parentcount(s.object) > 1)
			e = err_new(ERR_OUTPUT, "%s: %.12s is a merge, which is none of ours",
				    owed->ref, s.commit.hex);
		if (!e)
			e = replay_step(&p);
		step_end(&s);
	}
	if (!e && git_oid_fromstr(out, p.on.hex) < 0)
		e = err_git(ERR_REPO, "%s", p.on.hex);
	return e;
}
