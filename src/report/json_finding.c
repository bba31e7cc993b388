/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_finding.h"

static void put_place(struct json_writer *w, const char *file, size_t line)
{
	json_key(w, "file");
	json_text(w, file);
	json_key(w, "line");
	json_count(w, line);
}

/* The rule that failed: what it demands, what it found, why. */
static void put_rule(struct json_writer *w, const struct finding_policy *p)
{
	const struct policy_rule *rule = p->rule;

	json_put_text(w, "title", rule->title);
	json_put_text(w, "assertion", p->assertion->text);
	json_key(w, "found");
	if (p->is_found_cut || !p->found.n)
		json_null(w);
	else
		json_raw(w, p->found);
	json_put_text(w, "rationale", rule->rationale);
	json_put_text(w, "remediation", rule->remediation);
	json_key(w, "controls");
	json_begin_array(w);
	for (size_t i = 0; i < rule->control_count; i++)
		json_string(w, rule->controls[i]);
	json_end_array(w);
	json_key(w, "defined");
	json_begin_object(w);
	put_place(w, rule->policy->file, p->assertion->line);
	json_end_object(w);
}

static void put_waived(struct json_writer *w, const struct waiver *waiver)
{
	json_key(w, "waived");
	if (!waiver) {
		json_null(w);
		return;
	}
	json_begin_object(w);
	json_key(w, "by");
	json_text(w, waiver->is_ignore ? "ignore" : "waiver");
	json_put_text(w, "id", waiver->name);
	json_put_text(w, "policy", waiver->policy->id);
	json_put_text(w, "owner", waiver->owner);
	json_put_text(w, "reason", waiver->reason);
	json_put_text(w, "expires", waiver->expires_text);
	put_place(w, waiver->policy->file, waiver->line);
	json_end_object(w);
}

void json_put_policy(struct json_writer *w, const struct finding *f)
{
	if (f->policy)
		put_rule(w, f->policy);
	put_waived(w, f->waived);
}
