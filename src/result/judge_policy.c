/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, severities of drift, and which findings are let pass. Tells of waivers: judge_waivers.c. */
#include "result/judge_policy.h"

#include <string.h>

#include "policy/waiver_value.h"
#include "result/judge_waivers.h"
#include "result/rules.h"

/* ---- rules ---- */

/* Where the baseline says it; else where the policy demands it. */
static void set_place(struct finding *f, const struct assertion *as, const struct policy *p,
		      const struct target *t, const struct baseline_side *base)
{
	const struct subject *s = &as->subject;
	bool is_known = base->state == BASELINE_READ && s->kind == SUBJECT_FIELD;

	f->file = str_from(p->file);
	f->line = as->line;
	if (!is_known || !base->reading->config.values[s->row].is_present)
		return;
	f->file = t->baseline;
	f->line = base->reading->config.values[s->row].line;
}

static struct str describe(const struct findings *list, const struct policy_rule *rule,
			   const struct verdict *v, struct str open_when)
{
	const char *since = open_when.n ? "; judged because this is open: " : "";

	if (!rule->title.n)
		return findings_text(list, "%.*s%s%.*s", STR_ARG(v->text), since,
				     STR_ARG(open_when));
	return findings_text(list, "%.*s: %.*s%s%.*s", STR_ARG(rule->title), STR_ARG(v->text),
			     since, STR_ARG(open_when));
}

static struct err *add_failure(struct policy_run *run, const struct policy_rule *rule,
			       const struct assertion *as, const struct verdict *v,
			       struct str open_when, const struct target *t,
			       const struct baseline_side *base)
{
	struct result *r = run->result;
	struct finding_policy *detail = arena_alloc(r->arena, sizeof(*detail));
	struct finding f = finding_from_rule(RULE_POLICY, t->name);

	if (!detail)
		return err_nomem();
	*detail = (struct finding_policy){rule, as, v->found, v->is_found_cut};
	f.part = findings_text(&r->findings, "%s/%s", rule->policy->id.p, rule->name.p);
	f.severity = rule->severity;
	f.path = subject_field_path(&as->subject);
	f.message = describe(&r->findings, rule, v, open_when);
	if (rule->rationale.n)
		f.meaning = rule->rationale;
	if (rule->remediation.n)
		f.next = rule->remediation;
	else if (r->is_review)
		f.next = STR("Change the baseline so that the rule holds");
	f.policy = detail;
	set_place(&f, as, rule->policy, t, base);
	if (!f.part.p || !f.message.p)
		return err_nomem();
	return findings_add(&r->findings, &f);
}

static struct err *judge_rule(struct policy_run *run, const struct policy_rule *rule,
			      const struct policy_input *in, const struct target *t,
			      const struct baseline_side *base)
{
	struct rule_verdict v;

	TRY(rule_evaluate(run->result->arena, rule, in, &v));
	if (v.outcome != RULE_FAILS)
		return NULL;
	for (size_t i = 0; i < rule->assert_count; i++) {
		if (v.asserts[i].outcome == VERDICT_FAILS || v.asserts[i].outcome == VERDICT_OPEN)
			TRY(add_failure(run, rule, &rule->asserts[i], &v.asserts[i], v.open_when, t,
					base));
	}
	return NULL;
}

static struct err *judge_rules(struct policy_run *run, const struct policy_input *in,
			       const struct target *t, const struct baseline_side *base)
{
	for (size_t i = 0; i < run->policies->count; i++) {
		const struct policy *p = &run->policies->list[i];

		for (size_t k = 0; k < p->rule_count; k++)
			TRY(judge_rule(run, &p->rules[k], in, t, base));
	}
	return NULL;
}

/* Counts a rule that holds; one that fails, or may apply or not, is not fine. */
static struct err *ask_rule(struct arena *a, const struct policy_rule *rule,
			    const struct policy_input *in, size_t *holding, bool *is_fine)
{
	struct rule_verdict v;

	TRY(rule_evaluate(a, rule, in, &v));
	switch (v.outcome) {
	case RULE_PASSES:
		(*holding)++;
		break;
	case RULE_FAILS:
		*is_fine = false;
		break;
	case RULE_NOT_JUDGED:
		*is_fine = *is_fine && v.asserts;
		break;
	case RULE_NOT_APPLICABLE:
		break;
	}
	return NULL;
}

