/* SPDX-License-Identifier: Apache-2.0 */
#include "history/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "history/target_trail.h"
#include "result/judge.h"
#include "run/config_digest.h"

/* A commit that brought states, for all targets. */
struct bringer {
	struct repo_commit commit;
	int64_t author_s;
	struct repo_commit_words words;
};

/* A state of one side, with its reading for the comparison with the next one. */
struct state {
	struct timeline_entry entry;
	const struct bringer *bringer;
	const struct reading *reading;
};

/* What one target was. */
struct side {
	struct state *states; /* newest first */
	size_t count, room;
	bool is_cut;
};

/* One walk, of all targets. */
struct sides_walk {
	const struct workspace *w;
	enum timeline_kind kind;
	struct side *sides;
	const struct bringer *last;
};

struct err *timeline_observed_tip(const struct workspace *w, struct repo_commit *out)
{
	struct repo_tip tip;
	struct err *e;

	TRY(repo_resolve_tip(w->repo, OBSERVED_BRANCH, w->arena, &tip));
	*out = tip.commit;
	if (!tip.commit.is_unborn)
		return NULL;
	e = repo_resolve(w->repo, "refs/remotes/origin/" OBSERVED_BRANCH, out);
	if (e && e->kind == ERR_NOMEM)
		return e;
	if (e)
		*out = tip.commit;
	err_free(e);
	return NULL;
}

static struct err *read_state(const struct workspace *w, struct state *s)
{
	const struct file_tree tree = {.repo = w->repo, .commit = &s->bringer->commit};
	struct config_file file;

	if (!s->entry.path)
		return NULL;
	TRY(config_file_read(w, &tree, s->entry.path, w->arena, &file));
	s->entry.problem = file.problem;
	if (file.state != CONFIG_READ)
		return NULL;
	s->reading = file.reading;
	return digest_config(&file.reading->config, w->arena, &s->entry.digest);
}

static struct err *take_messages(struct timeline_entry *e, const struct findings *list,
				 struct arena *a)
{
	e->messages = arena_array(a, list->n ? list->n : 1, sizeof(*e->messages));
	if (!e->messages)
		return err_nomem();
	/* One finding a change, in their order. */
	for (size_t i = 0; i < list->n; i++)
		e->messages[i] = list->v[i].message;
	return NULL;
}

static struct err *compare(const struct workspace *w, const struct target *t, struct state *s,
			   const struct state *before)
{
	struct result scratch = {.arena = w->arena, .findings = {.arena = w->arena}};
	struct err *e = NULL;

	s->entry.row.name = t->name;
	if (before && before->entry.path && s->entry.path &&
	    strcmp(before->entry.path, s->entry.path) != 0)
		s->entry.former_path = before->entry.path;
	if (s->reading && before && before->reading)
		e = judge_pair(&scratch, t->name, before->reading, s->reading, STR(""),
			       &s->entry.row);
	else if (s->reading)
		e = coverage_describe(&s->reading->config, w->arena, &s->entry.row.coverage_after);
	else if (before && before->reading)
		e = coverage_describe(&before->reading->config, w->arena,
				      &s->entry.row.coverage_before);
	if (!e)
		e = take_messages(&s->entry, &scratch.findings, w->arena);
	free(scratch.findings.v);
	return e;
}

static struct timeline_commit commit_of(const struct bringer *b)
{
	return (struct timeline_commit){
		.hex = b->commit.hex,
		.time_s = b->commit.time_s,
		.author_s = b->author_s,
		.author = b->words.author,
		.email = b->words.email,
		.subject = b->words.subject,
		.judged_by = b->words.baseline,
	};
}

static struct err *find_bringer(struct sides_walk *all, const struct repo_past *then)
{
	struct bringer *b;

	if (all->last && strcmp(all->last->commit.hex, then->commit.hex) == 0)
		return NULL;
	b = arena_alloc(all->w->arena, sizeof(*b));
	if (!b)
		return err_nomem();
	b->commit = then->commit;
	b->author_s = then->author_s;
	all->last = b;
	return repo_read_words(all->w->repo, &then->commit, all->w->arena, &b->words);
}

static struct err *take_state(void *ctx, size_t i, const struct repo_past *then, bool *more)
{
	struct sides_walk *all = ctx;
	struct side *side = &all->sides[i];
	struct state *v;

