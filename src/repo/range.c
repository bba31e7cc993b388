/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "repo/git.h"

struct err *range_parse(const char *text, struct arena *a, struct range_wish *out)
{
	const char *dots = strstr(text, "..");
	struct range_wish w = {.base = text};
	struct str base;

	if (dots) {
		w.head = dots + 2 + (dots[2] == '.');
		if (strstr(w.head, "..") || w.head[0] == '.')
			return err_new(ERR_USAGE, "%s: expected BASE..HEAD or BASE...HEAD", text);
		base = arena_str(a, (struct str){text, (size_t)(dots - text)});
		if (!base.p)
			return err_nomem();
		w.base = base.p;
	}
	if (!*w.base && !(w.head && *w.head))
		return err_new(ERR_USAGE, "'%s': expected BASE..HEAD, BASE...HEAD or BASE", text);
	if (!*w.base)
		w.base = "HEAD";
	if (w.head && !*w.head)
		w.head = "HEAD";
	*out = w;
	return NULL;
}

/* "GitHub names base 1234…" */
static struct err *absent(struct repo *r, const struct range_wish *w, const char *what,
			  const char *name)
{
	const char *hint = shallow_hint(r);
	const char *by = w->named_by ? w->named_by : "the range";

	if (*hint)
		return err_new(ERR_REPO, "%s names %s %s, which is not in this clone%s", by, what,
			       name, hint);
	return err_new(ERR_REPO,
		       "%s names %s %s, which is not in this clone; fetch it: git fetch origin %s",
		       by, what, name, name);
}

static struct err *find_id(struct repo *r, const struct range_wish *w, const git_oid *id,
			   const char *what, struct repo_commit *out)
{
	char hex[REPO_HEX_SIZE];
	git_odb *odb = NULL;
	bool is_here;

	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	is_here = git_odb_exists(odb, id) == 1;
	git_odb_free(odb);
	if (!is_here)
		return absent(r, w, what, git_oid_tostr(hex, sizeof(hex), id));
	return commit_describe(r, id, out);
}

/* The command is pasted into a shell, and who proposes may choose the name of a branch. */
static struct err *absent_branch(struct repo *r, const struct range_wish *w)
{
	const char *name = w->base, *hint = shallow_hint(r);
	bool is_plain = name[0] != '-' &&
			name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789._/-")] == '\0';

	if (!is_plain)
		return err_new(ERR_REPO,
			       "%s names branch %s, whose tip at the remote is not in this clone; "
			       "fetch it%s",
			       w->named_by, name, hint);
	return err_new(ERR_REPO,
		       "%s names branch %s, whose tip at the remote is not in this clone; fetch "
		       "it: git fetch origin +refs/heads/%s:refs/remotes/origin/%s%s",
		       w->named_by, name, name, name, hint);
}

/* The remote's branch alone: a local one of that name may be any commit. */
static struct err *find_branch(struct repo *r, const struct range_wish *w, struct repo_commit *out)
{
	char ref[1024];
	git_oid id;
	int n = snprintf(ref, sizeof(ref), "refs/remotes/origin/%s", w->base), code;

	if (n < 0 || (size_t)n >= sizeof(ref))
		return err_new(ERR_REPO, "%s: the name of a branch is too long", w->named_by);
	code = git_reference_name_to_id(&id, r->git, ref);
	if (code == GIT_ENOTFOUND)
		return absent_branch(r, w);
	if (code < 0)
		return err_git(ERR_REPO, "%s", ref);
	return find_id(r, w, &id, "branch", out);
}

static struct err *find_side(struct repo *r, const struct range_wish *w, const char *rev,
			     const char *what, struct repo_commit *out)
{
	git_oid id;
	struct err *e;

	if (!rev)
		e = repo_resolve_head(r, out);
	else if (!w->is_id)
		e = repo_resolve(r, rev, out);
	else if (git_oid_fromstr(&id, rev) < 0)
		e = err_git(ERR_REPO, "%s: %s", w->named_by, what);
	else
		e = find_id(r, w, &id, what, out);
	if (!e && out->is_unborn)
		e = err_new(ERR_REPO, "%s: there is no commit yet, so nothing to compare",
			    rev ? rev : "HEAD");
	return e;
}

