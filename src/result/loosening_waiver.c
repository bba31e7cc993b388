/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waivers and ignores: what the head lets pass that the base did not. They are compared by what
 * they let pass and not by name: a renamed one, or one in another file, lets pass no more.
 */
#include "policy/waiver_value.h"
#include "result/loosening_parts.h"

/* Every target that `w` names is one that `other` names; none stands for all. */
static bool names_no_more(const struct waiver *w, const struct waiver *other)
{
	if (other->target_count == 0)
		return true;
	for (size_t i = 0; i < w->target_count; i++) {
		bool is_named = false;

		for (size_t k = 0; !is_named && k < other->target_count; k++)
			is_named = str_eq(w->targets[i].name, other->targets[k].name);
		if (!is_named)
			return false;
	}
	return w->target_count > 0;
}

/* A pin can be of each assertion of its rule. */
static struct err *is_alike_in(struct arena *a, const struct policy_rule *rule, struct str x,
			       struct str y, bool *out)
{
	*out = true;
	for (size_t i = 0; *out && i < rule->assert_count; i++)
		TRY(pins_are_equal(a, &schema_registry_scan, &rule->asserts[i].subject, x, y, out));
	return NULL;
}

static struct err *has_pin_of(struct arena *a, const struct waiver *w, const struct waiver *other,
			      bool *out)
{
	struct subject s;

	*out = other->value.n == 0;
	if (*out || w->value.n == 0)
		return NULL;
	if (w->rule && other->rule) {
		TRY(is_alike_in(a, w->rule, w->value, other->value, out));
		return *out ? is_alike_in(a, other->rule, w->value, other->value, out) : NULL;
	}
	s = pin_subject(&schema_registry_scan, w->rule_id);
	return pins_are_equal(a, &schema_registry_scan, &s, w->value, other->value, out);
}

/* Does `base` let pass all that `head` does? */
static struct err *covers(struct arena *a, const struct waiver *base, const struct waiver *head,
			  bool *out)
{
	*out = str_eq(base->rule_id, head->rule_id) && head->ends_s <= base->ends_s &&
	       names_no_more(head, base);
	return *out ? has_pin_of(a, head, base, out) : NULL;
}

/* The one that it was: of this name in this policy, for this rule. */
static bool was_it(const struct waiver *base, const struct waiver *head)
{
	return base->is_ignore == head->is_ignore && str_eq(base->name, head->name) &&
	       str_eq(base->policy->id, head->policy->id) && str_eq(base->rule_id, head->rule_id);
}

static struct err *find(struct arena *a, const struct policies *base, const struct waiver *head,
			const struct waiver **was, bool *is_covered)
{
	*was = NULL;
	for (size_t i = 0; i < base->count; i++) {
		for (size_t k = 0; k < base->list[i].waiver_count; k++) {
			const struct waiver *w = &base->list[i].waivers[k];

			TRY(covers(a, w, head, is_covered));
			if (*is_covered)
				return NULL;
			if (was_it(w, head))
				*was = w;
		}
	}
	return NULL;
}

/* What it lets pass, for whom, until when. */
static struct str waiver_json(struct arena *a, const struct waiver *w)
{
	struct str value = w->value;
	struct scribe s;

	scribe_begin(&s);
	json_begin_object(&s.w);
	json_key(&s.w, "expires");
	json_string(&s.w, w->expires_text);
	json_key(&s.w, "rule");
	json_string(&s.w, w->rule_id);
	json_key(&s.w, "targets");
	json_begin_array(&s.w);
	for (size_t i = 0; i < w->target_count; i++)
		json_string(&s.w, w->targets[i].name);
	json_end_array(&s.w);
	if (value.n) {
		json_key(&s.w, "value");
		json_raw(&s.w, value);
	}
	json_end_object(&s.w);
	return scribe_end(&s, a);
}

/* A rule that the base does not have demands more even with a waiver. */
static bool is_of_new_rule(const struct policies *base, const struct waiver *w)
{
	const struct policy *p = w->rule ? loosening_policy(base, w->rule->policy->id) : NULL;

	for (size_t i = 0; p && i < p->rule_count; i++) {
		if (str_eq(p->rules[i].name, w->rule->name))
			return false;
	}
	return w->rule != NULL;
}

/* In one line what became more, and where that is said. */
static struct err *say_extended(struct arena *a, struct reported *t, const struct findings *list,
				const struct waiver *was, const struct waiver *w, const char *kind)
{
	bool has_pin;

	TRY(has_pin_of(a, w, was, &has_pin));
	if (w->ends_s > was->ends_s) {
		t->line = w->expires_line;
		t->message = findings_text(list, "[%s %s] of %.*s: its last day was %s, is %s",
					   kind, w->name.p, STR_ARG(w->rule_id),
					   was->expires_text.p, w->expires_text.p);
		return NULL;
	}
	if (!has_pin) {
		t->line = w->value_line ? w->value_line : w->line;
		t->message = findings_text(list, "[%s %s] of %.*s: held for the value %.*s, %s%.*s",
					   kind, w->name.p, STR_ARG(w->rule_id),
					   STR_ARG(was->value), w->value.n ? "holds for " : "",
					   STR_ARG(w->value.n ? w->value : STR("holds for any")));
		return NULL;
	}
	t->line = w->target_count ? w->targets[0].line : w->line;
	t->message = findings_text(list, "[%s %s] of %.*s is for more targets than it was", kind,
				   w->name.p, STR_ARG(w->rule_id));
	return NULL;
}

static struct err *tell(const struct comparing *c, const struct waiver *was, const struct waiver *w)
{
	const char *kind = w->is_ignore ? "ignore" : "waiver";
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = w->is_ignore ? RULE_APPROVAL_IGNORE_ADDED
					      : RULE_APPROVAL_WAIVER_ADDED,
			 .subject = loosening_subject(a, w->policy, w->name),
			 .after = waiver_json(a, w),
			 .file_before = was ? was->policy->file : NULL},
		.file = w->policy->file,
		.line = w->line,
	};

	if (was) {
		t.what.rule = w->is_ignore ? RULE_APPROVAL_IGNORE_EXTENDED
					   : RULE_APPROVAL_WAIVER_EXTENDED;
		t.what.before = waiver_json(a, was);
		TRY(say_extended(a, &t, &c->r->findings, was, w, kind));
	} else {
		t.message = findings_text(&c->r->findings, "[%s %s] lets %.*s pass until %s (%.*s)",
					  kind, w->name.p, STR_ARG(w->rule_id), w->expires_text.p,
					  STR_ARG(w->owner));
	}
	if (!t.what.subject.p || !t.what.after.p || (was && !t.what.before.p))
		return err_nomem();
	return loosening_tell(c->r, c->list, &t);
}

struct err *loosenings_of_waivers(const struct comparing *c, const struct policies *base,
				  const struct policies *head)
{
	for (size_t i = 0; i < head->count; i++) {
		for (size_t k = 0; k < head->list[i].waiver_count; k++) {
			const struct waiver *w = &head->list[i].waivers[k], *was;
			bool is_covered = false;

			if (is_of_new_rule(base, w))
				continue;
			TRY(find(c->list->arena, base, w, &was, &is_covered));
			if (!is_covered)
				TRY(tell(c, was, w));
		}
	}
	return NULL;
}
