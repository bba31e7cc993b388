/* SPDX-License-Identifier: Apache-2.0 */
#include "run/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "result/judge_accounts.h"
#include "result/judge_policy.h"
#include "run/config_paths.h"

/* Targets are evaluated as they come; where they stand in the result is the order of the list. */
struct evaluating {
	const struct evaluation *e;
	const struct workspace *w;
	struct result *r;
	struct sides *sides;
	struct policy_run *policies;
	struct arena **kept; /* one a target, NULL where nothing of it is needed any more */
};

static struct err *copy_text(const struct evaluating *j, struct str *s)
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
static bool is_settled(const struct evaluating *j, size_t i, size_t first)
{
	const struct findings *list = &j->r->findings;

	if (j->e->keeps_configs || j->r->targets[i].outcome != OUTCOME_EQUAL)
		return false;
	for (size_t k = first; k < list->n; k++) {
		if (list->v[k].rule != RULE_TARGET_UNPINNED &&
		    list->v[k].rule != RULE_TARGET_CLOCK &&
		    list->v[k].rule != RULE_LIVENESS_UNKNOWN)
			return false;
	}
	return true;
}

static struct err *settle(struct evaluating *j, size_t i)
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
	TRY(copy_text(j, &row->account));
	TRY(copy_text(j, &row->credential));
	TRY(copy_text(j, &s->live.endpoint));
	row->diff.before = row->diff.after = NULL;
	*s = (struct sides){
		.live = {.is_fetched = s->live.is_fetched,
			 .fetched_s = s->live.fetched_s,
			 .is_replayed = s->live.is_replayed,
			 .endpoint = s->live.endpoint,
			 .account = row->account,
			 .digest = row->live_digest},
		.base = {.state = s->base.state, .digest = row->baseline_digest},
	};
	arena_free(j->kept[i]);
	j->kept[i] = NULL;
	return NULL;
}

/*
 * The baseline of the target, read into the arena, which from here on is the result's. `live`: what
 * is live of it, where that is known by then.
 */
static struct err *begin_target(struct evaluating *j, size_t i, const struct live_side *live,
				struct arena *a)
{
	struct workspace here = *j->w;

	here.arena = a;
	j->kept[i] = a;
	return baseline_read(&here, j->w->selected[i], live, &j->sides[i].base);
}

/* The policies after each target: both work on the row that was begun last. */
static struct err *finish_target(struct evaluating *j, size_t i)
{
	const struct target *t = j->w->selected[i];
	struct sides *s = &j->sides[i];
	size_t first = j->r->findings.n;

	if (j->e->path_count)
		TRY(config_take_paths(j->e->paths, j->e->path_count, t, j->kept[i], s));
	j->r->target_count = i;
	TRY(judge_target(j->r, t, &s->live, &s->base));
	if (j->policies)
		TRY(policy_run_target(j->policies, t, &s->live, &s->base, first));
	return is_settled(j, i, first) ? settle(j, i) : NULL;
}

static struct err *take_live(void *ctx, size_t i, const struct live_side *live, struct arena *a)
{
	struct evaluating *j = ctx;

	j->sides[i].live = *live;
	TRY(begin_target(j, i, live, a));
	return finish_target(j, i);
}

static struct err *take_stored(struct evaluating *j, size_t i)
{
	const struct target *t = j->w->selected[i];
	struct sides *s = &j->sides[i];
	struct arena *a = arena_new();

	if (!a)
		return err_nomem();
	TRY(begin_target(j, i, NULL, a));
	TRY(stored_side(j->e->stored, t, &s->base, &s->live));
	TRY(finish_target(j, i));
	j->r->targets[i].request_id = stored_request_id(j->e->stored, t);
	return NULL;
}

static struct err *take_all_stored(struct evaluating *j)
{
	for (size_t i = 0; i < j->w->selected_count; i++)
		TRY(take_stored(j, i));
	return NULL;
}

static struct err *take_all(struct evaluating *j)
{
	const struct workspace *w = j->w;
	struct result *r = j->r;
	struct err *e;

	j->kept = calloc(w->selected_count + 1, sizeof(struct arena *));
	if (!j->kept)
		return err_nomem();
	r->kept = j->kept;
	r->kept_count = w->selected_count;
	e = j->e->stored ? take_all_stored(j)
			 : live_get_all(j->e->live, w->selected, w->selected_count, take_live, j);
	r->target_count = e ? 0 : w->selected_count;
	return e;
}

static struct err *compare_accounts(struct evaluating *j)
{
	size_t first = j->r->findings.n;

	TRY(judge_accounts(j->r, j->w->selected));
	return j->policies ? policy_run_accounts(j->policies, first) : NULL;
}

struct err *evaluate_targets(const struct evaluation *e, struct result *r, struct sides *sides)
{
	struct evaluating j = {.e = e, .w = e->w, .r = r, .sides = sides};
	const struct policies *policies = e->w->policies;

	if (policies)
		TRY(policy_run_new(r, policies, &e->w->targets, &j.policies));
	TRY(take_all(&j));
	TRY(compare_accounts(&j));
	if (policies)
		TRY(policy_run_end(j.policies));
	r->are_policies_judged = policies && policies->count > 0;
	if (policies && policies->count == 0)
		r->policies_note = "there are none in " POLICIES_FOLDER "/";
	if (e->live) {
		r->signal = live_signal(e->live);
		r->side_effect_failed |= live_is_unrecorded(e->live);
	}
	return NULL;
}
