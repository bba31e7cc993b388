/* SPDX-License-Identifier: Apache-2.0 */
#include "run/policy_files.h"
#include "run/review.h"

/* Everything that can be wrong in a commit's INI files is told with the commit that has it. */
static struct err *in_side(const struct review_side *side, const char *name, struct err *e)
{
	if (e && !*side->w.commit.hex)
		return err_wrap(e, "the index");
	return e ? err_wrap(e, "%s %.12s", name, side->w.commit.hex) : NULL;
}

/*
 * What cannot be read there is told, and ends nothing: else its repair could not be reviewed either.
 */
static struct err *open_base(struct review *v)
{
	struct review_side *base = &v->base;
	struct err *e = workspace_of_commit(&base->w);

	v->unreadable.arena = v->arena;
	if (e) {
		base->w.targets = (struct targets){.file = TARGETS_FILE};
		e = unreadable_take(&v->unreadable, TARGETS_FILE, e);
	}
	TRY(in_side(base, "base", e));
	return in_side(base, "base",
		       policies_open_readable(&base->w, v->io, &base->policies, &v->unreadable));
}

/* What the head has from the base is read once; all of it where the base is not whole. */
static struct err *open_head(struct review *v)
{
	struct review_side *base = &v->base, *head = &v->head;
	bool is_all = v->unreadable.count > 0;

	head->w.is_elsewhere = true;
	if (is_all || repo_may_differ(&v->changed, TARGETS_FILE))
		TRY(in_side(head, "head", workspace_of_commit(&head->w)));
	else
		head->w.targets = base->w.targets;
	if (is_all || repo_may_differ_below(&v->changed, POLICIES_FOLDER))
		TRY(in_side(head, "head", policies_open(&head->w, v->io, &head->policies)));
	else
		head->policies = base->policies;
	/* What a name means is decided by the base. */
	head->w.aliases = base->w.aliases;
	head->w.alias_count = base->w.alias_count;
	return NULL;
}

/* What is compared with the base: the result of a merge, unless head is that. */
static struct err *open_merge(struct review *v)
{
	if (!v->range.ancestor_count)
		return repo_find_changed(v->repo, &v->range.base, &v->range.head, v->arena,
					 &v->changed);
	TRY(repo_merge_new(v->repo, &v->range, v->arena, &v->merge));
	TRY(repo_merge_check(v->repo, &v->merge, v->arena));
	v->head.w.merge = &v->merge;
	return repo_merge_changed(v->repo, &v->merge, v->arena, &v->changed);
}

static struct workspace workspace_at(struct review *v, const struct repo_commit *commit)
{
	return (struct workspace){.arena = v->arena,
				  .max_reply = v->max_reply,
				  .budget = &v->budget,
				  .repo = v->repo,
				  .commit = *commit};
}

struct err *review_open_sides(struct review *v)
{
	v->base.w = workspace_at(v, &v->range.base);
	v->head.w = workspace_at(v, &v->range.head);
	TRY(open_merge(v));
	TRY(open_base(v));
	TRY(open_head(v));
	TRY(review_pairs_find(&v->base, &v->head, &v->changed, v->arena, &v->pairs));
	v->head.w.selected_count = v->pairs.group_count;
	return NULL;
}
