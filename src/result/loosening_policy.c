/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and [drift] severities: what the head demands less than the base. */
#include "result/loosening_parts.h"

#include <string.h>

#include "policy/implication.h"
#include "result/rules.h"

/* ---- as JSON ---- */

void scribe_begin(struct scribe *s)
{
	s->b = BUF_INIT((size_t)1 << 30);
	s->w = json_writer_to(&s->b);
	json_begin_inline(&s->w);
}

struct str scribe_end(struct scribe *s, struct arena *a)
{
	struct str out = {NULL, 0};

	if (!s->b.failed_memory)
		out = arena_str(a, buf_view(&s->b));
	buf_free(&s->b);
	return out;
}

void scribe_assertions(struct scribe *s, const char *key, const struct assertion *list, size_t n)
{
	if (key)
		json_key(&s->w, key);
	json_begin_array(&s->w);
	for (size_t i = 0; i < n; i++)
		json_string(&s->w, list[i].text);
	json_end_array(&s->w);
}

struct str loosening_assertions(struct arena *a, const struct assertion *list, size_t n)
{
	struct scribe s;

	scribe_begin(&s);
	scribe_assertions(&s, NULL, list, n);
	return scribe_end(&s, a);
}

static void put_patterns(struct scribe *s, const struct policy_rule *rule)
{
	json_begin_array(&s->w);
	for (size_t i = 0; i < rule->target_count; i++)
		json_string(&s->w, rule->targets[i].name);
	json_end_array(&s->w);
}

static struct str patterns_json(struct arena *a, const struct policy_rule *rule)
{
	struct scribe s;

	scribe_begin(&s);
	put_patterns(&s, rule);
	return scribe_end(&s, a);
}

static void put_rule(struct scribe *s, const struct policy_rule *rule)
{
	json_begin_object(&s->w);
	scribe_assertions(s, "assert", rule->asserts, rule->assert_count);
	json_key(&s->w, "severity");
	json_text(&s->w, severity_name(rule->severity));
	if (rule->target_count) {
		json_key(&s->w, "target");
		put_patterns(s, rule);
	}
	scribe_assertions(s, "when", rule->when, rule->when_count);
	json_end_object(&s->w);
}

static struct str rule_json(struct arena *a, const struct policy_rule *rule)
{
	struct scribe s;

	scribe_begin(&s);
	put_rule(&s, rule);
	return scribe_end(&s, a);
}

/* Its rules by name. Waivers that go with it let pass less, and [drift] rows are told apart. */
static struct str policy_json(struct arena *a, const struct policy *p)
{
	struct scribe s;

	scribe_begin(&s);
	json_begin_object(&s.w);
	for (size_t i = 0; i < p->rule_count; i++) {
		json_key_str(&s.w, p->rules[i].name);
		put_rule(&s, &p->rules[i]);
	}
	json_end_object(&s.w);
	return scribe_end(&s, a);
}

struct str loosening_subject(struct arena *a, const struct policy *p, struct str name)
{
	return str_from(arena_printf(a, "%s/%s", p->id.p, name.p));
}

const struct policy *loosening_policy(const struct policies *all, struct str id)
{
	for (size_t i = 0; i < all->count; i++) {
		if (str_eq(all->list[i].id, id))
			return &all->list[i];
	}
	return NULL;
}

static struct err *tell(const struct comparing *c, const struct reported *t)
{
	if (!t->what.subject.p)
		return err_nomem();
	return loosening_tell(c->r, c->list, t);
}

/* ---- rules ---- */

static struct err *tell_rule_gone(const struct comparing *c, const struct policy_rule *base,
				  const struct policy *head)
{
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_RULE_REMOVED,
			 .subject = loosening_subject(a, base->policy, base->name),
			 .file_before = base->policy->file,
			 .before = rule_json(a, base)},
		.file = head->file,
		.line = head->id_line,
		.message = findings_text(&c->r->findings,
					 "[rule %s] of policy %s is gone; it was %s", base->name.p,
					 base->policy->id.p, severity_name(base->severity)),
	};

	return t.what.before.p ? tell(c, &t) : err_nomem();
}

