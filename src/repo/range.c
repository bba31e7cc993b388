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
		w.is_merge_base = dots[2] == '.';
		w.head = dots + 2 + w.is_merge_base;
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

/* The branch as the remote has it, since a clone of a CI system has no other. */
static struct err *find_branch(struct repo *r, const struct range_wish *w, struct repo_commit *out)
{
	static const char *const folders[] = {"refs/remotes/origin/", "refs/heads/"};
	char ref[1024];
	git_oid id;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		int n = snprintf(ref, sizeof(ref), "%s%s", folders[i], w->base), code;

		if (n < 0 || (size_t)n >= sizeof(ref))
			return err_new(ERR_REPO, "%s: the name of a branch is too long",
				       w->named_by);
		code = git_reference_name_to_id(&id, r->git, ref);
		if (code == 0)
			return find_id(r, w, &id, "branch", out);
		if (code != GIT_ENOTFOUND)
			return err_git(ERR_REPO, "%s", ref);
	}
	return absent(r, w, "branch", w->base);
}

static struct err *find_side(struct repo *r, const struct range_wish *w, const char *rev,
			     const char *what, struct repo_commit *out)
{
	git_oid id;
	struct err *e;

	if (!w->is_id || strcmp(rev, "HEAD") == 0)
		e = repo_resolve(r, rev, out);
	else if (git_oid_fromstr(&id, rev) < 0)
		e = err_git(ERR_REPO, "%s: %s", w->named_by, what);
	else
		e = find_id(r, w, &id, what, out);
	if (!e && out->is_unborn)
		e = err_new(ERR_REPO, "%s: there is no commit yet, so nothing to compare", rev);
	return e;
}

/* The commit that the CI system made, if it is what it is said to be. */
static struct err *find_merge(struct repo *r, const struct range_wish *w, struct range *out,
			      bool *found)
{
	git_oid merge, proposal, parents[2];
	git_commit *c = NULL;
	struct err *e = NULL;

	*found = false;
	if (!w->merge || !w->proposal)
		return NULL;
	if (git_oid_fromstr(&merge, w->merge) < 0 || git_oid_fromstr(&proposal, w->proposal) < 0)
		return err_git(ERR_REPO, "%s: merge commit", w->named_by);
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

/*
 * Where head left base. Two histories may have been merged crosswise and have more than one such
 * commit; which of them a change is to be held against is then the user's to say.
 */
static struct err *find_merge_base(struct repo *r, const struct range_wish *w, struct range *range)
{
	const char *hint = shallow_hint(r);
	git_oidarray bases = {0};
	git_oid base, head;
	struct err *e;
	int code;

	if (git_oid_fromstr(&base, range->base.hex) < 0 ||
	    git_oid_fromstr(&head, range->head.hex) < 0)
		return err_git(ERR_REPO, "merge base");
	code = git_merge_bases(&bases, r->git, &base, &head);
	if (code < 0 && *hint)
		return err_new(ERR_REPO, "the merge base of %s and %s is not in this clone%s",
			       w->base, w->head ? w->head : "HEAD", hint);
	if (code < 0)
		return err_git(ERR_REPO, "%s and %s: no merge base", w->base,
			       w->head ? w->head : "HEAD");
	e = bases.count == 1
		    ? find_id(r, w, &bases.ids[0], "merge base", &range->base)
		    : err_new(ERR_REPO,
			      "%s and %s have %zu merge bases; name the one to compare with: "
			      "git merge-base --all shows them",
			      w->base, w->head ? w->head : "HEAD", bases.count);
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
		TRY(find_side(r, w, w->head ? w->head : "HEAD", "head", &range.head));
		if (w->is_branch)
			TRY(find_branch(r, w, &range.base));
		else
			TRY(find_side(r, w, w->base, "base", &range.base));
		if (w->is_merge_base)
			TRY(find_merge_base(r, w, &range));
	}
	*out = range;
	return NULL;
}
