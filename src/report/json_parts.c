/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_parts.h"

#include "base/build_info.h"
#include "base/timeutil.h"
#include "base/utf8.h"
#include "report/escape.h"

void json_put_text(struct json_writer *w, const char *key, struct str s)
{
	json_key(w, key);
	json_put_item(w, s);
}

void json_put_item(struct json_writer *w, struct str s)
{
	struct buf valid = BUF_INIT(JSON_SIZE_CEILING);

	if (!s.n) {
		json_null(w);
	} else if (utf8_invalid_at(s) == s.n) {
		json_string(w, s);
	} else {
		escape_utf8(&valid, s);
		json_string(w, buf_view(&valid));
		w->out->failed_memory |= valid.failed_memory;
		buf_free(&valid);
	}
}

void json_put_time(struct json_writer *w, const char *key, int64_t unix_s)
{
	char text[TIME_TEXT_SIZE];

	json_key(w, key);
	json_text(w, time_format_rfc3339(unix_s, text));
}

void json_put_tool(struct json_writer *w)
{
	json_key(w, "tool");
	json_begin_inline(w);
	json_begin_object(w);
	json_key(w, "name");
	json_text(w, "scandrift");
	json_key(w, "version");
	json_text(w, SCANDRIFT_VERSION);
	json_key(w, "build");
	json_text(w, build_commit());
	json_end_object(w);
	json_end_inline(w);
}

static void put_lines(struct json_writer *w, const char *key, const struct coverage *c)
{
	json_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < c->count; i++)
		json_string(w, c->lines[i]);
	json_end_array(w);
}

void json_put_coverage(struct json_writer *w, const struct result_target *t)
{
	json_key(w, "coverage");
	json_begin_object(w);
	put_lines(w, "before", &t->coverage_before);
	put_lines(w, "after", &t->coverage_after);
	json_end_object(w);
}

struct err *json_end_document(struct json_writer *w)
{
	json_finish(w);
	return escape_json_commands(w->out);
}

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
