/* SPDX-License-Identifier: Apache-2.0 */
/* log --runs for a program; src/data/runs.schema.json is its contract. */
#include "base/timeutil.h"
#include "report/formats.h"
#include "report/json_parts.h"

#define SCHEMA_ID "scandrift-runs/1"

static void put_time(struct json_writer *j, const char *key, bool is_known, int64_t unix_s)
{
	if (is_known) {
		json_put_time(j, key, unix_s);
		return;
	}
	json_key(j, key);
	json_null(j);
}

static void put_target(struct json_writer *j, const struct run *run, const struct run_target *t)
{
	json_begin_inline(j);
	json_begin_object(j);
	json_put_text(j, "name", t->name);
	json_put_text(j, "outcome", t->outcome_text);
	json_put_text(j, "baseline_digest", t->baseline_digest);
	json_put_text(j, "live_digest", t->live_digest);
	json_put_text(j, "account", t->account);
	json_put_text(j, "endpoint", t->endpoint);
	json_put_text(j, "request_id", t->request_id);
	put_time(j, "fetched", t->fetched_s != 0, t->fetched_s);
	json_key(j, "replayed");
	json_boolean(j, t->is_replayed);
	json_key(j, "repeated");
	json_boolean(j, t->is_repeated);
	json_key(j, "counts");
	json_boolean(j, run_target_counts(run, t));
	json_end_object(j);
	json_end_inline(j);
}

static void put_marks(struct json_writer *j, const struct run *run)
{
	json_key(j, "marks");
	json_begin_inline(j);
	json_begin_array(j);
	for (enum run_mark m = 0; m < RUN_MARK_COUNT; m++)
		if (run_is_marked(run, m))
			json_text(j, run_mark_name(m));
	json_end_array(j);
	json_end_inline(j);
}

static void put_names(struct json_writer *j, const char *key, const struct str *names, size_t n)
{
	json_key(j, key);
	json_begin_array(j);
	for (size_t i = 0; i < n; i++)
		json_put_item(j, names[i]);
	json_end_array(j);
}

static void put_run(struct json_writer *j, const struct run *run)
{
	json_begin_object(j);
	json_key(j, "commit");
	json_text(j, run->hex);
	json_put_time(j, "time", run->time_s);
	json_put_time(j, "commit_time", run->commit_s);
	put_time(j, "now", run->has_now, run->now_s);
	json_put_text(j, "run", run->id);
	json_put_text(j, "verdict", run->verdict);
	json_put_text(j, "judged_by", run->judged_by);
	json_put_text(j, "version", run->version);
	json_put_text(j, "build", run->build);
	json_key(j, "fork");
	json_boolean(j, run->is_fork);
	json_put_text(j, "problem", run->problem);
	json_key(j, "endpoint_option");
	json_boolean(j, run->is_endpoint_other);
	put_marks(j, run);
	put_names(j, "left_out", run->left_out, run->left_out_count);
	json_key(j, "targets");
	json_begin_array(j);
	for (size_t i = 0; i < run->target_count; i++)
		put_target(j, run, &run->targets[i]);
	json_end_array(j);
	json_end_object(j);
}

/* The same nights, with the targets that lack them. */
static void put_missing_of(struct json_writer *j, const struct runs *r)
{
	json_key(j, "missing_cut");
	json_boolean(j, r->is_missing_cut);
	json_key(j, "missing_targets");
	json_begin_array(j);
	for (size_t i = 0; i < r->missing_count; i++) {
		json_begin_object(j);
		json_put_time(j, "time", r->missing[i].due_s);
		put_names(j, "targets", r->missing[i].names, r->missing[i].name_count);
		json_end_object(j);
	}
	json_end_array(j);
}

struct err *runs_json(struct buf *b, const struct runs *r)
{
	struct json_writer j = json_writer_to(b);
	char when[TIME_TEXT_SIZE];

	json_begin_object(&j);
	json_key(&j, "schema");
	json_text(&j, SCHEMA_ID);
	if (r->is_now_given)
		json_put_time(&j, "now", r->now_s);
	json_key(&j, "reference");
	json_text(&j, r->reference);
	json_key(&j, "commit");
	json_text(&j, r->tip_hex);
	json_key(&j, "cut");
	json_boolean(&j, r->is_cut);
	json_key(&j, "parted");
	json_boolean(&j, r->parted_from != NULL);
	json_key(&j, "runs");
	json_begin_array(&j);
	for (size_t i = 0; i < r->count; i++)
		put_run(&j, &r->list[i]);
	json_end_array(&j);
	json_key(&j, "missing");
	json_begin_array(&j);
	for (size_t i = 0; i < r->missing_count; i++)
		json_text(&j, time_format_rfc3339(r->missing[i].due_s, when));
	json_end_array(&j);
	put_missing_of(&j, r);
	json_end_object(&j);
	return json_end_document(&j);
}
