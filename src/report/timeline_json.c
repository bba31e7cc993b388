/* SPDX-License-Identifier: Apache-2.0 */
/* log for a program; src/data/log.schema.json is its contract. */
#include "report/formats.h"
#include "report/json_parts.h"

#define SCHEMA_ID "scandrift-log/1"

static void put_changes(struct json_writer *j, const struct timeline_entry *e)
{
	const struct diff *d = &e->row.diff;

	json_key(j, "direction");
	json_text(j, d->change_count ? direction_name(d->judgement.direction) : NULL);
	json_key(j, "changes");
	json_begin_array(j);
	for (size_t i = 0; i < d->change_count; i++) {
		json_begin_object(j);
		json_put_text(j, "path", d->changes[i].path);
		json_key(j, "op");
		json_text(j, change_op_name(d->changes[i].op));
		json_key(j, "direction");
		json_text(j, direction_name(d->changes[i].direction));
		json_put_text(j, "message", e->messages[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_put_coverage(j, &e->row);
}

static void put_entry(struct json_writer *j, const struct timeline_entry *e)
{
	json_begin_object(j);
	json_key(j, "kind");
	json_text(j, timeline_kind_name(e->kind));
	json_put_time(j, "time", e->commit.time_s);
	json_key(j, "commit");
	json_text(j, e->commit.hex);
	json_put_text(j, "author", str_from(e->commit.author));
	json_put_text(j, "email", str_from(e->commit.email));
	json_put_time(j, "author_time", e->commit.author_s);
	json_put_text(j, "subject", str_from(e->commit.subject));
	json_put_text(j, "judged_by", str_from(e->commit.judged_by));
	json_put_text(j, "path", str_from(e->path));
	json_put_text(j, "former_path", str_from(e->former_path));
	json_put_text(j, "problem", e->problem);
	json_put_text(j, "digest", e->digest);
	put_changes(j, e);
	json_key(j, "time_is_bound");
	json_boolean(j, e->is_bound);
	json_key(j, "drifted");
	json_boolean(j, e->is_drifted);
	json_end_object(j);
}

static void put_timeline(struct json_writer *j, const struct timeline *t)
{
	json_begin_object(j);
	json_put_text(j, "name", t->target);
	if (t->drift) {
		json_put_time(j, "drifted_since", t->drift->commit.time_s);
	} else {
		json_key(j, "drifted_since");
		json_null(j);
	}
	json_key(j, "since_is_bound");
	json_boolean(j, t->drift && t->drift->is_bound);
	json_key(j, "cut");
	json_boolean(j, t->is_cut);
	json_key(j, "entries");
	json_begin_array(j);
	for (size_t i = 0; i < t->count; i++)
		put_entry(j, &t->entries[i]);
	json_end_array(j);
	json_end_object(j);
}

struct err *timelines_json(struct buf *b, const struct timelines *t)
{
	struct json_writer j = json_writer_to(b);

	json_begin_object(&j);
	json_key(&j, "schema");
	json_text(&j, SCHEMA_ID);
	json_put_tool(&j);
	if (t->is_now_given)
		json_put_time(&j, "now", t->now_s);
	json_key(&j, "times");
	json_text(&j, "asserted");
	json_put_text(&j, "commit", str_from(t->commit));
	json_key(&j, "targets");
	json_begin_array(&j);
	for (size_t i = 0; i < t->count; i++)
		put_timeline(&j, &t->list[i]);
	json_end_array(&j);
	json_end_object(&j);
	return json_end_document(&j);
}