	*more = true;
	side->is_cut |= then->is_cut;
	/* Before it was there for the first time it is no state. */
	if (then->is_oldest && !then->path)
		return NULL;
	TRY(find_bringer(all, then));
	v = grow_in(all->w->arena, side->states, side->count, &side->room, sizeof(*v));
	if (!v)
		return err_nomem();
	side->states = v;
	v += side->count++;
	*v = (struct state){.bringer = all->last};
	v->entry = (struct timeline_entry){.kind = all->kind,
					   .commit = commit_of(all->last),
					   .path = then->path,
					   .is_bound = then->is_cut};
	return read_state(all->w, v);
}

static struct err *compare_all(const struct workspace *w, const struct target *t, struct side *side)
{
	for (size_t i = side->count; i-- > 0;)
		TRY(compare(w, t, &side->states[i],
			    i + 1 < side->count ? &side->states[i + 1] : NULL));
	return NULL;
}

/* One a selected target. */
static struct err *read_sides(const struct workspace *w, const struct repo_commit *tip,
			      enum timeline_kind kind, struct side **out)
{
	size_t count = w->selected_count;
	struct repo_trail *trails = arena_array(w->arena, count + 1, sizeof(*trails));
	struct sides_walk all = {.w = w, .kind = kind};

	all.sides = *out = arena_array(w->arena, count + 1, sizeof(*all.sides));
	if (!trails || !all.sides)
		return err_nomem();
	for (size_t i = 0; i < count; i++)
		TRY(target_trail(w->selected[i], kind == TIMELINE_OBSERVED, w->arena, &trails[i]));
	TRY(repo_walk(w->repo, tip, trails, count, take_state, &all));
	for (size_t i = 0; i < count; i++)
		TRY(compare_all(w, w->selected[i], &all.sides[i]));
	return NULL;
}

/* From both sides one list; of two with the same time the baseline was there before it was met. */
static void merge(const struct side *base, const struct side *seen, struct timeline *out)
{
	size_t i = 0, j = 0;

	while (i < base->count || j < seen->count) {
		bool take_seen = i == base->count ||
				 (j < seen->count && seen->states[j].entry.commit.time_s >=
							     base->states[i].entry.commit.time_s);

		out->entries[out->count++] =
			take_seen ? seen->states[j++].entry : base->states[i++].entry;
	}
}

static void mark_drift(struct timeline *t)
{
	struct str base = {0}, seen = {0};
	bool was = false, is_bound = false;
	int64_t since_s = 0;

	for (size_t i = t->count; i-- > 0;) {
		struct timeline_entry *e = &t->entries[i];

		*(e->kind == TIMELINE_BASELINE ? &base : &seen) = e->digest;
		e->is_drifted = base.n && seen.n && !str_eq(base, seen);
		e->is_drift_start = e->is_drifted && !was;
		if (e->is_drift_start) {
			since_s = e->commit.time_s;
			is_bound = e->is_bound;
			t->drift = e;
		}
		if (was && !e->is_drifted) {
			e->drift_s = e->commit.time_s - since_s;
			e->is_drift_longer = is_bound;
			t->drift = NULL;
		}
		was = e->is_drifted;
	}
}

static struct err *join(const struct workspace *w, const struct side *base, const struct side *seen,
			struct timeline *out)
{
	out->is_cut = base->is_cut || seen->is_cut;
	out->entries = arena_array(w->arena, base->count + seen->count + 1, sizeof(*out->entries));
	if (!out->entries)
		return err_nomem();
	merge(base, seen, out);
	mark_drift(out);
	return NULL;
}

struct err *timelines_read(const struct workspace *w, const struct repo_commit *tip,
			   struct timeline *out)
{
	struct repo_commit observed;
	struct side *base, *seen;

	TRY(timeline_observed_tip(w, &observed));
	TRY(read_sides(w, tip, TIMELINE_BASELINE, &base));
	TRY(read_sides(w, &observed, TIMELINE_OBSERVED, &seen));
	for (size_t i = 0; i < w->selected_count; i++) {
		out[i] = (struct timeline){.target = w->selected[i]->name};
		TRY(join(w, &base[i], &seen[i], &out[i]));
	}
	return NULL;
}
