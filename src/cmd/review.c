/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review: what a proposed change means, from commits alone: base is compared with the result of
 * merging head into it, so that what changed on base meanwhile is nobody's loosening and comes back
 * by no stale branch. The base's targets, policies and
 * waivers judge, so that a proposal cannot allow itself anything. No work tree is looked at, nothing
 * is fetched, and no credential read.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "cmd/ci_env.h"
#include "cmd/contain.h"
#include "cmd/options.h"
#include "repo/index_tree.h"
#include "result/exit.h"
#include "result/judge_review.h"
#include "run/baseline.h"
#include "run/config_digest.h"
#include "run/orphans.h"
#include "run/policy_files.h"
#include "run/review_files.h"
#include "run/run_result.h"

#define OBJECT_MAX ((uint64_t)64 << 20) /* bytes of one git object, unless --max-reply is more */
/* What all baselines take: 256 MiB less what the program and one object on its way need. */
#define BASELINES_MEMORY ((size_t)128 << 20)
#define TIME_MAX_MS      ((uint64_t)60 * 1000)
/* Ten thousand targets that all change take a tenth of it. */
#define CPU_MAX_MS ((uint64_t)5 * 1000)
/*
 * Of all that is allocated. The program itself and pages of the repository's packs are not counted,
 * and with them it is at most 256 MiB. Who allows larger baselines allows what reading them takes.
 */
#define MEMORY_MAX     ((uint64_t)232 << 20)
#define MEMORY_OF_BYTE 4u

struct review {
	const struct options *o;
	struct io *io;
	struct arena *arena;
	struct repo *repo;
	struct budget budget;
	struct range range;
	struct repo_merge merge;
	struct review_side base, head; /* head: the result of the merge */
	struct unreadables unreadable; /* of the base */
	struct repo_changed changed;
	struct review_pairs pairs;
	struct result r;
	struct loosenings list;
	struct review_rules rules;
};

/* ---- the two commits ---- */

static struct err *take_wish(struct review *v, struct range_wish *out)
{
	if (v->o->review.staged)
		return NULL;
	if (v->o->review.trees) {
		*out = (struct range_wish){
			.kind = RANGE_TREES, .base = v->o->args[0], .head = v->o->args[1]};
		return NULL;
	}
	return v->o->arg_count ? range_parse(v->o->args[0], v->arena, out)
			       : ci_env_range(v->io, v->arena, out);
}

static uint64_t memory_max(const struct review *v)
{
	uint64_t more = v->o->max_reply > OBJECT_MAX ? v->o->max_reply - OBJECT_MAX : 0;

	return MEMORY_MAX + MEMORY_OF_BYTE * more;
}

static struct err *contain_limits(const struct review *v)
{
	uint64_t deadline_ms = v->o->net.deadline_ms;

	TRY(deadline_ms ? contain_time(deadline_ms, 0) : contain_time(TIME_MAX_MS, CPU_MAX_MS));
	return contain_memory(memory_max(v));
}

/* Nothing that the two commits hold is read before this process is shut in. */
static struct err *open_contained(struct review *v)
{
	uint64_t object_max = v->o->max_reply > OBJECT_MAX ? v->o->max_reply : OBJECT_MAX;

	TRY(contain_limits(v));
	TRY(digest_start());
	TRY(repo_limit_memory((size_t)object_max));
	TRY(repo_open(".", &v->repo));
	return contain_files(v->io, v->repo, &v->o->output, v->arena);
}

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
				  .max_reply = v->o->max_reply,
				  .budget = &v->budget,
				  .repo = v->repo,
				  .commit = *commit};
}

static struct err *find_range(struct review *v, const struct range_wish *wish)
{
	if (!v->o->review.staged)
		return range_find(v->repo, wish, &v->range);
	TRY(repo_resolve_head(v->repo, &v->range.base));
	return repo_index_tree(v->repo, v->arena, &v->range.head);
}

static struct err *open_sides(struct review *v)
{
	struct review_side *base = &v->base;
	struct range_wish wish = {0};

