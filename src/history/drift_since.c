/* SPDX-License-Identifier: Apache-2.0 */
#include "history/drift_since.h"

#include <stdlib.h>

#include "history/target_trail.h"
#include "history/timeline.h"
#include "result/judge_liveness.h"

#define NONE SIZE_MAX

/* How far back one field has had the value that it has now, on one side. */
struct reach {
	bool is_open, is_known, is_oldest, is_cut;
	int64_t since_s;
};

struct tracked {
	size_t finding; /* its index */
	enum finding_class class;
	struct str path; /* of the field */
	struct reach live, base;
	/* Of a schedule that has never run: when either side first had it on. */
	bool is_never_run, was_on, is_cut;
	int64_t on_since_s;
	size_t next; /* of the same target, or NONE */
};

/* An older state of one side. */
struct state {
	const struct repo_past *past;
	const struct diff *to_now; /* NULL: it cannot be read */
	bool is_on;
};

/* A target with findings to ask history about. */
struct asked {
	const struct target *target;
	const struct sides *sides;
	size_t first; /* of its tracked */
};

struct since {
	const char *branch;
	const struct workspace *w;
	const struct result *r;
	struct past_facts *facts;
	struct tracked *tracked;
	struct asked *subjects;
	size_t tracked_count, subject_count;
	bool is_live; /* which side is walked */
	bool has_observed;
};

static struct reach *reach_of(const struct since *s, struct tracked *t)
{
	return s->is_live ? &t->live : &t->base;
}

static bool differs(const struct diff *d, struct str path)
{
	for (size_t i = 0; i < d->change_count; i++) {
		if (str_eq(d->changes[i].path, path))
			return true;
	}
	return false;
}

/* All of history counts: a schedule that was on once and never ran is none that is new. */
static bool note_switch(struct tracked *t, const struct state *then)
{
	int64_t since_s = then->past->commit.time_s;

	t->is_cut |= then->past->is_cut;
	if (then->is_on && (!t->was_on || since_s < t->on_since_s)) {
		t->was_on = true;
		t->on_since_s = since_s;
	}
	return true;
}

static bool note_field(struct tracked *t, struct reach *reach, const struct state *then)
{
	if (!reach->is_open)
		return false;
	if (!then->to_now || differs(then->to_now, t->path)) {
		reach->is_open = false;
		return false;
	}
	reach->is_known = true;
	reach->since_s = then->past->commit.time_s;
	reach->is_oldest = then->past->is_oldest;
	reach->is_cut = then->past->is_cut;
	return true;
}

/* What an older state says of each field that is still asked for: is an older one wanted? */
static bool note_state(struct since *s, const struct asked *subject, const struct state *then)
{
	bool any = false;

	for (size_t k = subject->first; k != NONE; k = s->tracked[k].next) {
		struct tracked *t = &s->tracked[k];

		any |= t->is_never_run ? note_switch(t, then) : note_field(t, reach_of(s, t), then);
	}
	return any && !then->past->is_oldest;
}

/* A state that is none that can be compared stays as it is: unread, and not on. */
static struct err *read_state(const struct since *s, const struct asked *subject, struct arena *a,
			      struct state *then)
{
	const struct repo_past *p = then->past;
	const struct file_tree tree = {.repo = s->w->repo, .commit = &p->commit};
	const struct reading *now =
		s->is_live ? subject->sides->live.reading : subject->sides->base.reading;
	struct diff *d = arena_alloc(a, sizeof(*d));
	struct config_file file;

	if (!d)
		return err_nomem();
	TRY(config_file_read(s->w, &tree, p->path, a, &file));
	if (file.state != CONFIG_READ)
		return NULL;
	then->is_on = config_is_on(&file.reading->config);
	if (now)
		TRY(diff_configs(&file.reading->config, &now->config, a, d));
	then->to_now = now ? d : NULL;
	return NULL;
}

static struct err *take_state(void *ctx, size_t i, const struct repo_past *p, bool *more)
{
	struct since *s = ctx;
	const struct asked *subject = &s->subjects[i];
	struct state then = {.past = p};
	struct arena *a = arena_new();
	struct err *e = a ? NULL : err_nomem();

	if (!e && p->path)
		e = read_state(s, subject, a, &then);
	if (!e)
		*more = note_state(s, subject, &then);
	arena_free(a);
	return e;
}

static struct err *walk_side(struct since *s, const struct repo_commit *tip, bool is_live)
{
	struct repo_trail *trails = arena_array(s->w->arena, s->subject_count + 1, sizeof(*trails));

	if (!trails)
		return err_nomem();
	s->is_live = is_live;
	for (size_t i = 0; i < s->subject_count; i++)
		TRY(target_trail(s->subjects[i].target, is_live, s->w->arena, &trails[i]));
	return repo_walk(s->w->repo, tip, trails, s->subject_count, take_state, s);
}

/* The field whose value the finding hangs on; empty: no question for history. */
static struct err *field_of(const struct since *s, const struct finding *f,
			    const struct sides *sides, struct str *out)
{
	*out = STR("");
	if (!sides->live.reading)
		return NULL;
	if (liveness_is_never_run(f) || (s->has_observed && liveness_can_be_excused(f)))
		return liveness_switch(sides->live.reading, s->w->arena, out);
	if (s->has_observed && f->class == CLASS_DRIFT && sides->base.reading)
		*out = f->path;
	return NULL;
}