/*
 * The commit that the CI system made, if it is checked out and is what it is said to be. Its first
 * parent is a tip of the target, so nothing is left to merge.
 */
static struct err *find_merge(struct repo *r, const struct range_wish *w, struct range *out,
			      bool *found)
{
	git_oid merge, proposal, here, parents[2];
	git_commit *c = NULL;
	struct err *e = NULL;

	*found = false;
	if (!w->merge || !w->proposal)
		return NULL;
	if (git_oid_fromstr(&merge, w->merge) < 0 || git_oid_fromstr(&proposal, w->proposal) < 0)
		return err_git(ERR_REPO, "%s: merge commit", w->named_by);
	if (git_reference_name_to_id(&here, r->git, "HEAD") < 0 || !git_oid_equal(&here, &merge))
		return NULL;
	if (git_commit_lookup(&c, r->git, &merge) < 0)
		return NULL;
	if (commit_parents(c, parents) == 2 && git_oid_equal(&parents[1], &proposal)) {
		*found = true;
		e = commit_describe(r, &merge, &out->head);
		if (!e)
			e = find_id(r, w, &parents[0], "base", &out->base);
	}
	git_commit_free(c);
	return e;
}

static const char *name_of_head(const struct range_wish *w)
{
	return w->head ? w->head : "HEAD";
}

static struct err *reversed(const struct range_wish *w)
{
	const char *head = name_of_head(w);

	if (w->named_by)
		return err_new(
			ERR_REPO,
			"%s names head %s, which is an ancestor of %s: the range is reversed, "
			"or all of it is merged",
			w->named_by, head, w->base);
	return err_new(ERR_REPO,
		       "%s..%s: the range is reversed, since %s is an ancestor of %s; did you mean "
		       "%s..%s?",
		       w->base, head, head, w->base, head, w->base);
}

static struct err *not_in_clone(struct repo *r, const struct range_wish *w)
{
	return err_new(ERR_REPO, "the merge base of %s and %s is not in this clone%s", w->base,
		       name_of_head(w), shallow_hint(r));
}

/*
 * Does history end early between the two sides and what they have in common? libgit2 1.9 takes the
 * end of a shallow clone for the beginning of all, and would name an older merge base than the true
 * one. libgit2 1.5 fails there, in git_merge_bases already: what it passes is whole.
 */
static bool is_cut(struct repo *r, const git_oid *base, const git_oid *head,
		   const git_oidarray *bases)
{
	git_revwalk *walk = NULL;
	git_oid id, parents[2];
	bool cut = git_revwalk_new(&walk, r->git) < 0 || git_revwalk_push(walk, base) < 0 ||
		   git_revwalk_push(walk, head) < 0;

	for (size_t i = 0; !cut && i < bases->count; i++)
		cut = git_revwalk_hide(walk, &bases->ids[i]) < 0;
	while (!cut && git_revwalk_next(&id, walk) == 0) {
		git_commit *c = NULL;

		cut = git_commit_lookup(&c, r->git, &id) < 0 ||
		      git_commit_parentcount(c) < commit_parents(c, parents);
		git_commit_free(c);
	}
	git_revwalk_free(walk);
	return cut;
}

static struct err *take_ancestors(struct repo *r, const struct range_wish *w,
				  const git_oidarray *bases, struct range *range)
{
	if (bases->count > RANGE_ANCESTORS_MAX)
		return err_new(ERR_REPO, "%s and %s have %zu merge bases, expected at most %u",
			       w->base, name_of_head(w), bases->count, RANGE_ANCESTORS_MAX);
	for (size_t i = 0; i < bases->count; i++)
		TRY(find_id(r, w, &bases->ids[i], "merge base", &range->ancestors[i]));
	range->ancestor_count = bases->count;
	return NULL;
}

