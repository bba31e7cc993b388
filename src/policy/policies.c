/* SPDX-License-Identifier: Apache-2.0 */
/* What only all policy files together can tell. */
#include <string.h>

#include "base/suggest.h"
#include "ini/ini.h"
#include "policy/policy.h"
#include "policy/waiver_value.h"

#define DAY_S INT64_C(86400)

/* ---- ids, severities, limits ---- */

static struct err *check_ids(const struct policies *all)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct policy *p = &all->list[i], *other = &all->list[k];

			if (str_eq_nocase(p->id, other->id))
				return ini_error(p->file, p->id_line,
						 "id = %.*s, which %s:%zu has already",
						 STR_ARG(p->id), other->file, other->id_line);
		}
	}
	return NULL;
}

const struct policy_severity *policies_severity(const struct policies *all, struct str rule)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].severity_count; k++) {
			if (str_eq(all->list[i].severities[k].rule, rule))
				return &all->list[i].severities[k];
		}
	}
	return NULL;
}

const struct policy_severity *policies_drift(const struct policies *all, const struct field *f)
{
	for (size_t i = 0; f && i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].severity_count; k++) {
			if (all->list[i].severities[k].field == f)
				return &all->list[i].severities[k];
		}
	}
	return NULL;
}

const struct policy *policies_limit(const struct policies *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->list[i].waiver_days)
			return &all->list[i];
	}
	return NULL;
}

/* Two files that differ on one rule would leave open which of them holds. */
static struct err *check_severities(const struct policies *all)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].severity_count; k++) {
			const struct policy_severity *d = &all->list[i].severities[k];
			const struct policy_severity *first = policies_severity(all, d->rule);

			if (first != d)
				return ini_error(d->policy->file, d->line,
						 "%.*s, which %s:%zu has already", STR_ARG(d->text),
						 first->policy->file, first->line);
		}
	}
	return NULL;
}

static struct err *check_limits(const struct policies *all)
{
	const struct policy *first = policies_limit(all);

	for (size_t i = 0; i < all->count; i++) {
		const struct policy *p = &all->list[i];

		if (p->waiver_days && p != first)
			return ini_error(p->file, p->waiver_days_line,
					 "[limits] waiver-days, which %s:%zu has already",
					 first->file, first->waiver_days_line);
	}
	return NULL;
}

/* ---- which rule a waiver is of ---- */

static const struct policy *find_policy(const struct policies *all, struct str id)
{
	for (size_t i = 0; i < all->count; i++) {
		if (str_eq(all->list[i].id, id))
			return &all->list[i];
	}
	return NULL;
}

static struct err *no_such_rule(const struct waiver *w, struct str near)
{
	if (near.n)
		return ini_error(w->policy->file, w->rule_line,
				 "rule = %.*s: no such rule, did you mean \"%.*s\"?",
				 STR_ARG(w->rule_text), STR_ARG(near));
	return ini_error(w->policy->file, w->rule_line,
			 "rule = %.*s: no such rule, expected one of this file, POLICY/RULE, or a "
			 "built-in one such as drift/FIELD",
			 STR_ARG(w->rule_text));
}

static struct err *unknown_rule(const struct waiver *w, const struct policy *in, struct str name)
{
	struct suggest near = suggest_for(name);

	for (size_t k = 0; k < in->rule_count; k++)
		suggest_offer(&near, in->rules[k].name);
	return no_such_rule(w, near.best);
}

static struct err *unknown_policy(const struct policies *all, const struct waiver *w, struct str id)
{
	struct suggest near = suggest_for(id);

	for (size_t i = 0; i < all->count; i++)
		suggest_offer(&near, all->list[i].id);
	return no_such_rule(w, near.best);
}

static struct err *set_rule(struct arena *a, struct waiver *w, const struct policy_rule *rule)
{
	char *id = arena_printf(a, "policy/%s/%s", rule->policy->id.p, rule->name.p);

	w->rule = rule;
	w->rule_id = str_from(id);
	return id ? NULL : err_nomem();
}

/*
 * drift/FIELD. One that this version does not know is as findings name it, so it may stand here;
 * one that is nearly known is misspelled.
 */
static struct err *check_drift_field(const struct resource *r, const struct waiver *w)
{
	size_t prefix = strlen("drift/");
	struct str name = {w->rule_text.p + prefix, w->rule_text.n - prefix};
	struct suggest near = suggest_for(name);

	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].role != ROLE_CONFIG)
			continue;
		if (str_is(name, r->fields[i].name))
			return NULL;
		suggest_offer(&near, str_from(r->fields[i].name));
	}
	if (name.n && !near.best.n)
		return NULL;
	if (!name.n)
		return ini_error(w->policy->file, w->rule_line,
				 "rule = drift/, expected drift/FIELD");
	return ini_error(w->policy->file, w->rule_line,
			 "rule = %.*s: no such field, did you mean \"drift/%.*s\"?",
			 STR_ARG(w->rule_text), STR_ARG(near.best));
}

static struct err *link_within(struct arena *a, struct waiver *w, const struct policy *p,
			       struct str name)
{
	const struct policy_rule *rule = policy_rule_find(p, name);