static struct err *track(struct since *s, size_t finding, const struct target *t,
			 const struct sides *sides, size_t *subject)
{
	const struct finding *f = &s->r->findings.v[finding];
	struct tracked *n = &s->tracked[s->tracked_count];

	*n = (struct tracked){.finding = finding,
			      .class = f->class,
			      .live.is_open = true,
			      .base.is_open = true,
			      .is_never_run = liveness_is_never_run(f)};
	TRY(field_of(s, f, sides, &n->path));
	if (!n->path.n)
		return NULL;
	n->base.is_open = sides->base.reading;
	if (*subject == NONE) {
		*subject = s->subject_count;
		s->subjects[s->subject_count++] = (struct asked){t, sides, NONE};
	}
	n->next = s->subjects[*subject].first;
	s->subjects[*subject].first = s->tracked_count++;
	return NULL;
}

/* Both lists are as long as what they are taken from. */
static struct err *collect(struct since *s, const struct sides *sides)
{
	const struct workspace *w = s->w;
	const struct findings *list = &s->r->findings;
	size_t *place = arena_array(w->arena, w->targets.count + 1, sizeof(*place));
	size_t *subject = arena_array(w->arena, w->targets.count + 1, sizeof(*subject));

	s->tracked = arena_array(w->arena, list->n + 1, sizeof(*s->tracked));
	s->subjects = arena_array(w->arena, w->selected_count + 1, sizeof(*s->subjects));
	s->facts->v = arena_array(w->arena, list->n + 1, sizeof(*s->facts->v));
	if (!place || !subject || !s->tracked || !s->subjects || !s->facts->v)
		return err_nomem();
	for (size_t i = 0; i < w->targets.count; i++)
		place[i] = subject[i] = NONE;
	for (size_t i = 0; i < w->selected_count; i++)
		place[w->selected[i] - w->targets.list] = i;
	for (size_t k = 0; k < list->n; k++) {
		const struct target *t = targets_find(&w->targets, list->v[k].target);
		size_t at = t ? (size_t)(t - w->targets.list) : NONE;

		if (t && place[at] != NONE)
			TRY(track(s, k, t, &sides[place[at]], &subject[at]));
	}
	return NULL;
}

static void add_fact(struct since *s, const struct tracked *t, struct past_fact fact)
{
	fact.finding = t->finding;
	s->facts->v[s->facts->n++] = fact;
}

/* Not the side whose time decides, or one that may have become so before. */
static bool is_bound_by(const struct reach *side, int64_t since_s)
{
	return side->since_s < since_s || side->is_cut;
}

static void add_drift(struct since *s, const struct tracked *t)
{
	const struct reach *live = &t->live, *base = &t->base;
	int64_t since_s = live->since_s > base->since_s ? live->since_s : base->since_s;

	if (live->is_known && base->is_known)
		add_fact(s, t,
			 (struct past_fact){.kind = PAST_DRIFT,
					    .since_s = since_s,
					    .is_cut = is_bound_by(live, since_s) &&
						      is_bound_by(base, since_s)});
}

/*
 * When it was switched on: known where an older state is that had it off, or, on the first night,
 * where this run records that it no longer is as it was recorded last.
 */
static void add_switch(struct since *s, const struct tracked *t, const struct asked *subject)
{
	const struct reading *base = subject->sides->base.reading;
	bool is_first = !t->live.is_known && s->branch && base && !config_is_on(&base->config);
	bool is_known = t->live.is_known && !t->live.is_oldest;

	if (is_known || is_first)
		add_fact(s, t,
			 (struct past_fact){.kind = PAST_ON,
					    .live = subject->sides->live.reading,
					    .since_s = is_known ? t->live.since_s : s->r->now_s});
}

/* A history that cannot be walked to its end is one that is cut. */
static void add_never_ran(struct since *s, const struct tracked *t, const struct asked *subject,
			  bool is_walked)
{
	bool is_cut = t->is_cut || !is_walked;

	if (is_cut || t->was_on)
		add_fact(s, t,
			 (struct past_fact){.kind = PAST_NEVER_RAN,
					    .live = subject->sides->live.reading,
					    .since_s = t->on_since_s,
					    .is_cut = is_cut});
}

static void add_facts_of(struct since *s, const struct tracked *t, const struct asked *subject,
			 bool is_walked)
{
	if (t->is_never_run)
		add_never_ran(s, t, subject, is_walked);
	else if (is_walked && t->class == CLASS_DRIFT)
		add_drift(s, t);
	else if (is_walked)
		add_switch(s, t, subject);
}

static void add_facts(struct since *s, bool is_walked)
{
	for (size_t i = 0; i < s->subject_count; i++) {
		const struct asked *subject = &s->subjects[i];

		for (size_t k = subject->first; k != NONE; k = s->tracked[k].next)
			add_facts_of(s, &s->tracked[k], subject, is_walked);
	}
}

static struct err *observed_tip(const char *branch, const struct workspace *w,
				struct repo_commit *out)
{
	struct repo_tip tip;

	if (!branch)
		return timeline_observed_tip(w, out);
	TRY(repo_resolve_tip(w->repo, branch, w->arena, &tip));
	*out = tip.commit;
	return NULL;
}

static struct err *walk_both(struct since *s, const struct repo_commit *observed)
{
	if (s->has_observed)
		TRY(walk_side(s, observed, true));
	return walk_side(s, &s->w->commit, false);
}

struct err *since_find(const char *branch, const struct workspace *w, const struct result *r,
		       const struct sides *sides, struct past_facts *out)
{
	struct since s = {.branch = branch, .w = w, .r = r, .facts = out};
	struct repo_commit observed;
	struct err *e = observed_tip(branch, w, &observed), *memory;

	*out = (struct past_facts){0};
	s.has_observed = !e && !observed.is_unborn;
	memory = collect(&s, sides);
	if (!e && !memory)
		e = walk_both(&s, &observed);
	if (e && e->kind == ERR_NOMEM && !memory)
		return e;
	if (!memory)
		add_facts(&s, !e);
	err_free(e);
	return memory;
}
