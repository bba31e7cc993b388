/* SPDX-License-Identifier: Apache-2.0 */
/* Which files below some paths are not as a commit has them: what `git status` would list. */
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

struct listing {
	struct repo *r;
	const struct repo_commit *commit;
	struct arena *a;
	const char **v;
	size_t n;
};

static int compare_paths(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/*
 * libgit2 goes by sizes and times and knows no sparse checkout; what it names is looked at once more
 * as the one answer to that question does.
 */
static struct err *add_if_changed(struct listing *l, const char *path)
{
	enum repo_state state;

	TRY(repo_read_state(l->r, l->commit, path, &state));
	if (state == REPO_STATE_SAME || state == REPO_STATE_ABSENT)
		return NULL;
	l->v[l->n] = arena_printf(l->a, "%s", path);
	return l->v[l->n++] ? NULL : err_nomem();
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

		TRY(add_if_changed(l, d->new_file.path ? d->new_file.path : d->old_file.path));
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
				  const char *const **out, size_t *count)
{
	git_status_options opt;
	struct listing l = {.r = r, .commit = c, .a = a};
	git_status_list *list = NULL;
	git_tree *tree = NULL;
	struct err *e = find_tree(r, c, &tree);

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
	git_tree_free(tree);
	if (e)
		return e;
	*out = l.v;
	*count = l.n;
	return NULL;
}
