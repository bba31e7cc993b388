/* SPDX-License-Identifier: Apache-2.0 */
/* The whole result. src/data/result.schema.json is its contract. */
#include "json/write.h"
#include "model/canonical.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "result/exit.h"

#define SCHEMA_ID "scandrift-result/1"

/* A longer list is told by its count and by what came and went. */
#define LIST_WHOLE_MAX 1000u

/* A longer config is left out of the result. */
#define LIVE_SIZE_MAX ((size_t)1 << 20)

static void put_value(struct json_writer *w, const char *key, const struct change *c,
		      bool is_before)
{
	const struct value *v = is_before ? c->before : c->after;
	const struct unknown *u = is_before ? c->unknown_before : c->unknown_after;
	struct buf line = BUF_INIT(JSON_SIZE_CEILING);

	if (c->field && value_count(c->field, v) > LIST_WHOLE_MAX)
		return;
	json_key(w, key);
	if (c->field)
		canonical_write_value(&line, c->field, v);
	else if (u)
		buf_str(&line, u->json);
	else
		buf_puts(&line, "null");
	json_raw(w, buf_view(&line));
	w->out->failed_memory |= line.failed_memory;
	buf_free(&line);
}

static void put_items(struct json_writer *w, const char *key, const struct change *c,
		      const struct value *side, const size_t *items, size_t n)
{
	json_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		struct buf line = BUF_INIT(JSON_SIZE_CEILING);

		canonical_write_item(&line, c->field, side, items[i]);
		json_raw(w, buf_view(&line));
		w->out->failed_memory |= line.failed_memory;
		buf_free(&line);
	}
	json_end_array(w);
}

