/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_judge.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/since.h"
#include "result/judge_policy.h"

/* Targets are judged as they come; where they stand in the result is the order of the list. */
struct judging {
	const struct options *o;
	const struct workspace *w;
	struct result *r;
	struct sides *sides;
	struct policy_run *policies;
	struct arena **kept; /* one a target, NULL where nothing of it is needed any more */
};

static struct err *copy_text(const struct judging *j, struct str *s)
{
	if (s->n == 0)
		return NULL;
	*s = arena_str(j->w->arena, *s);
	return s->p ? NULL : err_nomem();
}

/*
 * Most targets of most nights: as the baseline says, and nothing to tell. Of ten thousand of them
 * only the digests stay. Who records what was seen needs all of it.
 */
static bool is_settled(const struct judging *j, size_t i, size_t first)
{
	const struct findings *list = &j->r->findings;

	if (strcmp(j->r->command, "check") != 0 || j->o->commit_branch ||
	    j->r->targets[i].outcome != OUTCOME_EQUAL)
		return false;
	for (size_t k = first; k < list->n; k++)
		if (!str_is(list->v[k].rule, "target/unpinned"))
			return false;
	return true;
}

static struct err *settle(struct judging *j, size_t i)
{
	struct result_target *row = &j->r->targets[i];
	struct sides *s = &j->sides[i];
	bool is_one = str_eq(row->live_digest, row->baseline_digest);

	TRY(copy_text(j, &row->baseline_digest));
	if (is_one)
		row->live_digest = row->baseline_digest;
	else
		TRY(copy_text(j, &row->live_digest));
	TRY(copy_text(j, &row->request_id));
	TRY(copy_text(j, &s->live.account));
	row->diff.before = row->diff.after = NULL;
	*s = (struct sides){
		.live = {.is_fetched = s->live.is_fetched,
			 .account = s->live.account,
			 .digest = row->live_digest},
		.base = {.state = s->base.state, .digest = row->baseline_digest},
	};
	arena_free(j->kept[i]);
	j->kept[i] = NULL;
	return NULL;
}

/* The policies behind each target; both work on the row that was begun last. */
static struct err *judge_one(void *ctx, size_t i, const struct live_side *live, struct arena *a)
{
	struct judging *j = ctx;
	const struct target *t = j->w->selected[i];
	struct workspace here = *j->w;
	struct sides *s = &j->sides[i];
	size_t first = j->r->findings.n;

	j->kept[i] = a;
	s->live = *live;
	here.arena = a;
	TRY(workspace_baseline(&here, j->o, t, &s->base));
	j->r->target_count = i;
	TRY(judge_target(j->r, t, &s->live, &s->base));
	if (j->policies)
		TRY(policy_run_target(j->policies, t, &s->live, &s->base, first));
	return is_settled(j, i, first) ? settle(j, i) : NULL;
}

static struct err *judge_targets(const struct options *o, const struct workspace *w, struct live *l,
				 struct result *r, struct sides *sides, struct policy_run *policies)
{
	struct judging j = {o, w, r, sides, policies, NULL};
	struct err *e;

	j.kept = calloc(w->selected_count + 1, sizeof(struct arena *));
	if (!j.kept)
		return err_nomem();
	r->kept = j.kept;
	r->kept_count = w->selected_count;
	e = live_get_all(l, w->selected, w->selected_count, judge_one, &j);
	r->target_count = e ? 0 : w->selected_count;
	r->signal = live_signal(l);
	return e;
}

/* Nothing is judged by it but what it excuses: a history that cannot be read is none. */
static struct err *ask_history(const struct options *o, const struct workspace *w, struct result *r,
			       const struct sides *sides)
{
	struct err *e = since_find(o, w, r, sides);

	if (e && e->kind == ERR_NOMEM)
		return e;
	err_free(e);
	return NULL;
}

struct err *run_judge(const struct options *o, const struct workspace *w, struct live *l,
		      struct result *r, struct sides *sides)
{
	struct policy_run *policies = NULL;

	if (w->policies)
		TRY(policy_run_new(r, w->policies, &w->targets, &policies));
	TRY(judge_targets(o, w, l, r, sides, policies));
	if (policies)
		TRY(policy_run_end(policies));
	r->are_policies_judged = policies && w->policies->count > 0;
	if (policies && w->policies->count == 0)
		r->policies_note = "there are none in " POLICIES_FOLDER "/";
	r->side_effect_failed |= live_is_unrecorded(l);
	if (strcmp(r->command, "check") == 0)
		TRY(ask_history(o, w, r, sides));
	result_finish(r);
	return NULL;
}
