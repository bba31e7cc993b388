/* SPDX-License-Identifier: Apache-2.0 */
#include "history/drift_since.h"

#include <stdlib.h>

#include "history/target_paths.h"
#include "history/timeline.h"
#include "repo/states.h"
#include "result/judge_liveness.h"

#define NONE SIZE_MAX

/* How far back one field has had the value that it has now, on one side. */
struct reach {
	bool is_open, is_known, is_oldest;
	int64_t since_s;
};

struct tracked {
	struct finding *finding;
	struct str path; /* of the field */
	struct reach live, base;
	size_t next; /* of the same target, or NONE */
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
	struct result *r;
	struct tracked *tracked;
	struct asked *subjects;
	size_t tracked_count, subject_count;
	bool is_live; /* which side is walked */
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

/* What an older state says of each field that is still asked for; `d` NULL: it cannot be read. */
static bool note_state(struct since *s, const struct asked *subject, const struct repo_past *p,
		       const struct diff *d)
{
	bool any = false;

	for (size_t k = subject->first; k != NONE; k = s->tracked[k].next) {
		struct reach *reach = reach_of(s, &s->tracked[k]);

		if (!reach->is_open)
			continue;
		if (!d || differs(d, s->tracked[k].path)) {
			reach->is_open = false;
			continue;
		}
		reach->is_known = true;
		reach->since_s = p->commit->time_s;
		reach->is_oldest = p->is_oldest;
		any = true;
	}
	return any && !p->is_oldest;
}

/* *d is NULL where that state is none that can be compared. */
static struct err *compare_state(const struct since *s, const struct asked *subject,
				 const struct repo_past *p, struct arena *a, struct diff *d,
				 bool *is_read)
{
	const struct file_tree tree = {.repo = s->w->repo, .commit = p->commit};
	const struct reading *now =
		s->is_live ? subject->sides->live.reading : subject->sides->base.reading;
	struct config_file then;

	TRY(config_file_read(s->w, &tree, p->path, a, &then));
	*is_read = then.state == CONFIG_READ;
	return *is_read ? diff_configs(&then.reading->config, &now->config, a, d) : NULL;
}

static struct err *take_state(void *ctx, size_t i, const struct repo_past *p, bool *more)
{
	struct since *s = ctx;
	const struct asked *subject = &s->subjects[i];
	struct arena *a = arena_new();
	struct diff d;
	bool is_read = false;
	struct err *e = a ? NULL : err_nomem();

	if (!e && p->is_there)
		e = compare_state(s, subject, p, a, &d, &is_read);
	if (!e)
		*more = note_state(s, subject, p, is_read ? &d : NULL);
	arena_free(a);
	return e;
}

static struct err *walk_side(struct since *s, const struct repo_commit *tip, bool is_live)
{
	const char **paths = arena_array(s->w->arena, s->subject_count, sizeof(*paths));

	if (!paths)
		return err_nomem();
	s->is_live = is_live;
	for (size_t i = 0; i < s->subject_count; i++) {
		struct target_paths all;

		TRY(target_paths(s->subjects[i].target, is_live, s->w->arena, &all));
		paths[i] = all.list[0];
	}
	return repo_walk_past(s->w->repo, tip, paths, s->subject_count, take_state, s);
}

/* The field whose value the finding hangs on; empty: no question for history. */
static struct err *field_of(const struct since *s, const struct finding *f,
			    const struct sides *sides, struct str *out)
{
	*out = STR("");
	if (!sides->live.reading)
		return NULL;
	if (f->class == CLASS_DRIFT && sides->base.reading)
		*out = f->path;
	else if (liveness_can_be_excused(f))
		return liveness_switch(sides->live.reading, s->w->arena, out);
	return NULL;
}

static struct err *track(struct since *s, struct finding *f, const struct target *t,
			 const struct sides *sides, size_t *subject)
{
	struct tracked *n = &s->tracked[s->tracked_count];

	*n = (struct tracked){.finding = f, .live.is_open = true, .base.is_open = true};
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
	struct findings *list = &s->r->findings;
	size_t *place = arena_array(w->arena, w->targets.count + 1, sizeof(*place));
	size_t *subject = arena_array(w->arena, w->targets.count + 1, sizeof(*subject));

	s->tracked = arena_array(w->arena, list->n + 1, sizeof(*s->tracked));
	s->subjects = arena_array(w->arena, w->selected_count + 1, sizeof(*s->subjects));
	if (!place || !subject || !s->tracked || !s->subjects)
		return err_nomem();
	for (size_t i = 0; i < w->targets.count; i++)
		place[i] = subject[i] = NONE;
	for (size_t i = 0; i < w->selected_count; i++)
		place[w->selected[i] - w->targets.list] = i;
	for (size_t k = 0; k < list->n; k++) {
		const struct target *t = targets_find(&w->targets, list->v[k].target);
		size_t at = t ? (size_t)(t - w->targets.list) : NONE;

		if (t && place[at] != NONE)
			TRY(track(s, &list->v[k], t, &sides[place[at]], &subject[at]));
	}
	return NULL;
}

static void tell_drift(const struct tracked *t)
{
	if (!t->live.is_known || !t->base.is_known)
		return;
	t->finding->has_since = true;
	t->finding->since_s = t->live.since_s > t->base.since_s ? t->live.since_s : t->base.since_s;
}

/*
 * When it was switched on: known where an older state is that had it off, or, on the first night,
 * where this run records that it no longer is as it was recorded last.
 */
static struct err *tell_switch(const struct since *s, const struct tracked *t,
			       const struct asked *subject)
{
	const struct reading *live = subject->sides->live.reading;
	bool is_first = !t->live.is_known && s->branch && subject->sides->base.reading &&
			!liveness_is_on(subject->sides->base.reading);

	if (t->live.is_known && !t->live.is_oldest)
		return liveness_excuse(s->r, t->finding, live, t->live.since_s);
	return is_first ? liveness_excuse(s->r, t->finding, live, s->r->now_s) : NULL;
}

static struct err *tell(const struct since *s)
{
	for (size_t i = 0; i < s->subject_count; i++) {
		const struct asked *subject = &s->subjects[i];

		for (size_t k = subject->first; k != NONE; k = s->tracked[k].next) {
			if (s->tracked[k].finding->class == CLASS_DRIFT)
				tell_drift(&s->tracked[k]);
			else
				TRY(tell_switch(s, &s->tracked[k], subject));
		}
	}
	return NULL;
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

struct err *since_find(const char *branch, const struct workspace *w, struct result *r,
		       const struct sides *sides)
{
	struct since s = {.branch = branch, .w = w, .r = r};
	struct repo_commit observed;

	TRY(observed_tip(branch, w, &observed));
	if (observed.is_unborn)
		return NULL;
	TRY(collect(&s, sides));
	TRY(walk_side(&s, &observed, true));
	TRY(walk_side(&s, &w->commit, false));
	return tell(&s);
}
