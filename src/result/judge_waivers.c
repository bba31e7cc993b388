/* SPDX-License-Identifier: Apache-2.0 */
#include "result/judge_waivers.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/timeutil.h"
#include "result/rules.h"

#define DAY_S INT64_C(86400)

/* ---- which may be ---- */

static struct err *unknown_rule(const struct waiver *w)
{
	struct suggest near = suggest_for(w->rule_text);

	for (size_t i = 0; i < RULE_COUNT; i++)
		suggest_offer(&near, str_from(rules[i].id));
	if (near.best.n)
		return err_new(
			ERR_CONFIG, "%s:%zu: rule = %.*s: no such rule, did you mean \"%.*s\"?",
			w->policy->file, w->rule_line, STR_ARG(w->rule_text), STR_ARG(near.best));
	return err_new(ERR_CONFIG,
		       "%s:%zu: rule = %.*s: neither a policy's rule nor a built-in one",
		       w->policy->file, w->rule_line, STR_ARG(w->rule_text));
}

static struct err *check(const struct waiver *w)
{
	const struct rule *rule = rule_find(w->rule_id);
	/* With a row or without: what is below approval/ is for nobody in the repository. */
	bool is_approval = rule_is_of(w->rule_id, CLASS_APPROVAL);

	if (is_approval || (rule && !rule_can_be_waived(rule)))
		return err_new(ERR_CONFIG, "%s:%zu: rule = %.*s cannot be waived: %s",
			       w->policy->file, w->rule_line, STR_ARG(w->rule_text),
			       is_approval ? "nothing in the repository approves its own loosening"
			       : rule->class == CLASS_WAIVER
				       ? "mend the waiver instead"
				       : "what was not judged never looks fine");
	if (w->rule || rule == &rules[RULE_DRIFT])
		return NULL;
	if (!rule || !str_is(w->rule_id, rule->id))
		return unknown_rule(w);
	if (w->value.n && rule->class != CLASS_LIVENESS)
		return err_new(ERR_CONFIG,
			       "%s:%zu: value: findings of %.*s have none, expected no value",
			       w->policy->file, w->value_line, STR_ARG(w->rule_text));
	return NULL;
}

/* Those whose severity decides nothing, or whose row stands for many, have none to be set. */
static struct err *check_severity(const struct policy_severity *s)
{
	const struct rule *rule = rule_find(s->rule);
	struct suggest near = suggest_for(s->rule);

	if (s->field || (rule == &rules[RULE_DRIFT] && !str_is(s->rule, rule->id)))
		return NULL;
	if (rule && str_is(s->rule, rule->id) && rule->id[strlen(rule->id) - 1] != '/' &&
	    (rule_can_be_waived(rule) || rule->class == CLASS_WAIVER))
		return NULL;
	if (rule)
		return err_new(ERR_CONFIG, "%s:%zu: %.*s: its severity cannot be set",
			       s->policy->file, s->line, STR_ARG(s->text));
	for (size_t i = 0; i < RULE_COUNT; i++)
		suggest_offer(&near, str_from(rules[i].id));
	return err_new(ERR_CONFIG, "%s:%zu: %.*s: no such built-in rule%s%.*s%s", s->policy->file,
		       s->line, STR_ARG(s->text), near.best.n ? ", did you mean \"" : "",
		       STR_ARG(near.best), near.best.n ? "\"?" : "");
}

struct err *judge_policies_check(const struct policies *all)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].severity_count; k++)
			TRY(check_severity(&all->list[i].severities[k]));
	}
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].waiver_count; k++)
			TRY(check(&all->list[i].waivers[k]));
	}
	return NULL;
}

/* Those of one rule stand together, as the files have them. */
static int compare_uses(const void *x, const void *y)
{
	const struct waiver_use *a = x, *b = y;
	int c = str_cmp(a->waiver->rule_id, b->waiver->rule_id);

	return c ? c : (a->order > b->order) - (a->order < b->order);
}