static struct err *compare_severity(const struct comparing *c, const struct policy_rule *base,
				    const struct policy_rule *head)
{
	const char *was = severity_name(base->severity), *is = severity_name(head->severity);
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_SEVERITY_LOWERED,
			 .subject = loosening_subject(a, base->policy, base->name),
			 .file_before = base->policy->file,
			 .path = STR("severity"),
			 .before = loosening_text(a, str_from(was)),
			 .after = loosening_text(a, str_from(is))},
		.file = head->policy->file,
		.line = head->severity_line,
	};

	if (head->severity >= base->severity)
		return NULL;
	t.message = findings_text(&c->r->findings, "[rule %s]: severity was %s, is %s",
				  base->name.p, was, is);
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

/* The first of `list` that none of `others` says in the same words; NULL: each is said. */
static const struct assertion *first_new(const struct assertion *list, size_t n,
					 const struct assertion *others, size_t other_count)
{
	for (size_t i = 0; i < n; i++) {
		bool is_said = false;

		for (size_t k = 0; !is_said && k < other_count; k++)
			is_said = str_eq(list[i].text, others[k].text);
		if (!is_said)
			return &list[i];
	}
	return NULL;
}

static struct err *compare_asserts(const struct comparing *c, const struct policy_rule *base,
				   const struct policy_rule *head)
{
	const struct assertion *lost, *instead = first_new(head->asserts, head->assert_count,
							   base->asserts, base->assert_count);
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_RULE_WEAKENED,
			 .subject = loosening_subject(a, base->policy, base->name),
			 .file_before = base->policy->file,
			 .path = STR("assert")},
		.file = head->policy->file,
		.line = instead ? instead->line : head->line,
	};

	TRY(assertions_imply(a, IMPLIED_ASSERT, head->asserts, head->assert_count, base->asserts,
			     base->assert_count, &lost));
	if (!lost)
		return NULL;
	t.what.before = loosening_assertions(a, base->asserts, base->assert_count);
	t.what.after = loosening_assertions(a, head->asserts, head->assert_count);
	t.message = findings_text(
		&c->r->findings, "[rule %s]: not shown to demand what it did: %.*s%s%.*s",
		base->name.p, STR_ARG(lost->text), instead ? "; now there is: " : "",
		STR_ARG(instead ? instead->text : STR("")));
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

/* The rule must apply wherever it did: each `when` of now must hold where all those of then did. */
static struct err *compare_when(const struct comparing *c, const struct policy_rule *base,
				const struct policy_rule *head)
{
	const struct assertion *lost,
		*added = first_new(head->when, head->when_count, base->when, base->when_count);
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_RULE_NARROWED,
			 .subject = loosening_subject(a, base->policy, base->name),
			 .file_before = base->policy->file,
			 .path = STR("when")},
		.file = head->policy->file,
		.line = added ? added->line : head->line,
	};

	TRY(assertions_imply(a, IMPLIED_WHEN, base->when, base->when_count, head->when,
			     head->when_count, &lost));
	if (!lost)
		return NULL;
	t.what.before = loosening_assertions(a, base->when, base->when_count);
	t.what.after = loosening_assertions(a, head->when, head->when_count);
	t.message = findings_text(&c->r->findings,
				  "[rule %s]: not shown to apply where it did: when = %.*s",
				  base->name.p, STR_ARG(added ? added->text : STR("")));
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

/* Is it for each target for which the pattern is? A pattern is a name too where it has no star. */
static bool is_for_all_of(const struct policy_rule *rule, struct str pattern)
{
	bool is_name = !memchr(pattern.p, '*', pattern.n) && !memchr(pattern.p, '?', pattern.n);

	for (size_t i = 0; i < rule->target_count; i++) {
		struct str by = rule->targets[i].name;

		if (str_eq(by, pattern) || str_is(by, "*") ||
		    (is_name && glob_matches(by, pattern)))
			return true;
	}
	return rule->target_count == 0;
}

