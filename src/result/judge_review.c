/* SPDX-License-Identifier: Apache-2.0 */
#include "result/judge_review.h"

#include <stdlib.h>

#include "result/rules.h"

/* ---- from one baseline to the other ---- */

static struct err *compare(struct result *r, const struct proposal *p, struct result_target *row)
{
	const struct baseline_side *before = &p->before, *after = &p->after;

	TRY(judge_baseline(r, p->target, after));
	if (before->state == BASELINE_READ)
		TRY(coverage_describe(&before->reading->config, r->arena, &row->coverage_before));
	if (after->state != BASELINE_READ) {
		row->outcome = after->state == BASELINE_MISSING && before->state != BASELINE_MISSING
				       ? OUTCOME_REMOVED
				       : OUTCOME_NO_BASELINE;
		return NULL;
	}
	TRY(coverage_describe(&after->reading->config, r->arena, &row->coverage_after));
	row->outcome = OUTCOME_ADDED;
	if (before->state != BASELINE_READ)
		return NULL;
	TRY(judge_pair(r, row->name, before->reading, after->reading, row->baseline_path, row));
	row->outcome = row->diff.change_count ? OUTCOME_CHANGED : OUTCOME_EQUAL;
	return NULL;
}

/* ---- what cannot be compared ---- */

static struct err *tell_removed(struct result *r, struct loosenings *list, const struct proposal *p,
				const struct result_target *row)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_BASELINE_REMOVED,
			 .subject = row->baseline_path,
			 .file_before = p->path_before,
			 .before = loosening_text(list->arena, p->before.digest)},
		.target = row->name,
		.message = findings_text(&r->findings, "%.*s is not in the head any more",
					 STR_ARG(row->baseline_path)),
		.general = STR("The baseline is not in the head any more"),
		.file = row->baseline_path.p,
		.line = 1,
	};

	return t.what.before.p ? loosening_tell(r, list, &t) : err_nomem();
}

static struct err *tell_unreadable(struct result *r, struct loosenings *list,
				   const struct proposal *p, const struct result_target *row)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_BASE_UNREADABLE,
			 .subject = row->baseline_path,
			 .file_before = p->path_before,
			 .after = loosening_text(list->arena, p->after.digest)},
		.target = row->name,
		.message = findings_text(&r->findings,
					 "%.*s: the base's cannot be read, so what this loses "
					 "cannot be told",
					 STR_ARG(row->baseline_path)),
		.general = STR("The base's baseline cannot be read, so what this loses cannot be "
			       "told"),
		.file = row->baseline_path.p,
		.line = 1,
	};

	return t.what.after.p ? loosening_tell(r, list, &t) : err_nomem();
}

struct err *judge_unreadable(struct result *r, struct loosenings *list, const char *path,
			     struct str why)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_BASE_UNREADABLE, .subject = str_from(path)},
		.message = findings_text(&r->findings,
					 "the base's %s cannot be read, so what it demanded counts "
					 "as removed: %.*s",
					 path, STR_ARG(why)),
		.file = path,
		.line = 1,
	};

	return loosening_tell(r, list, &t);
}

static struct err *tell_first(struct result *r, struct loosenings *list, const struct proposal *p,
			      const struct result_target *row)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_BASELINE_FIRST,
			 .subject = row->baseline_path,
			 .file_before = p->path_before,
			 .after = loosening_text(list->arena, p->after.digest)},
		.target = row->name,
		.message =
			findings_text(&r->findings,
				      "%.*s is the target's first baseline, and the rules of the "
				      "base do not vouch for it",
				      STR_ARG(row->baseline_path)),
		.general = STR("It is the target's first baseline, and the rules of the base do "
			       "not vouch for it"),
		.file = row->baseline_path.p,
		.line = 1,
	};

	return t.what.after.p ? loosening_tell(r, list, &t) : err_nomem();
}

/*
 * The target was in the base already, so somebody decided that it is checked. What it is checked
 * against is new, and there is nothing to compare it with but what the base's rules demand.
 */
static struct err *judge_first(struct result *r, const struct review_rules *by,
			       const struct proposal *p, const struct result_target *row)
{
	struct policy_input in = {.config = &p->after.reading->config,
				  .coverage = &row->coverage_after,
				  .zone = p->target->zone,
				  .now_s = r->now_s,
				  .target = p->target->name};
	bool is_fine;

	TRY(policy_run_vouches(by->by_base, &in, &is_fine));
	return is_fine ? NULL : tell_first(r, by->list, p, row);
}

static struct err *loosenings_of(struct result *r, const struct review_rules *by,
				 const struct proposal *p, const struct result_target *row,
				 size_t first)
{
	struct loosenings *list = by->list;

	if (row->outcome == OUTCOME_REMOVED && !p->is_new)
		return tell_removed(r, list, p, row);
	if (row->outcome == OUTCOME_ADDED && p->before.state == BASELINE_MALFORMED)
		return tell_unreadable(r, list, p, row);
	if (row->outcome == OUTCOME_ADDED && !p->is_new)
		return judge_first(r, by, p, row);
	return loosenings_of_changes(r, list, row,
				     p->path_before ? p->path_before : row->baseline_path.p, first);
}

/* ---- by both commits' rules ---- */

