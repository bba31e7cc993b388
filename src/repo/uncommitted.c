/* SPDX-License-Identifier: Apache-2.0 */
/* Which files below some paths are not as a commit has them: what `git status` would list. */
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

struct listing {
	struct repo *r;
	const struct repo_commit *commit;
	struct arena *a;
	struct repo_uncommitted *v;
	size_t n;
};

static int compare_paths(const void *x, const void *y)
{
	const struct repo_uncommitted *a = x, *b = y;

	return strcmp(a->path, b->path);
}

static enum repo_state state_by_status(unsigned status)
{
	if (status & GIT_STATUS_CONFLICTED)
		return REPO_STATE_CONFLICTED;
	if (status & (GIT_STATUS_INDEX_NEW | GIT_STATUS_INDEX_MODIFIED | GIT_STATUS_INDEX_DELETED |
		      GIT_STATUS_INDEX_TYPECHANGE))
		return REPO_STATE_STAGED;
	return status & GIT_STATUS_WT_DELETED ? REPO_STATE_DELETED : REPO_STATE_MODIFIED;
}

/*
 * libgit2 knows no sparse checkout, so a tracked file that it lists is looked at once more. Where
 * that fails (the path leads through a link, or has a control byte), libgit2's word counts: what is
 * only listed must not end a run over a commit.
 */
static struct err *find_state(const struct listing *l, const char *path, unsigned status,
			      enum repo_state *out)
{
	struct err *e = NULL;

	if (status == GIT_STATUS_WT_NEW) {
		*out = REPO_STATE_UNTRACKED;
		return NULL;
	}
	e = repo_read_state(l->r, l->commit, path, out);
	if (!e || e->kind == ERR_NOMEM)
		return e;
	err_free(e);
	*out = state_by_status(status);
	return NULL;
}

static struct err *add_if_changed(struct listing *l, const char *path, unsigned status)
{
	struct repo_uncommitted *c = &l->v[l->n];

	TRY(find_state(l, path, status, &c->state));
	if (c->state == REPO_STATE_SAME || c->state == REPO_STATE_ABSENT)
		return NULL;
	c->path = arena_printf(l->a, "%s", path);
	l->n++;
	return c->path ? NULL : err_nomem();
}

static struct err *take_list(struct listing *l, git_status_list *list)
{
	size_t count = git_status_list_entrycount(list);

	l->v = arena_array(l->a, count + 1, sizeof(*l->v));
	if (!l->v)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		const git_status_entry *s = git_status_byindex(list, i);
		const git_diff_delta *d =
			s->index_to_workdir ? s->index_to_workdir : s->head_to_index;

		TRY(add_if_changed(l, d->new_file.path ? d->new_file.path : d->old_file.path,
				   s->status));
	}
	qsort(l->v, l->n, sizeof(*l->v), compare_paths);
	return NULL;
}

/* NULL for a branch without a commit: every file counts as new. */
static struct err *find_tree(struct repo *r, const struct repo_commit *c, git_tree **out)
{
	git_commit *commit = NULL;
	git_oid id;
	int code;

	*out = NULL;
	if (c->is_unborn)
		return NULL;
	if (git_oid_fromstr(&id, c->hex) < 0 || git_commit_lookup(&commit, r->git, &id) < 0)
		return err_git(ERR_REPO, "commit %s", c->hex);
	code = git_commit_tree(out, commit);
	git_commit_free(commit);
	return code < 0 ? err_git(ERR_REPO, "tree of %s", c->hex) : NULL;
}

struct err *repo_find_uncommitted(struct repo *r, const struct repo_commit *c,
				  const char *const *paths, size_t path_count, struct arena *a,
				  const struct repo_uncommitted **out, size_t *count)
{
	git_status_options opt;
	struct listing l = {.r = r, .commit = c, .a = a};
	git_status_list *list = NULL;
	git_index *index = NULL;
	git_tree *tree = NULL;
	struct err *e = find_tree(r, c, &tree);

	/* Of an index that libgit2 cannot read, this one says what to do about it. */
	if (!e)
		e = follow_open_index(r, &index);
	(void)git_status_options_init(&opt, GIT_STATUS_OPTIONS_VERSION);
	opt.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	opt.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
		    GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	opt.pathspec.strings = (char **)(uintptr_t)paths;
	opt.pathspec.count = path_count;
	opt.baseline = tree;
	if (!e && git_status_list_new(&list, r->git, &opt) < 0)
		e = err_git(ERR_REPO, "%s: state of the working tree", repo_workdir(r));
	if (!e)
		e = take_list(&l, list);
	git_status_list_free(list);
	git_index_free(index);
	git_tree_free(tree);
	if (e)
		return e;
	*out = l.v;
	*count = l.n;
	return NULL;
}
