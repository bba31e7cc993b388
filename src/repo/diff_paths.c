/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

#include "repo/git.h"

void paths_free(struct path_list *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->list[i]);
	free(p->list);
	*p = (struct path_list){0};
}

static struct err *add(struct path_list *p, const char *path)
{
	char **list = grow(p->list, p->count, &p->room, sizeof(*list));

	if (!list)
		return err_nomem();
	p->list = list;
	list[p->count] = strdup(path);
	return list[p->count++] ? NULL : err_nomem();
}

static struct err *take(const git_diff *diff, struct path_list *out)
{
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);
		const char *path =
			d->status == GIT_DELTA_DELETED ? d->old_file.path : d->new_file.path;

		TRY(add(out, path));
	}
	return NULL;
}

static struct err *tree_of(struct repo *r, const struct repo_commit *c, git_tree **out)
{
	git_oid id;

	if (c->is_unborn)
		return NULL;
	if (git_oid_fromstr(&id, c->tree_hex) < 0)
		return err_git(ERR_REPO, "tree %s", c->tree_hex);
	return tree_load(r, c, &id, "", out);
}

struct err *paths_between(struct repo *r, const struct repo_commit *before,
			  const struct repo_commit *now, struct path_list *out)
{
	git_tree *was = NULL, *is = NULL;
	git_diff *diff = NULL;
	struct err *e;

	*out = (struct path_list){0};
	e = tree_of(r, before, &was);
	if (!e)
		e = tree_of(r, now, &is);
	if (!e && git_diff_tree_to_tree(&diff, r->git, was, is, NULL) < 0)
		e = err_git(ERR_REPO, "what differs between %.12s and %.12s", before->hex,
			    now->hex);
	if (!e)
		e = take(diff, out);
	if (e)
		paths_free(out);
	git_diff_free(diff);
	git_tree_free(is);
	git_tree_free(was);
	return e;
}