static void put_altered(struct json_writer *w, const struct change *c)
{
	json_key(w, "altered");
	json_begin_array(w);
	for (size_t i = 0; i < c->altered_count; i++) {
		json_begin_object(w);
		for (int after = 0; after <= 1; after++) {
			struct buf line = BUF_INIT(JSON_SIZE_CEILING);

			canonical_write_item(&line, c->field, after ? c->after : c->before,
					     after ? c->altered[i].after : c->altered[i].before);
			json_key(w, after ? "after" : "before");
			json_raw(w, buf_view(&line));
			w->out->failed_memory |= line.failed_memory;
			buf_free(&line);
		}
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_change(struct json_writer *w, const struct change *c)
{
	json_begin_object(w);
	json_put_text(w, "path", c->path);
	json_key(w, "op");
	json_text(w, change_op_name(c->op));
	put_value(w, "before", c, true);
	put_value(w, "after", c, false);
	if (c->field && schema_is_set(c->field->kind)) {
		json_key(w, "before_count");
		json_count(w, value_count(c->field, c->before));
		json_key(w, "after_count");
		json_count(w, value_count(c->field, c->after));
		put_items(w, "removed", c, c->before, c->removed, c->removed_count);
		put_items(w, "added", c, c->after, c->added, c->added_count);
		put_altered(w, c);
	}
	json_key(w, "direction");
	json_text(w, direction_name(c->direction));
	json_key(w, "may_lose");
	json_boolean(w, c->bits.lose);
	json_key(w, "may_gain");
	json_boolean(w, c->bits.gain);
	json_key(w, "plain");
	json_text(w, direction_name(c->plain));
	json_end_object(w);
}

static void put_diff(struct json_writer *w, const struct result_target *t)
{
	const struct pair_judgement *j = &t->diff.judgement;

	json_key(w, "direction");
	json_text(w, t->diff.change_count ? direction_name(j->direction) : NULL);
	json_key(w, "plain");
	json_text(w, t->diff.change_count ? direction_name(j->plain) : NULL);
	json_key(w, "may_lose");
	json_boolean(w, j->whole.lose);
	json_key(w, "may_gain");
	json_boolean(w, j->whole.gain);
	json_key(w, "changes");
	json_begin_array(w);
	for (size_t i = 0; i < t->diff.change_count; i++)
		put_change(w, &t->diff.changes[i]);
	json_end_array(w);
}

/*
 * What is live where it is not the baseline, so that the result alone is enough to accept it later.
 * In the form that the digest is of.
 */
static void put_live(struct json_writer *w, const struct result_target *t)
{
	struct buf line = BUF_INIT(LIVE_SIZE_MAX);
	struct err *e;

	if (!t->live || t->outcome == OUTCOME_EQUAL || t->outcome == OUTCOME_INCOMPLETE)
		return;
	e = canonical_write_jcs(&line, t->live);
	if (!e)
		e = buf_check(&line, ERR_OUTPUT, "live");
	if (!e) {
		json_key(w, "live");
		json_raw(w, buf_view(&line));
	}
	w->out->failed_memory |= line.failed_memory;
	err_free(e);
	buf_free(&line);
}

static void put_names(struct json_writer *w, const struct result_target *t)
{
	json_key(w, "names");
	json_begin_array(w);
	for (size_t i = 0; i < t->name_count; i++)
		json_string(w, t->names[i]);
	json_end_array(w);
}

static void put_target(struct json_writer *w, const struct result_target *t)
{
	json_begin_object(w);
	json_put_text(w, "name", t->name);
	if (t->name_count)
		put_names(w, t);
	json_key(w, "outcome");
	json_text(w, outcome_name(t->outcome));
	json_put_text(w, "baseline", t->baseline_path);
	json_put_text(w, "baseline_digest", t->baseline_digest);
	json_put_text(w, "live_digest", t->live_digest);
	json_put_text(w, "request_id", t->request_id);
	json_put_text(w, "account", t->account);
	json_put_coverage(w, t);
	if (t->has_diff)
		put_diff(w, t);
	put_live(w, t);
	json_end_object(w);
}

static void put_finding(struct json_writer *w, const struct finding *f)
{
	json_begin_object(w);
	json_put_text(w, "rule", f->rule_text);
	json_key(w, "class");
	json_text(w, finding_class_name(f->class));
	json_key(w, "severity");
	json_text(w, severity_name(f->severity));
	json_put_text(w, "target", f->target);
	json_put_text(w, "path", f->path);
	json_put_text(w, "message", f->message);
	json_put_text(w, "meaning", f->meaning);
	json_put_text(w, "next", f->next);
	json_put_text(w, "file", f->file);
	json_key(w, "line");
	if (f->line)
		json_count(w, f->line);
	else
		json_null(w);
	if (f->change) {
		json_key(w, "direction");
		json_text(w, direction_name(f->change->direction));
	}
	if (f->approval != APPROVAL_NONE) {
		json_key(w, "approval");
		json_text(w, approval_name(f->approval));
	}
	if (f->has_since) {
		json_put_time(w, "since", f->since_s);
		json_key(w, "since_is_bound");
		json_boolean(w, f->since_is_bound);
	}
	if (f->class == CLASS_INCOMPLETE) {
		json_put_text(w, "api_code", f->api_code);
		json_put_text(w, "request_id", f->request_id);
	}
	json_put_policy(w, f);
	json_end_object(w);
}

static void put_texts(struct json_writer *w, const char *key, const struct str *list, size_t n)
{
	json_key(w, key);
	json_begin_inline(w);
	json_begin_array(w);
	for (size_t i = 0; i < n; i++)
		json_put_item(w, list[i]);
	json_end_array(w);
	json_end_inline(w);
}

static void put_finding_group(struct json_writer *w, const struct result *r,
			      const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	json_begin_object(w);
	json_key(w, "of");
	json_text(w, "findings");
	json_put_text(w, "rule", f->rule_text);
	json_key(w, "class");
	json_text(w, finding_class_name(f->class));
	json_key(w, "severity");
	json_text(w, severity_name(f->severity));
	json_put_text(w, "path", f->path);
	json_put_text(w, "message", group_message(g));
	json_put_text(w, "example", group_shows_example(g) ? f->target : STR(""));
	put_texts(w, "targets", g->targets, g->target_count);
	json_key(w, "findings");
	json_begin_inline(w);
	json_begin_array(w);
	for (size_t i = 0; i < g->count; i++)
		json_count(w, (uint64_t)(g->members[i] - r->findings.v));
	json_end_array(w);
	json_end_inline(w);
	json_end_object(w);
}

static void put_target_group(struct json_writer *w, const struct target_group *g)
{
	const struct result_target *t = g->rows[0];

	json_begin_object(w);
	json_key(w, "of");
	json_text(w, "targets");
	json_key(w, "outcome");
	json_text(w, outcome_name(t->outcome));
	json_key(w, "direction");
	json_text(w, t->has_diff && t->diff.change_count
			     ? direction_name(t->diff.judgement.direction)
			     : NULL);
	put_texts(w, "targets", g->names, g->name_count);
	json_end_object(w);
}

static void put_groups(struct json_writer *w, const struct result *r)
{
	json_key(w, "groups");
	json_begin_array(w);
	for (size_t i = 0; i < r->groups.target_count; i++)
		put_target_group(w, &r->groups.targets[i]);
	for (size_t i = 0; i < r->groups.finding_count; i++)
		put_finding_group(w, r, &r->groups.findings[i]);
	json_end_array(w);
}

static void put_counts(struct json_writer *w, const struct result *r)
{
	json_key(w, "counts");
	json_begin_object(w);
	for (int s = SEVERITY_COUNT - 1; s >= 0; s--) {
		json_key(w, severity_name((enum severity)s));
		json_count(w, result_count(r, (enum severity)s));
	}
	json_key(w, "waived");
	json_count(w, result_count_waived(r));
	if (r->is_review) {
		json_key(w, "approved");
		json_count(w, result_count_approved(r));
	}
	for (enum outcome o = OUTCOME_EQUAL; o < result_outcomes_end(r); o++) {
		json_key(w, outcome_name(o));
		json_count(w, result_count_outcome(r, o));
	}
	json_end_object(w);
}

static void put_review(struct json_writer *w, const struct result_review *v)
{
	json_key(w, "review");
	json_begin_object(w);
	json_put_text(w, "base", v->base);
	json_key(w, "loosenings");
	json_count(w, v->loosening_count);
	json_put_text(w, "digest", v->digest);
	json_put_text(w, "given", v->given);
	json_key(w, "approval");
	json_text(w, approval_name(v->approval));
	if (v->is_staged) {
		json_key(w, "staged");
		json_boolean(w, true);
	}
	json_end_object(w);
}

/* There only where there are such files. */
static void put_uncommitted(struct json_writer *w, const struct result *r)
{
	if (!r->uncommitted_count)
		return;
	json_key(w, "uncommitted");
	json_begin_inline(w);
	json_begin_array(w);
	for (size_t i = 0; i < r->uncommitted_count; i++)
		json_put_item(w, str_from(r->uncommitted[i]));
	json_end_array(w);
	json_end_inline(w);
}

static void put_head(struct json_writer *w, const struct result *r, const struct report_style *s)
{
	json_key(w, "schema");
	json_text(w, SCHEMA_ID);
	json_put_tool(w);
	json_key(w, "command");
	json_text(w, r->command);
	json_put_time(w, "time", r->time_s);
	if (r->is_now_given)
		json_put_time(w, "now", r->now_s);
	json_put_text(w, "commit", r->commit);
	if (r->is_worktree) {
		json_key(w, "worktree");
		json_boolean(w, true);
	}
	put_uncommitted(w, r);
	json_key(w, "verdict");
	json_text(w, result_verdict_name(r));
	json_key(w, "incomplete");
	json_boolean(w, result_is_incomplete(r));
	json_key(w, "side_effect_failed");
	json_boolean(w, r->side_effect_failed);
	json_key(w, "exit_code");
	json_count(w, (uint64_t)s->exit_code);
	json_key(w, "fail_on");
	json_text(w, r->never_fail ? "never" : severity_name(r->fail_on));
	if (r->is_review)
		put_review(w, &r->review);
	json_key(w, "policies_judged");
	json_boolean(w, r->are_policies_judged);
}

/* What the run itself committed: there only where it did. */
static void put_commits(struct json_writer *w, const struct result *r)
{
	if (!r->commit_count)
		return;
	json_key(w, "commits");
	json_begin_array(w);
	for (size_t i = 0; i < r->commit_count; i++) {
		json_begin_inline(w);
		json_begin_object(w);
		json_put_text(w, "ref", str_from(r->commits[i].ref));
		json_put_text(w, "commit", str_from(r->commits[i].hex));
		json_end_object(w);
		json_end_inline(w);
	}
	json_end_array(w);
}

struct err *report_json(struct buf *b, const struct result *r, const struct report_style *s)
{
	struct json_writer w = json_writer_to(b);

	json_begin_object(&w);
	put_head(&w, r, s);
	put_commits(&w, r);
	put_counts(&w, r);
	json_key(&w, "targets");
	json_begin_array(&w);
	for (size_t i = 0; i < r->target_count; i++)
		put_target(&w, &r->targets[i]);
	json_end_array(&w);
	json_key(&w, "findings");
	json_begin_array(&w);
	for (size_t i = 0; i < r->findings.n; i++)
		put_finding(&w, &r->findings.v[i]);
	json_end_array(&w);
	put_groups(&w, r);
	json_end_object(&w);
	return json_end_document(&w);
}
