/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fs.h"
#include "run/baseline.h"
#include "run/orphans.h"
#include "run/review.h"
#include "run/review_files.h"

/* ---- baselines ---- */

static struct err *take_names(const struct review *v, const struct review_group *g,
			      struct proposal *p)
{
	struct str *names = arena_array(v->arena, g->n, sizeof(*names));

	if (!names)
		return err_nomem();
	for (size_t i = 0; i < g->n; i++)
		names[i] = v->pairs.by_base[g->members[i]].name;
	p->names = names;
	p->name_count = g->n;
	return NULL;
}

static struct err *judge_group(struct review *v, const struct review_group *g)
{
	size_t first = g->members[0];
	const struct target *before = v->pairs.before[first];
	struct proposal p = {
		.target = &v->pairs.by_base[first],
		.head_target = &v->pairs.by_head[first],
		.is_new = !before,
	};

	TRY(take_names(v, g, &p));
	if (before) {
		p.path_before = before->baseline.p;
		TRY(baseline_read(&v->base.w, before, NULL, &p.before));
	} else {
		p.before.state = BASELINE_MISSING;
	}
	TRY(baseline_read(&v->head.w, p.target, NULL, &p.after));
	return judge_proposal(&v->r, &v->rules, &p);
}

/* A file among the baselines that came or changed, and that no target of the head names. */
static struct err *judge_if_orphan(struct review *v, struct orphans *orphans, const char *path)
{
	const struct file_tree was = workspace_tree(&v->base.w), is = orphans->tree;
	struct repo_entry before, after;

	if (!str_starts(str_from(path), ORPHANS_FOLDER "/") || !fs_is_safe_path(str_from(path)))
		return NULL;
	TRY(file_tree_find(&is, path, &after));
	/* A folder that came is told as one path. */
	if (after.kind == REPO_ENTRY_TREE)
		return orphans_search(orphans, path);
	if (after.kind == REPO_ENTRY_MISSING || !orphans_is(orphans, str_from(path)))
		return NULL;
	TRY(file_tree_find(&was, path, &before));
	return strcmp(before.hex, after.hex) == 0 ? NULL : orphans_take(orphans, path);
}

static struct err *judge_orphans(struct review *v)
{
	const struct file_tree tree = workspace_tree(&v->head.w);
	struct orphans orphans;

	TRY(orphans_begin(&tree, &v->head.w.targets, v->arena, &v->r, &orphans));
	/* It came as a whole, or there are more changes than can be told: all in it count. */
	if (repo_may_differ(&v->changed, ORPHANS_FOLDER)) {
		TRY(orphans_search(&orphans, ORPHANS_FOLDER));
		return orphans_end(&orphans);
	}
	for (size_t i = 0; i < v->changed.count; i++)
		TRY(judge_if_orphan(v, &orphans, v->changed.paths[i]));
	return orphans_end(&orphans);
}

/* ---- the whole ---- */

/* Was anything judged before? If not, nothing that was is let pass now. */
static struct err *find_if_first(const struct review *v, bool *out)
{
	const struct file_tree was = workspace_tree(&v->base.w);
	struct repo_entry entry;

	TRY(file_tree_find(&was, TARGETS_FILE, &entry));
	*out = entry.kind == REPO_ENTRY_MISSING && !v->base.policies.count && !v->unreadable.count;
	return NULL;
}

static struct err *judge_rest(struct review *v)
{
	const struct review_files files = {.base = &v->base,
					   .head = &v->head,
					   .changed = &v->changed,
					   .arena = v->arena,
					   .result = &v->r,
					   .list = &v->list};
	bool is_first;

	TRY(find_if_first(v, &is_first));
	if (!is_first) {
		TRY(loosenings_of_policies(&v->r, &v->list, &v->base.policies, &v->head.policies));
		TRY(review_jobs(&files));
	}
	TRY(review_attributes(&files));
	return loosenings_of_targets(&v->r, &v->list, &v->base.w.targets, &v->head.w.targets);
}

struct err *review_judge(struct review *v)
{
	const struct review_pairs *p = &v->pairs;
	struct targets by_base = {.file = TARGETS_FILE, .list = p->by_base, .count = p->count};
	struct targets by_head = {.file = TARGETS_FILE, .list = p->by_head, .count = p->count};
	struct result *r = &v->r;

	r->is_review = true;
	r->has_verdict = true;
	r->are_policies_judged = v->base.policies.count > 0;
	if (!r->are_policies_judged)
		r->policies_note = "the base has none in " POLICIES_FOLDER "/";
	v->rules.list = &v->list;
	TRY(policy_run_new(r, &v->base.policies, &by_base, &v->rules.by_base));
	if (v->head.policies.list != v->base.policies.list)
		TRY(policy_run_new(r, &v->head.policies, &by_head, &v->rules.by_head));
	for (size_t i = 0; i < v->unreadable.count; i++)
		TRY(judge_unreadable(r, &v->list, v->unreadable.list[i].path,
				     v->unreadable.list[i].why));
	for (size_t i = 0; i < p->group_count; i++)
		TRY(judge_group(v, &p->groups[i]));
	TRY(judge_orphans(v));
	if (v->head.policies.list != v->base.policies.list)
		TRY(judge_empty_policies(r, &v->head.policies, &v->base.policies));
	TRY(policy_run_end(v->rules.by_base));
	return judge_rest(v);
}

static struct err *find_blob(const struct review *v, const struct workspace *w, const char *path,
			     struct str *out)
{
	const struct file_tree tree = workspace_tree(w);
	struct repo_entry entry;

	TRY(file_tree_find(&tree, path, &entry));
	*out = arena_str(v->arena, str_from(entry.hex));
	return out->p ? NULL : err_nomem();
}

/* The changes of one file are beside each other in the list. */
struct err *review_identify(struct review *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		struct loosening *l = &v->list.v[i];
		const struct loosening *last = i ? l - 1 : NULL;

		if (last && strcmp(l->file_before, last->file_before) == 0 &&
		    strcmp(l->file_after, last->file_after) == 0) {
			l->blob_before = last->blob_before;
			l->blob_after = last->blob_after;
			continue;
		}
		TRY(find_blob(v, &v->base.w, l->file_before, &l->blob_before));
		TRY(find_blob(v, &v->head.w, l->file_after, &l->blob_after));
	}
	return NULL;
}