static struct err *compare_targets(const struct comparing *c, const struct policy_rule *base,
				   const struct policy_rule *head)
{
	struct arena *a = c->list->arena;
	struct str lost = base->target_count ? STR("") : STR("*");
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_RULE_NARROWED,
			 .subject = loosening_subject(a, base->policy, base->name),
			 .file_before = base->policy->file,
			 .path = STR("target"),
			 .before = patterns_json(a, base),
			 .after = patterns_json(a, head)},
		.file = head->policy->file,
		.line = head->target_line,
	};

	for (size_t i = 0; i < base->target_count && !lost.n; i++) {
		if (!is_for_all_of(head, base->targets[i].name))
			lost = base->targets[i].name;
	}
	if (!lost.n || is_for_all_of(head, lost))
		return NULL;
	t.message = findings_text(
		&c->r->findings, "[rule %s]: not shown to be for all that it was for: %.*s",
		base->name.p, STR_ARG(base->target_count ? lost : STR("every target")));
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

static struct err *compare_rules(const struct comparing *c, const struct policy *base,
				 const struct policy *head)
{
	for (size_t i = 0; i < base->rule_count; i++) {
		const struct policy_rule *was = &base->rules[i];
		const struct policy_rule *is = policy_rule_find(head, was->name);

		if (!is) {
			TRY(tell_rule_gone(c, was, head));
			continue;
		}
		TRY(compare_severity(c, was, is));
		TRY(compare_asserts(c, was, is));
		TRY(compare_targets(c, was, is));
		TRY(compare_when(c, was, is));
	}
	return NULL;
}

static struct err *tell_policy_gone(const struct comparing *c, const struct policy *base)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_POLICY_REMOVED,
			 .subject = base->id,
			 .before = policy_json(c->list->arena, base)},
		.file = base->file,
		.line = 1,
		.message = findings_text(
			&c->r->findings, "policy %s of %s is gone, with %zu rule%s", base->id.p,
			base->file, base->rule_count, base->rule_count == 1 ? "" : "s"),
	};

	return t.what.before.p ? tell(c, &t) : err_nomem();
}

/* ---- severities and limits ---- */

/*
 * A row gives every change of its field one severity, in the place of what directions have. So a
 * row that comes is no loosening where nothing could be graver, and one that goes where nothing
 * could be milder.
 */
static enum severity gravest(const struct field *f)
{
	return f->dimension == DIM_SWITCH ? SEVERITY_CRITICAL : SEVERITY_HIGH;
}

static bool is_looser(const struct field *f, const struct policy_severity *base,
		      const struct policy_severity *head)
{
	if (base && head)
		return head->severity < base->severity;
	return base ? base->severity > SEVERITY_INFO : head && head->severity < gravest(f);
}

static struct err *compare_drift(const struct comparing *c, const struct field *f,
				 const struct policy_severity *base,
				 const struct policy_severity *head)
{
	const char *was = base ? severity_name(base->severity) : "by direction";
	const char *is = head ? severity_name(head->severity) : "by direction";
	struct arena *a = c->list->arena;
	const struct policy *at = head ? head->policy : base ? base->policy : NULL;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_DRIFT_SEVERITY,
			 .subject = STR("drift"),
			 .path = str_from(arena_printf(a, "/%s", f->name)),
			 .before = loosening_text(a, str_from(was)),
			 .after = loosening_text(a, str_from(is)),
			 .file_before = base ? base->policy->file : NULL},
		.line = head ? head->line : 1,
	};

	if (!at || !is_looser(f, base, head))
		return NULL;
	t.file = at->file;
	t.message = findings_text(&c->r->findings, "[drift] /%s: severity was %s, is %s", f->name,
				  was, is);
	return t.what.path.p && t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