struct err *policy_run_vouches(const struct policy_run *run, const struct policy_input *in,
			       bool *out)
{
	bool is_fine = true;
	size_t holding = 0;

	for (size_t i = 0; i < run->policies->count; i++) {
		const struct policy *p = &run->policies->list[i];

		for (size_t k = 0; k < p->rule_count && is_fine; k++)
			TRY(ask_rule(run->result->arena, &p->rules[k], in, &holding, &is_fine));
	}
	*out = is_fine && holding;
	return NULL;
}

/* ---- policies without a rule ---- */

static bool was_empty(const struct policies *before, struct str id)
{
	for (size_t i = 0; before && i < before->count; i++) {
		if (str_eq(before->list[i].id, id))
			return before->list[i].rule_count == 0;
	}
	return false;
}

/* One that has waivers or severities does something, and a notice says that it is no more. */
static struct err *tell_empty(struct result *r, const struct policy *p)
{
	struct finding f = finding_from_rule(RULE_POLICY_EMPTY, STR(""));
	bool has_others = p->waiver_count || p->severity_count || p->waiver_days;

	if (has_others) {
		f.severity = SEVERITY_INFO;
		f.meaning = STR("It lets pass or grades what others find, and demands nothing");
		f.next = STR("Nothing, if that is what it is for");
	}
	f.message = findings_text(&r->findings, "policy %s of %s has no rule%s", p->id.p, p->file,
				  has_others ? ", but waivers, ignores, severities or limits" : "");
	f.file = str_from(p->file);
	f.line = p->id_line;
	return f.message.p ? findings_add(&r->findings, &f) : err_nomem();
}

struct err *judge_empty_policies(struct result *r, const struct policies *all,
				 const struct policies *before)
{
	for (size_t i = 0; all && i < all->count; i++) {
		if (!all->list[i].rule_count && !was_empty(before, all->list[i].id))
			TRY(tell_empty(r, &all->list[i]));
	}
	return NULL;
}

/* ---- waivers ---- */

bool target_had_name(const struct target *t, struct str name)
{
	return str_eq(name, t->name) || (t->former.n && str_eq(name, t->former));
}

bool policy_run_names(const struct waiver *w, const struct target *t)
{
	for (size_t i = 0; i < w->target_count; i++) {
		if (target_had_name(t, w->targets[i].name))
			return true;
	}
	return w->target_count == 0;
}

static struct err *is_pinned(struct arena *a, const struct waiver *w, const struct finding *f,
			     const struct policy_input *in, bool *is_equal)
{
	struct subject s;

	*is_equal = w->value.n == 0;
	if (*is_equal || !in->config)
		return NULL;
	if (f->policy)
		return pin_is_found(a, &f->policy->assertion->subject, f->policy->assertion, in,
				    w->value, is_equal);
	if (f->path.n < 2)
		return NULL;
	/* A finding that is about one field: "/Field". */
	s = subject_of_field(in->config->resource, (struct str){f->path.p + 1, f->path.n - 1});
	if (!s.field && !f->change)
		return NULL;
	if (!s.field)
		s.tokens[0] = f->change->name;
	return pin_is_found(a, &s, NULL, in, w->value, is_equal);
}

/* `t` is NULL for a finding about no target. */
static struct err *try_waiver(struct policy_run *run, struct waiver_use *use, struct finding *f,
			      const struct target *t, const struct policy_input *in)
{
	const struct waiver *w = use->waiver;
	bool fits;

	if (waiver_age(w, run->result->now_s) == WAIVER_EXPIRED ||
	    waiver_is_too_long(w, run->waiver_days, run->result->now_s))
		return NULL;
	if (t ? !policy_run_names(w, t) : w->target_count > 0)
		return NULL;
	TRY(is_pinned(run->result->arena, w, f, in, &fits));
	use->is_used |= fits;
	use->has_other_value |= !fits;
	if (fits && !f->waived)
		f->waived = w;
	return NULL;
}

static struct err *apply_waivers(struct policy_run *run, struct finding *f, const struct target *t,
				 const struct policy_input *in)
{
	size_t low = 0, high = run->use_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(run->uses[middle].waiver->rule_id, f->rule_text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < run->use_count && str_eq(run->uses[low].waiver->rule_id, f->rule_text); low++)
		TRY(try_waiver(run, &run->uses[low], f, t, in));
	return NULL;
}

/* ---- ignored drift ---- */

