/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waivers and ignores: what the head lets pass that the base did not. They are compared by what
 * they let pass and not by name: a renamed one, or one in another file, lets pass no more.
 */
#include "result/loosening_parts.h"
#include "result/waiver_index.h"

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

	return w->rule && !(p && policy_rule_find(p, w->rule->name));
}

/* In one line what became more, and where that is said. */
static struct err *say_extended(struct waiver_index *ix, struct reported *t,
				const struct findings *list, const struct waiver *was,
				const struct waiver *w, const char *kind)
{
	bool has_pin;

	TRY(waiver_index_has_pin(ix, w, was, &has_pin));
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

static struct err *tell(const struct comparing *c, struct waiver_index *ix,
			const struct waiver *was, const struct waiver *w)
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
		TRY(say_extended(ix, &t, &c->r->findings, was, w, kind));
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
	struct waiver_index ix;

	TRY(waiver_index_new(c->list->arena, base, &ix));
	for (size_t i = 0; i < head->count; i++) {
		for (size_t k = 0; k < head->list[i].waiver_count; k++) {
			const struct waiver *w = &head->list[i].waivers[k], *was;
			bool is_covered = false;

			if (is_of_new_rule(base, w))
				continue;
			TRY(waiver_index_covers(&ix, w, &was, &is_covered));
			if (!is_covered)
				TRY(tell(c, &ix, was, w));
		}
	}
	return NULL;
}