	return rule ? set_rule(a, w, rule) : unknown_rule(w, p, name);
}

/*
 * "rule" of the same file, "policy/rule", or as findings say it, "policy/policy/rule". What is
 * neither is a built-in rule's id, which those who know these check.
 */
static struct err *link_rule(struct arena *a, const struct policies *all, const struct resource *r,
			     struct waiver *w)
{
	static const char full[] = "policy/";
	bool is_full = str_starts(w->rule_text, full);
	size_t skip = is_full ? sizeof(full) - 1 : 0;
	struct str text = {w->rule_text.p + skip, w->rule_text.n - skip}, head = text, name = text;
	const char *slash = memchr(text.p, '/', text.n);
	const struct policy *p;

	if (!slash && !is_full)
		return link_within(a, w, w->policy, text);
	if (slash) {
		head.n = (size_t)(slash - text.p);
		name = (struct str){slash + 1, text.n - head.n - 1};
	}
	p = find_policy(all, head);
	if (p)
		return link_within(a, w, p, name);
	if (is_full)
		return unknown_policy(all, w, head);
	w->rule_id = w->rule_text;
	return str_is(head, "drift") ? check_drift_field(r, w) : NULL;
}

/* A pinned value that the field can never have would make a waiver that never holds. */
static struct err *check_value(struct arena *a, const struct resource *r, const struct waiver *w)
{
	const char *problem = NULL;

	if (!w->value.n || !w->rule)
		return NULL;
	for (size_t i = 0; i < w->rule->assert_count; i++) {
		const struct subject *s = &w->rule->asserts[i].subject;

		if (!s->field || s->is_each || s->measure)
			return NULL;
		TRY(pin_check(a, r, s->row, w->value, &problem));
		if (!problem)
			return NULL;
	}
	return ini_error(w->policy->file, w->value_line,
			 "value = %.*s: not a value of what rule %s is about: %s",
			 STR_ARG(w->value), w->rule->name.p, problem);
}

struct err *policies_link(struct arena *a, const struct resource *r, struct policies *all)
{
	TRY(check_ids(all));
	TRY(check_severities(all));
	TRY(check_limits(all));
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].waiver_count; k++) {
			struct waiver *w = &all->list[i].waivers[k];

			if (!w->is_ignore)
				TRY(link_rule(a, all, r, w));
			TRY(check_value(a, r, w));
		}
	}
	return NULL;
}

/* ---- judging ---- */

/* Do all `when` hold? One that hangs on a null does not keep the rule from being judged. */
static struct err *judge_when(struct arena *a, const struct policy_rule *rule,
			      const struct policy_input *in, struct rule_verdict *out)
{
	for (size_t i = 0; i < rule->when_count; i++) {
		struct verdict v;

		TRY(assertion_evaluate(a, &rule->when[i], in, &v));
		if (v.outcome == VERDICT_FAILS) {
			*out = (struct rule_verdict){.outcome = RULE_NOT_APPLICABLE};
			return NULL;
		}
		if (v.outcome == VERDICT_OPEN)
			out->open_when = v.text;
		if (v.outcome == VERDICT_UNSEEN)
			out->outcome = RULE_NOT_JUDGED;
	}
	return NULL;
}

static bool is_rule_for(const struct policy_rule *rule, struct str target)
{
	for (size_t i = 0; i < rule->target_count; i++) {
		if (glob_matches(rule->targets[i].name, target))
			return true;
	}
	return rule->target_count == 0;
}

struct err *rule_evaluate(struct arena *a, const struct policy_rule *rule,
			  const struct policy_input *in, struct rule_verdict *out)
{
	struct verdict *list = arena_array(a, rule->assert_count, sizeof(*list));
	bool fails = false, unseen = false;

	*out = (struct rule_verdict){.outcome = RULE_PASSES};
	if (!list)
		return err_nomem();
	if (in->target.n && !is_rule_for(rule, in->target)) {
		out->outcome = RULE_NOT_APPLICABLE;
		return NULL;
	}
	TRY(judge_when(a, rule, in, out));
	if (out->outcome != RULE_PASSES)
		return NULL;
	for (size_t i = 0; i < rule->assert_count; i++) {
		TRY(assertion_evaluate(a, &rule->asserts[i], in, &list[i]));
		unseen |= list[i].outcome == VERDICT_UNSEEN;
		fails |= list[i].outcome == VERDICT_FAILS || list[i].outcome == VERDICT_OPEN;
	}
	out->asserts = list;
	out->outcome = fails ? RULE_FAILS : unseen ? RULE_NOT_JUDGED : RULE_PASSES;
	return NULL;
}

enum waiver_age waiver_age(const struct waiver *w, int64_t now_s)
{
	if (now_s >= w->ends_s)
		return WAIVER_EXPIRED;
	return now_s >= w->ends_s - WAIVER_SOON_S ? WAIVER_EXPIRES_SOON : WAIVER_ACTIVE;
}

bool waiver_is_too_long(const struct waiver *w, unsigned days, int64_t now_s)
{
	int64_t today_s = now_s - (now_s % DAY_S + DAY_S) % DAY_S;

	return days && w->ends_s - today_s > (days + INT64_C(1)) * DAY_S;
}