static bool is_set_aside(const struct findings *list, size_t first, size_t end, const char *name,
			 struct str unknown)
{
	for (size_t i = first; i < end; i++) {
		const struct finding *f = &list->v[i];

		if (!f->change || !f->waived)
			continue;
		if (name ? f->change->field && strcmp(f->change->field->name, name) == 0
			 : !f->change->field && str_eq(f->change->name, unknown))
			return true;
	}
	return false;
}

/* Fields without a row: the baseline's where set aside, else the live ones. Both are sorted. */
static struct err *mix_unknown(struct policy_run *run, const struct diff *d, size_t first,
			       struct config *out)
{
	const struct findings *list = &run->result->findings;
	const struct config *before = d->before, *after = d->after;
	struct unknown *v = arena_array(
		run->result->arena, before->unknown_count + after->unknown_count + 1, sizeof(*v));
	size_t i = 0, k = 0, n = 0;

	if (!v)
		return err_nomem();
	while (i < before->unknown_count || k < after->unknown_count) {
		const struct unknown *b = i < before->unknown_count ? &before->unknown[i] : NULL;
		const struct unknown *l = k < after->unknown_count ? &after->unknown[k] : NULL;
		int c = b && l ? str_cmp(b->name, l->name) : b ? -1 : 1;
		struct str name = b && c <= 0 ? b->name : l ? l->name : STR("");

		if (is_set_aside(list, first, list->n, NULL, name))
			l = c <= 0 ? b : NULL;
		else if (c < 0)
			l = NULL;
		if (l)
			v[n++] = *l;
		i += c <= 0;
		k += c >= 0;
	}
	out->unknown = v;
	out->unknown_count = n;
	return NULL;
}

/* Live, but as the baseline says where drift was let pass. */
static struct err *mix(struct policy_run *run, const struct diff *d, size_t first,
		       struct config **out)
{
	const struct findings *list = &run->result->findings;
	const struct resource *r = d->after->resource;
	struct config *c = arena_alloc(run->result->arena, sizeof(*c));

	if (!c)
		return err_nomem();
	*c = *d->after;
	for (size_t i = 0; i < r->field_count; i++) {
		if (is_set_aside(list, first, list->n, r->fields[i].name, STR("")))
			c->values[i] = d->before->values[i];
	}
	*out = c;
	return mix_unknown(run, d, first, c);
}

static const struct change *same_change(const struct diff *d, const struct change *c)
{
	for (size_t i = 0; i < d->change_count; i++) {
		if (str_eq(d->changes[i].name, c->name))
			return &d->changes[i];
	}
	return NULL;
}

/* The drift that is left, for the pair that the ignored drift leaves. */
static struct err *judge_rest(struct policy_run *run, const struct result_target *row, size_t first)
{
	struct findings *list = &run->result->findings;
	struct diff *d = arena_alloc(run->result->arena, sizeof(*d));
	struct config *mixed = NULL;

	if (!d)
		return err_nomem();
	TRY(mix(run, &row->diff, first, &mixed));
	TRY(diff_configs(row->diff.before, mixed, run->result->arena, d));
	for (size_t i = first, n = list->n; i < n; i++) {
		const struct change *c;

		if (!list->v[i].change || list->v[i].waived)
			continue;
		c = same_change(d, list->v[i].change);
		if (!c)
			continue;
		TRY(judge_change(run->result, row->name, c, d->judgement.is_switched_off,
				 row->baseline_path));
		list->v[i] = list->v[--list->n];
	}
	return NULL;
}

/* ---- a target ---- */

static void set_severities(struct policy_run *run, size_t first)
{
	struct findings *list = &run->result->findings;

	for (size_t i = first; i < list->n; i++) {
		const struct change *c = list->v[i].change;
		const struct policy_severity *d =
			c ? policies_drift(run->policies, c->field) : NULL;

		/* What a review's change does not lose is no drift, however grave drift would be. */
		if (d && (!run->result->is_review || c->bits.lose))
			list->v[i].severity = d->severity;
	}
}

static bool any_set_aside(const struct findings *list, size_t first)
{
	for (size_t i = first; i < list->n; i++) {
		if (list->v[i].change && list->v[i].waived)
			return true;
	}
	return false;
}