struct err *policy_run_new(struct result *r, const struct policies *policies,
			   const struct targets *targets, struct policy_run **out)
{
	struct policy_run *run = arena_alloc(r->arena, sizeof(*run));
	const struct policy *limit = policies_limit(policies);
	size_t n = 0;

	if (!run)
		return err_nomem();
	for (size_t i = 0; i < policies->count; i++)
		n += policies->list[i].waiver_count;
	*run = (struct policy_run){.result = r,
				   .policies = policies,
				   .targets = targets,
				   .waiver_days = limit ? limit->waiver_days : 0};
	run->seen = arena_array(r->arena, targets->count, sizeof(*run->seen));
	run->uses = arena_array(r->arena, n + 1, sizeof(*run->uses));
	if (!run->seen || !run->uses)
		return err_nomem();
	for (size_t i = 0; i < policies->count; i++) {
		for (size_t k = 0; k < policies->list[i].waiver_count; k++) {
			const struct waiver *w = &policies->list[i].waivers[k];

			run->uses[run->use_count] = (struct waiver_use){
				.waiver = w,
				.rule = rule_find(w->rule_id),
				.order = run->use_count,
			};
			run->use_count++;
		}
	}
	if (n)
		qsort(run->uses, n, sizeof(*run->uses), compare_uses);
	*out = run;
	return NULL;
}

/* ---- what is said of them ---- */

static struct err *add(struct policy_run *run, const struct waiver *w, enum rule_id rule,
		       size_t line, struct str message)
{
	struct finding f = finding_from_rule(rule, STR(""));

	f.message = message;
	f.file = str_from(w->policy->file);
	f.line = line;
	if (!message.p)
		return err_nomem();
	return findings_add(&run->result->findings, &f);
}

static const char *word(const struct waiver *w)
{
	return w->is_ignore ? "ignore" : "waiver";
}

static bool is_a_target(const struct policy_run *run, struct str name)
{
	for (size_t k = 0; k < run->targets->count; k++) {
		if (target_had_name(&run->targets->list[k], name))
			return true;
	}
	return false;
}

static bool saw_all(const struct policy_run *run)
{
	for (size_t i = 0; i < run->targets->count; i++) {
		if (!run->seen[i].is_seen)
			return false;
	}
	return true;
}

/* Is it about something that this run looked at? */
static bool concerns(const struct policy_run *run, const struct waiver *w)
{
	for (size_t i = 0; i < run->targets->count; i++) {
		if (run->seen[i].is_seen && policy_run_names(w, &run->targets->list[i]))
			return true;
	}
	return saw_all(run);
}

/* Could each finding that it is for have been found? */
static bool is_judged(const struct policy_run *run, const struct waiver_use *use)
{
	const struct waiver *w = use->waiver;
	enum finding_class class = use->rule ? use->rule->class : CLASS_POLICY;
	bool is_drift = class == CLASS_DRIFT;
	bool is_seen_enough = class == CLASS_BASELINE || class == CLASS_TARGET;

	/* It takes two targets, of which the waiver may name one. */
	if (use->rule == &rules[RULE_TARGET_SAME_ACCOUNT] && !run->are_accounts_known)
		return false;
	for (size_t i = 0; i < run->targets->count; i++) {
		const struct target_use *u = &run->seen[i];

		if (!policy_run_names(w, &run->targets->list[i]))
			continue;
		if (!(is_drift         ? u->is_drift_judged
		      : is_seen_enough ? u->is_seen
				       : u->is_config_judged))
			return false;
	}
	return true;
}

static struct err *tell_unknown_target(struct policy_run *run, const struct waiver *w, size_t i)
{
	struct str name = w->targets[i].name;
	struct suggest near = suggest_for(name);
	const struct findings *list = &run->result->findings;

	for (size_t k = 0; k < run->targets->count; k++)
		suggest_offer(&near, run->targets->list[k].name);
	return add(run, w, RULE_WAIVER_UNUSED, w->targets[i].line,
		   findings_text(list,
				 "[%s %s] is for target \"%.*s\", which %s does not have%s%.*s%s",
				 word(w), w->name.p, STR_ARG(name), run->targets->file,
				 near.best.n ? "; did you mean \"" : "", STR_ARG(near.best),
				 near.best.n ? "\"?" : ""));
}