static struct err *judge_bases(struct repo *r, const struct range_wish *w, const git_oid *base,
			       const git_oid *head, const git_oidarray *bases, struct range *range)
{
	/* Head holds all of base: a merge would be head. */
	if (bases->count == 1 && git_oid_equal(&bases->ids[0], base))
		return NULL;
	if (w->kind == RANGE_QUEUE)
		return err_new(ERR_REPO, "%s names base %s, which is no ancestor of head %s%s",
			       w->named_by, w->base, name_of_head(w), shallow_hint(r));
	if (bases->count == 1 && git_oid_equal(&bases->ids[0], head))
		return reversed(w);
	if (git_repository_is_shallow(r->git) == 1 && is_cut(r, base, head, bases))
		return not_in_clone(r, w);
	return take_ancestors(r, w, bases, range);
}

#define NEAR_MAX 4096u /* commits of a shallow clone */

struct near {
	git_oid ids[NEAR_MAX];
	size_t count;
};

static void add_near(struct near *n, const git_oid *id)
{
	for (size_t i = 0; i < n->count; i++) {
		if (git_oid_equal(&n->ids[i], id))
			return;
	}
	if (n->count < NEAR_MAX)
		n->ids[n->count++] = *id;
}

/*
 * Does what a shallow clone has of head's history hold base? libgit2 1.5 fails at the end of such a
 * history, also where nothing behind it is needed.
 */
static struct err *is_base_near(struct repo *r, const git_oid *base, const git_oid *head, bool *out)
{
	struct near *n = calloc(1, sizeof(*n));

	*out = false;
	if (!n)
		return err_nomem();
	add_near(n, head);
	for (size_t i = 0; i < n->count && !*out; i++) {
		git_commit *c = NULL;

		*out = git_oid_equal(&n->ids[i], base);
		if (git_commit_lookup(&c, r->git, &n->ids[i]) < 0)
			continue;
		for (unsigned k = 0; k < git_commit_parentcount(c); k++)
			add_near(n, git_commit_parent_id(c, k));
		git_commit_free(c);
	}
	free(n);
	return NULL;
}

static struct err *find_ancestors(struct repo *r, const struct range_wish *w, struct range *range)
{
	bool is_shallow = git_repository_is_shallow(r->git) == 1, is_near = false;
	git_oidarray bases = {0};
	git_oid base, head;
	struct err *e;

	if (git_oid_fromstr(&base, range->base.hex) < 0 ||
	    git_oid_fromstr(&head, range->head.hex) < 0)
		return err_git(ERR_REPO, "merge base");
	if (git_oid_equal(&base, &head))
		return NULL;
	if (is_shallow)
		TRY(is_base_near(r, &base, &head, &is_near));
	if (is_near)
		return NULL;
	if (git_merge_bases(&bases, r->git, &base, &head) < 0)
		return is_shallow ? not_in_clone(r, w)
				  : err_git(ERR_REPO, "%s and %s: no merge base", w->base,
					    name_of_head(w));
	e = judge_bases(r, w, &base, &head, &bases, range);
	git_oidarray_dispose(&bases);
	return e;
}

/*
 * libgit2 1.9 takes parents from this file, libgit2 1.5 does not, and git warns that it will stop to:
 * with it the base would depend on who reads.
 */
static struct err *refuse_grafts(const struct repo *r)
{
	char *path = NULL;
	struct stat st;
	bool found;

	if (asprintf(&path, "%sinfo/grafts", git_repository_commondir(r->git)) < 0)
		return err_nomem();
	found = stat(path, &st) == 0 && st.st_size > 0;
	free(path);
	return found ? err_new(ERR_REPO,
			       ".git/info/grafts changes what the parents of a commit are; remove it, "
			       "or convert it with git replace --convert-graft-file")
		     : NULL;
}

struct err *range_find(struct repo *r, const struct range_wish *w, struct range *out)
{
	struct range range = {0};
	bool found;

	TRY(refuse_grafts(r));
	TRY(find_merge(r, w, &range, &found));
	if (!found) {
		TRY(find_side(r, w, w->head, "head", &range.head));
		if (w->is_branch)
			TRY(find_branch(r, w, &range.base));
		else
			TRY(find_side(r, w, w->base, "base", &range.base));
		if (w->kind != RANGE_TREES)
			TRY(find_ancestors(r, w, &range));
	}
	*out = range;
	return NULL;
}