struct err *policy_run_target(struct policy_run *run, const struct target *t,
			      const struct live_side *live, const struct baseline_side *base,
			      size_t first)
{
	struct findings *list = &run->result->findings;
	const struct result_target *row = &run->result->targets[run->result->target_count - 1];
	struct policy_input in = {.has_state = !run->result->is_review,
				  .zone = t->zone,
				  .now_s = run->result->now_s,
				  .target = t->name};
	struct target_use *seen = &run->seen[t - run->targets->list];

	seen->is_seen = true;
	seen->is_config_judged = row->live || row->outcome != OUTCOME_INCOMPLETE;
	/* The switch alone says nothing of drift in other fields. */
	seen->is_drift_judged = row->has_diff && seen->is_config_judged;
	if (live->reading)
		in.config = &live->reading->config;
	in.coverage = &row->coverage_after;
	if (seen->is_config_judged)
		TRY(judge_rules(run, &in, t, base));
	for (size_t i = first; i < list->n; i++)
		TRY(apply_waivers(run, &list->v[i], t, &in));
	if (row->has_diff && any_set_aside(list, first))
		TRY(judge_rest(run, row, first));
	set_severities(run, first);
	return NULL;
}

/* The findings are in the order of the targets, so the search goes on where it was. */
static const struct target *next_named(const struct policy_run *run, struct str name, size_t *at)
{
	const struct targets *all = run->targets;

	for (size_t i = 0; i < all->count; i++) {
		const struct target *t = &all->list[(*at + i) % all->count];

		if (str_eq(t->name, name)) {
			*at = (*at + i) % all->count;
			return t;
		}
	}
	return NULL;
}

struct err *policy_run_accounts(struct policy_run *run, size_t first)
{
	struct result *r = run->result;
	struct policy_input nothing = {0};
	size_t at = 0;

	run->are_accounts_known = r->target_count == run->targets->count;
	for (size_t i = 0; i < r->target_count; i++)
		run->are_accounts_known &= r->targets[i].account.n && r->targets[i].credential.n;
	for (size_t i = first; i < r->findings.n; i++) {
		struct finding *f = &r->findings.v[i];

		TRY(apply_waivers(run, f, next_named(run, f->target, &at), &nothing));
	}
	return NULL;
}

/* Drift and rules of policies have theirs already. */
static void set_built_in_severities(struct policy_run *run)
{
	struct findings *list = &run->result->findings;

	for (size_t i = 0; i < list->n; i++) {
		struct finding *f = &list->v[i];
		const struct policy_severity *s =
			f->change || f->policy ? NULL
					       : policies_severity(run->policies, f->rule_text);

		if (s)
			f->severity = s->severity;
	}
}

static bool is_for_any(const struct policy_run *run, struct str pattern)
{
	for (size_t i = 0; i < run->targets->count; i++) {
		if (glob_matches(pattern, run->targets->list[i].name))
			return true;
	}
	return false;
}

/* A pattern that no target's name matches: such a rule looks like a demand. */
static struct err *tell_rules_for_nobody(struct policy_run *run, const struct policy_rule *rule)
{
	struct findings *list = &run->result->findings;

	for (size_t i = 0; i < rule->target_count; i++) {
		struct finding f = finding_from_rule(RULE_POLICY_EMPTY, STR(""));

		if (is_for_any(run, rule->targets[i].name))
			continue;
		f.message = findings_text(
			list, "[rule %s] is for \"%.*s\", and %s has no such target", rule->name.p,
			STR_ARG(rule->targets[i].name), run->targets->file);
		f.next = STR("Name targets that there are, or remove it");
		f.file = str_from(rule->policy->file);
		f.line = rule->targets[i].line;
		if (!f.message.p)
			return err_nomem();
		TRY(findings_add(list, &f));
	}
	return NULL;
}

static struct err *judge_patterns(struct policy_run *run)
{
	for (size_t i = 0; i < run->policies->count; i++) {
		const struct policy *p = &run->policies->list[i];

		for (size_t k = 0; k < p->rule_count; k++)
			TRY(tell_rules_for_nobody(run, &p->rules[k]));
	}
	return NULL;
}

struct err *policy_run_end(struct policy_run *run)
{
	struct findings *list = &run->result->findings;
	struct policy_input nothing = {0};

	for (size_t i = 0; i < list->n; i++) {
		if (!list->v[i].target.n)
			TRY(apply_waivers(run, &list->v[i], NULL, &nothing));
	}
	/* How old the waivers are is for the nightly check to tell, and no change's fault. */
	if (!run->result->is_review) {
		TRY(judge_patterns(run));
		TRY(judge_waivers(run));
	}
	set_built_in_severities(run);
	return NULL;
}