/* Sets *any where it names one that there is not. */
static struct err *tell_unknown_targets(struct policy_run *run, const struct waiver *w, bool *any)
{
	for (size_t i = 0; i < w->target_count; i++) {
		if (is_a_target(run, w->targets[i].name))
			continue;
		*any = true;
		if (saw_all(run))
			TRY(tell_unknown_target(run, w, i));
	}
	return NULL;
}

static struct err *tell_expired(struct policy_run *run, const struct waiver *w)
{
	return add(run, w, RULE_WAIVER_EXPIRED, w->line,
		   findings_text(&run->result->findings,
				 "[%s %s] of %.*s for %.*s ended with %s (UTC)", word(w), w->name.p,
				 STR_ARG(w->owner), STR_ARG(w->rule_id), w->expires_text.p));
}

static struct err *tell_too_long(struct policy_run *run, const struct waiver *w)
{
	return add(
		run, w, RULE_WAIVER_TOO_LONG, w->expires_line,
		findings_text(&run->result->findings,
			      "[%s %s] of %.*s for %.*s ends with %s (UTC), more than the %u days "
			      "from today that [limits] allows",
			      word(w), w->name.p, STR_ARG(w->owner), STR_ARG(w->rule_id),
			      w->expires_text.p, run->waiver_days));
}

static struct err *tell_soon(struct policy_run *run, const struct waiver *w)
{
	long long days = (long long)((w->ends_s - 1 - run->result->now_s) / DAY_S);

	return add(run, w, RULE_WAIVER_EXPIRES_SOON, w->line,
		   findings_text(&run->result->findings,
				 "[%s %s] of %.*s for %.*s ends with %s (UTC): %lld whole day%s "
				 "left",
				 word(w), w->name.p, STR_ARG(w->owner), STR_ARG(w->rule_id),
				 w->expires_text.p, days, days == 1 ? "" : "s"));
}

static struct err *tell_unused(struct policy_run *run, const struct waiver_use *use)
{
	const struct waiver *w = use->waiver;
	const struct findings *list = &run->result->findings;
	struct finding *told;

	if (use->has_other_value) {
		TRY(add(run, w, RULE_WAIVER_UNUSED, w->line,
			findings_text(list,
				      "[%s %s] lets nothing pass: %.*s found another value than "
				      "%.*s",
				      word(w), w->name.p, STR_ARG(w->rule_id), STR_ARG(w->value))));
		told = &run->result->findings.v[run->result->findings.n - 1];
		told->meaning = STR("It was given for that value alone");
		told->next = STR("Set that value again, or have the new one decided");
		return NULL;
	}
	return add(run, w, RULE_WAIVER_UNUSED, w->line,
		   findings_text(list, "[%s %s] lets nothing pass: %.*s has no finding", word(w),
				 w->name.p, STR_ARG(w->rule_id)));
}

static struct err *judge_waiver(struct policy_run *run, const struct waiver_use *use)
{
	const struct waiver *w = use->waiver;
	enum waiver_age age = waiver_age(w, run->result->now_s);
	bool names_nobody = false;

	if (!concerns(run, w))
		return NULL;
	if (age == WAIVER_EXPIRED)
		return tell_expired(run, w);
	if (waiver_is_too_long(w, run->waiver_days, run->result->now_s))
		return tell_too_long(run, w);
	if (age == WAIVER_EXPIRES_SOON)
		TRY(tell_soon(run, w));
	TRY(tell_unknown_targets(run, w, &names_nobody));
	if (use->is_used || names_nobody || !is_judged(run, use))
		return NULL;
	return tell_unused(run, use);
}

struct err *judge_waivers(struct policy_run *run)
{
	for (size_t i = 0; i < run->use_count; i++)
		TRY(judge_waiver(run, &run->uses[i]));
	return NULL;
}