	TRY(take_wish(v, &wish));
	TRY(open_contained(v));
	TRY(find_range(v, &wish));
	base->w = workspace_at(v, &v->range.base);
	v->head.w = workspace_at(v, &v->range.head);
	/* What nobody typed is said. */
	if (!v->o->arg_count && !v->o->review.staged)
		log_note(&v->io->log, "as the CI system names them: base %.12s, head %.12s",
			 v->range.base.hex, v->range.head.hex);
	TRY(open_merge(v));
	TRY(open_base(v));
	return open_head(v);
}

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
		TRY(baseline_read(&v->base.w, before, &p.before));
	} else {
		p.before.state = BASELINE_MISSING;
	}
	TRY(baseline_read(&v->head.w, p.target, &p.after));
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

static struct err *judge(struct review *v)
{
	const struct review_pairs *p = &v->pairs;
	struct targets by_base = {.file = TARGETS_FILE, .list = p->by_base, .count = p->count};
	struct targets by_head = {.file = TARGETS_FILE, .list = p->by_head, .count = p->count};
	struct result *r = &v->r;

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

/* Which bytes each item is about. The changes of one file are beside each other in the list. */
static struct err *identify(struct review *v)
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

/* As the command that approves has to name it. */
static struct err *name_range(struct review *v, struct str *out)
{
	const struct options *o = v->o;

	*out = str_from(o->arg_count ? o->args[0] : NULL);
	if (!o->review.trees)
		return NULL;
	*out = str_from(arena_printf(v->arena, "--trees %s %s", o->args[0], o->args[1]));
	return out->p ? NULL : err_nomem();
}

static struct err *settle(struct review *v)
{
	struct result_review *out = &v->r.review;

	TRY(identify(v));
	TRY(digest_loosenings(&v->list, v->arena, &out->digest, &out->loosening_count));
	if (!out->loosening_count)
		out->digest = STR("");
	if (v->o->review.approve && !out->loosening_count)
		return err_new(ERR_USAGE,
			       "--approve: nothing in this change needs an approval; leave the "
			       "option out");
	if (v->o->review.approve && !str_is(out->digest, v->o->review.approve))
		log_warn(&v->io->log,
			 "--approve: %s is not the digest of what this change loosens, which is "
			 "%.*s; nothing is approved",
			 v->o->review.approve, STR_ARG(out->digest));
	out->base = str_from(v->base.w.commit.hex);
	out->given = str_from(v->o->review.approve);
	out->is_staged = v->o->review.staged;
	TRY(name_range(v, &out->range));
	review_settle(&v->r, v->o->review.leave_approvals);
	return NULL;
}

static struct err *review(struct review *v, int *code)
{
	struct result *r = &v->r;

	TRY(open_sides(v));
	TRY(review_pairs_find(&v->base, &v->head, &v->changed, v->arena, &v->pairs));
	v->head.w.selected_count = v->pairs.group_count;
	TRY(run_begin("review", &v->o->evaluate, v->io, &v->head.w, r));
	r->is_review = true;
	r->has_verdict = true;
	r->are_policies_judged = v->base.policies.count > 0;
	if (!r->are_policies_judged)
		r->policies_note = "the base has none in " POLICIES_FOLDER "/";
	TRY(judge(v));
	TRY(settle(v));
	TRY(result_finish(r));
	*code = (int)exit_for_result(r);
	return run_report(&v->o->output, v->io, r, code);
}

struct err *cmd_review(const struct options *o, struct io *io, int *code)
{
	struct review v = {
		.o = o, .io = io, .arena = arena_new(), .budget = {.max = BASELINES_MEMORY}};
	uint64_t mib = memory_max(&v) >> 20;
	struct err *e;

	v.list.arena = v.arena;
	contain_calls(io);
	e = v.arena ? review(&v, code) : err_nomem();
	run_end(&v.r);
	free(v.list.v);
	repo_free(v.repo);
	arena_free(v.arena);
	if (e && e->kind == ERR_NOMEM)
		return err_new(ERR_NOMEM,
			       "out of memory, of which a review may use %" PRIu64
			       " MiB (--max-reply gives it more); nothing was judged",
			       mib);
	return e;
}