/* By the rule and what it asserts; the one that is not let pass comes first. */
static int compare_failures(const void *x, const void *y)
{
	const struct finding *const *a = x, *const *b = y;
	int c = str_cmp((*a)->rule_text, (*b)->rule_text);

	if (!c)
		c = str_cmp((*a)->policy->assertion->text, (*b)->policy->assertion->text);
	return c ? c : ((*a)->waived != NULL) - ((*b)->waived != NULL);
}

/* What the base's rules found, sorted. */
struct told {
	const struct finding **v;
	size_t n;
};

static struct err *told_new(struct arena *a, const struct findings *list, size_t first, size_t end,
			    struct told *out)
{
	*out = (struct told){
		.v = arena_array(a, end - first + 1, sizeof(const struct finding *)),
	};
	if (!out->v)
		return err_nomem();
	for (size_t i = first; i < end; i++) {
		if (list->v[i].policy)
			out->v[out->n++] = &list->v[i];
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(const struct finding *), compare_failures);
	return NULL;
}

/* Is it the same failure, which counts in the base already or not in the head either? */
static bool is_told(const struct told *told, const struct finding *f)
{
	size_t low = 0, high = told->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct finding *was = told->v[middle];
		int c = str_cmp(was->rule_text, f->rule_text);

		if (!c)
			c = str_cmp(was->policy->assertion->text, f->policy->assertion->text);
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == told->n)
		return false;
	return str_eq(told->v[low]->rule_text, f->rule_text) &&
	       str_eq(told->v[low]->policy->assertion->text, f->policy->assertion->text) &&
	       (!told->v[low]->waived || f->waived);
}

/*
 * A failure that stands in the base already is told all the same, since nothing is clean for being
 * old, but not as if the change had made it.
 */
static struct err *mark_old(struct result *r, const struct proposal *p, struct finding *f)
{
	const struct policy_rule *rule = f->policy->rule;
	struct policy_input in = {.config = &p->before.reading->config,
				  .coverage = &r->targets[r->target_count - 1].coverage_before,
				  .zone = p->target->zone,
				  .now_s = r->now_s,
				  .target = p->target->name};
	const struct verdict *was;
	struct rule_verdict v;

	TRY(rule_evaluate(r->arena, rule, &in, &v));
	if (v.outcome != RULE_FAILS)
		return NULL;
	was = &v.asserts[f->policy->assertion - rule->asserts];
	if (was->outcome != VERDICT_FAILS && was->outcome != VERDICT_OPEN)
		return NULL;
	f->message = findings_text(&r->findings, "%.*s; the base's baseline fails it too",
				   STR_ARG(f->message));
	return f->message.p ? NULL : err_nomem();
}

static struct err *mark_all_old(struct result *r, const struct proposal *p, size_t first)
{
	if (p->before.state != BASELINE_READ)
		return NULL;
	for (size_t i = first; i < r->findings.n; i++) {
		if (r->findings.v[i].policy)
			TRY(mark_old(r, p, &r->findings.v[i]));
	}
	return NULL;
}

/* Of what the head's rules found from `second` on, what the base's, from `first` on, did not. */
static struct err *keep_new(struct result *r, size_t first, size_t second, struct str name)
{
	struct findings *list = &r->findings;
	size_t n = second;
	struct told told;

	if (second == list->n)
		return NULL;
	TRY(told_new(r->arena, list, first, second, &told));
	for (size_t i = second; i < list->n; i++) {
		if (is_told(&told, &list->v[i]))
			continue;
		list->v[n] = list->v[i];
		list->v[n++].target = name;
	}
	list->n = n;
	return NULL;
}

static struct err *judge_by_rules(struct result *r, const struct review_rules *by,
				  const struct proposal *p, size_t first)
{
	struct live_side proposed = {.reading = p->after.reading};
	struct str name = r->targets[r->target_count - 1].name;
	size_t second;

	if (p->after.state != BASELINE_READ)
		return NULL;
	TRY(policy_run_target(by->by_base, p->target, &proposed, &p->after, first));
	second = r->findings.n;
	if (by->by_head)
		TRY(policy_run_target(by->by_head, p->head_target, &proposed, &p->after, second));
	TRY(keep_new(r, first, second, name));
	return mark_all_old(r, p, first);
}

struct err *judge_proposal(struct result *r, const struct review_rules *by,
			   const struct proposal *p)
{
	struct result_target *row = &r->targets[r->target_count++];
	size_t first = r->findings.n;

	*row = (struct result_target){
		.name = p->target->name,
		.names = p->names,
		.name_count = p->name_count,
		.baseline_path = p->target->baseline,
		.baseline_digest = p->before.digest,
		.live_digest = p->after.digest,
	};
	TRY(compare(r, p, row));
	TRY(judge_by_rules(r, by, p, first));
	return loosenings_of(r, by, p, row, first);
}

/* ---- what was decided ---- */

static bool needs_approval(const struct finding *f)
{
	return f->class == CLASS_APPROVAL || (f->change && f->change->bits.lose && !f->waived);
}

void review_settle(struct result *r, bool is_left)
{
	struct result_review *v = &r->review;

	if (v->loosening_count == 0)
		v->approval = APPROVAL_NONE;
	else if (is_left)
		v->approval = APPROVAL_LEFT;
	else
		v->approval = str_eq(v->given, v->digest) ? APPROVAL_GIVEN : APPROVAL_NEEDED;
	for (size_t i = 0; i < r->findings.n; i++) {
		if (needs_approval(&r->findings.v[i]))
			r->findings.v[i].approval = v->approval;
	}
}