static struct err *compare_drifts(const struct comparing *c, const struct policies *base,
				  const struct policies *head)
{
	const struct resource *res = &schema_registry_scan;

	for (size_t i = 0; i < res->field_count; i++) {
		const struct field *f = &res->fields[i];

		TRY(compare_drift(c, f, policies_drift(base, f), policies_drift(head, f)));
	}
	return NULL;
}

/* A row of the table says what most findings of a rule are held for; some are graver, or milder. */
static bool varies(const struct rule *rule)
{
	return rule->class == CLASS_LIVENESS || rule->class == CLASS_POLICY;
}

static bool is_rule_looser(const struct rule *rule, const struct policy_severity *base,
			   const struct policy_severity *head)
{
	if (base && head)
		return head->severity < base->severity;
	if (base)
		return base->severity > (varies(rule) ? SEVERITY_INFO : rule->severity);
	return head &&
	       head->severity < (varies(rule) && rule->severity < SEVERITY_HIGH ? SEVERITY_HIGH
										: rule->severity);
}

static struct err *compare_built_in(const struct comparing *c, const struct rule *rule,
				    const struct policy_severity *base,
				    const struct policy_severity *head)
{
	const char *was = base ? severity_name(base->severity) : "as it is built in";
	const char *is = head ? severity_name(head->severity) : "as it is built in";
	const struct policy_severity *at = head ? head : base;
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_SEVERITY_LOWERED,
			 .subject = str_from(rule->id),
			 .path = STR("severity"),
			 .before = loosening_text(a, str_from(was)),
			 .after = loosening_text(a, str_from(is)),
			 .file_before = base ? base->policy->file : NULL},
		.line = head ? head->line : 1,
	};

	if (!at || !is_rule_looser(rule, base, head))
		return NULL;
	t.file = at->policy->file;
	t.message =
		findings_text(&c->r->findings, "[severity] %s: was %s, is %s", rule->id, was, is);
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

static struct err *compare_severities(const struct comparing *c, const struct policies *base,
				      const struct policies *head)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		struct str id = str_from(rules[i].id);

		TRY(compare_built_in(c, &rules[i], policies_severity(base, id),
				     policies_severity(head, id)));
	}
	return NULL;
}

static struct err *compare_limits(const struct comparing *c, const struct policies *base,
				  const struct policies *head)
{
	const struct policy *was = policies_limit(base), *is = policies_limit(head);
	struct arena *a = c->list->arena;
	struct reported t = {.what = {.rule = RULE_APPROVAL_LIMITS,
				      .subject = STR("limits"),
				      .path = STR("waiver-days")}};

	if (!was || (is && is->waiver_days <= was->waiver_days))
		return NULL;
	t.file = is ? is->file : was->file;
	t.line = is ? is->waiver_days_line : 1;
	t.what.file_before = was->file;
	t.what.before = str_from(arena_printf(a, "%u", was->waiver_days));
	t.what.after = is ? str_from(arena_printf(a, "%u", is->waiver_days)) : STR("null");
	t.message = findings_text(&c->r->findings, "[limits] waiver-days: was %.*s, is %.*s",
				  STR_ARG(t.what.before), STR_ARG(t.what.after));
	return t.what.before.p && t.what.after.p ? tell(c, &t) : err_nomem();
}

struct err *loosenings_of_policies(struct result *r, struct loosenings *list,
				   const struct policies *base, const struct policies *head)
{
	struct comparing c = {r, list};

	for (size_t i = 0; i < base->count; i++) {
		const struct policy *was = &base->list[i];
		const struct policy *is = loosening_policy(head, was->id);

		if (is)
			TRY(compare_rules(&c, was, is));
		else
			TRY(tell_policy_gone(&c, was));
	}
	TRY(compare_drifts(&c, base, head));
	TRY(compare_severities(&c, base, head));
	TRY(compare_limits(&c, base, head));
	return loosenings_of_waivers(&c, base, head);
}
