/* SPDX-License-Identifier: Apache-2.0 */
/* log: the timeline of targets, for a person or as JSON (src/data/log.schema.json). */
#include <string.h>

#include "base/build_info.h"
#include "base/escape.h"
#include "base/timeutil.h"
#include "cmd/log.h"
#include "history/journal.h"
#include "history/timeline.h"
#include "json/write.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/json_finding.h"
#include "run/run_result.h"

#define LOG_SIZE_MAX ((size_t)1 << 30)
#define SCHEMA_ID    "scandrift-log/1"
#define DAY_S        (24 * 60 * 60)

struct page {
	struct buf *b;
	const struct io *io;
};

/* The one way of a text from outside onto the page. */
static void put(const struct page *p, struct str s)
{
	escape_terminal(p->b, s);
}

static void put_line(const struct page *p, const char *mark, struct str s)
{
	buf_puts(p->b, mark);
	put(p, s);
	buf_char(p->b, '\n');
}

static void put_span(const struct page *p, int64_t seconds)
{
	if (seconds >= DAY_S)
		buf_printf(p->b, "%lld day%s", (long long)(seconds / DAY_S),
			   seconds / DAY_S == 1 ? "" : "s");
	else
		buf_printf(p->b, "%lld h", (long long)(seconds / 3600));
}

static bool has_line(const struct coverage *c, struct str line)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_eq(c->lines[i], line))
			return true;
	}
	return false;
}

static void put_coverage(const struct page *p, const struct result_target *row)
{
	for (size_t i = 0; i < row->coverage_before.count; i++) {
		if (!has_line(&row->coverage_after, row->coverage_before.lines[i]))
			put_line(p, "    - ", row->coverage_before.lines[i]);
	}
	for (size_t i = 0; i < row->coverage_after.count; i++) {
		if (!has_line(&row->coverage_before, row->coverage_after.lines[i]))
			put_line(p, "    + ", row->coverage_after.lines[i]);
	}
}

/* What the step did, in a word. */
static const char *verb(const struct timeline_entry *e)
{
	if (e->problem.n)
		return "cannot be read";
	if (!e->path)
		return "removed";
	if (!e->row.has_diff)
		return "first state";
	if (e->row.diff.change_count)
		return direction_name(e->row.diff.judgement.direction);
	return e->former_path ? "renamed" : "written anew";
}

static const char *kind_name(const struct timeline_entry *e)
{
	return e->kind == TIMELINE_BASELINE ? "baseline" : "observed";
}

static void put_drift(const struct page *p, const struct timeline_entry *e)
{
	if (e->is_drift_start)
		buf_puts(p->b, "    drift begins: what is live is not the baseline\n");
	if (e->drift_s > 0) {
		buf_puts(p->b, "    drift ends, after ");
		put_span(p, e->drift_s);
		buf_char(p->b, '\n');
	}
}

static void put_entry(const struct page *p, const struct timeline_entry *e)
{
	char when[TIME_TEXT_SIZE];

	buf_printf(p->b, "\n%s  %s  %s  %.12s\n",
		   time_format_rfc3339(e->event->commit.time_s, when), kind_name(e), verb(e),
		   e->event->commit.hex);
	buf_puts(p->b, "    by ");
	put(p, str_from(e->event->author));
	buf_puts(p->b, " <");
	put(p, str_from(e->event->email));
	put_line(p, ">: ", str_from(e->event->subject));
	if (e->former_path) {
		put_line(p, "    from ", str_from(e->former_path));
		put_line(p, "    to   ", str_from(e->path));
	}
	if (e->problem.n)
		put_line(p, "    ", e->problem);
	for (size_t i = 0; i < e->row.diff.change_count; i++)
		put_line(p, "    ", e->messages[i]);
	put_coverage(p, &e->row);
	put_drift(p, e);
}

static void put_text(const struct page *p, const struct timeline *t, int64_t now_s)
{
	char when[TIME_TEXT_SIZE];

	put(p, t->target->name);
	if (!t->count)
		buf_puts(p->b, ": no history");
	else if (t->drift) {
		buf_printf(p->b, ": drifted since %s",
			   time_format_rfc3339(t->drift->event->commit.time_s, when));
		if (now_s > t->drift->event->commit.time_s) {
			buf_puts(p->b, ", for ");
			put_span(p, now_s - t->drift->event->commit.time_s);
		}
	}
	buf_char(p->b, '\n');
	for (size_t i = 0; i < t->count; i++)
		put_entry(p, &t->entries[i]);
	if (t->is_cut)
		buf_puts(p->b, "\nOlder history is not in this shallow clone.\n");
}

static void put_time(struct json_writer *j, const char *key, int64_t when_s)
{
	char text[TIME_TEXT_SIZE];

	json_key(j, key);
	json_text(j, time_format_rfc3339(when_s, text));
}

static void put_lines(struct json_writer *j, const char *key, const struct coverage *c)
{
	json_key(j, key);
	json_begin_array(j);
	for (size_t i = 0; i < c->count; i++)
		json_string(j, c->lines[i]);
	json_end_array(j);
}

static void put_changes_json(struct json_writer *j, const struct timeline_entry *e)
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
	json_key(j, "coverage");
	json_begin_object(j);
	put_lines(j, "before", &e->row.coverage_before);
	put_lines(j, "after", &e->row.coverage_after);
	json_end_object(j);
}

static void put_entry_json(struct json_writer *j, const struct timeline_entry *e)
{
	json_begin_object(j);
	json_key(j, "kind");
	json_text(j, kind_name(e));
	put_time(j, "time", e->event->commit.time_s);
	json_key(j, "commit");
	json_text(j, e->event->commit.hex);
	json_put_text(j, "author", str_from(e->event->author));
	json_put_text(j, "email", str_from(e->event->email));
	put_time(j, "author_time", e->event->author_s);
	json_put_text(j, "subject", str_from(e->event->subject));
	json_put_text(j, "judged_by", str_from(e->event->baseline));
	json_put_text(j, "path", str_from(e->path));
	json_put_text(j, "former_path", str_from(e->former_path));
	json_put_text(j, "problem", e->problem);
	json_put_text(j, "digest", e->digest);
	put_changes_json(j, e);
	json_key(j, "drifted");
	json_boolean(j, e->is_drifted);
	json_end_object(j);
}

static void put_json(struct json_writer *j, const struct timeline *t)
{
	json_begin_object(j);
	json_put_text(j, "name", t->target->name);
	json_key(j, "drifted_since");
	if (t->drift) {
		char text[TIME_TEXT_SIZE];

		json_text(j, time_format_rfc3339(t->drift->event->commit.time_s, text));
	} else {
		json_null(j);
	}
	json_key(j, "cut");
	json_boolean(j, t->is_cut);
	json_key(j, "entries");
	json_begin_array(j);
	for (size_t i = 0; i < t->count; i++)
		put_entry_json(j, &t->entries[i]);
	json_end_array(j);
	json_end_object(j);
}

static void begin_json(struct json_writer *j, const struct options *o,
		       const struct repo_commit *tip)
{
	json_begin_object(j);
	json_key(j, "schema");
	json_text(j, SCHEMA_ID);
	json_key(j, "tool");
	json_begin_inline(j);
	json_begin_object(j);
	json_key(j, "name");
	json_text(j, "scandrift");
	json_key(j, "version");
	json_text(j, SCANDRIFT_VERSION);
	json_key(j, "build");
	json_text(j, build_commit());
	json_end_object(j);
	json_end_inline(j);
	if (o->evaluate.has_now)
		put_time(j, "now", o->evaluate.now_s);
	json_key(j, "times");
	json_text(j, "asserted");
	json_put_text(j, "commit", str_from(tip->hex));
	json_key(j, "targets");
	json_begin_array(j);
}

static struct err *print(const struct options *o, const struct io *io, const struct workspace *w,
			 const struct repo_commit *tip, struct buf *b)
{
	bool is_json = o->output.format == &formats[FORMAT_JSON];
	struct json_writer j = json_writer_to(b);
	struct page p = {b, io};
	int64_t now_s = run_now(&o->evaluate);

	if (is_json)
		begin_json(&j, o, tip);
	for (size_t i = 0; i < w->selected_count; i++) {
		struct timeline t;

		TRY(timeline_read(w, tip, w->selected[i], &t));
		if (is_json) {
			put_json(&j, &t);
			continue;
		}
		if (i)
			buf_char(b, '\n');
		put_text(&p, &t, now_s);
	}
	if (!is_json) {
		if (o->evaluate.has_now)
			buf_char(b, '\n');
		run_tell_now(b, &o->evaluate);
		return NULL;
	}
	json_end_array(&j);
	json_end_object(&j);
	json_finish(&j);
	return escape_json_commands(b);
}

static struct err *log_targets(const struct options *o, const struct io *io,
			       const struct workspace *w)
{
	struct repo_commit tip = w->commit;
	struct buf b = BUF_INIT(LOG_SIZE_MAX);
	struct err *e = NULL;

	if (o->branch) {
		struct repo_tip named;

		TRY(repo_resolve_tip(w->repo, o->branch, w->arena, &named));
		if (named.commit.is_unborn)
			return err_new(ERR_REPO, "--branch: there is no branch %s", o->branch);
		tip = named.commit;
	}
	e = print(o, io, w, &tip, &b);
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the log");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

struct err *cmd_log(const struct options *o, struct io *io, int *code)
{
	const struct workspace_options where = options_workspace(o);
	struct workspace w;
	struct err *e;

	if (o->output.format && o->output.format != &formats[FORMAT_TEXT] &&
	    o->output.format != &formats[FORMAT_JSON])
		return err_new(ERR_USAGE, "log: --format is text or json, not %s",
			       o->output.format->name);
	if (o->log.runs && o->evaluate.has_now && !o->log.every_s)
		return err_new(ERR_USAGE,
			       "log: --now with --runs goes with --every: only a run that is "
			       "missing depends on it");
	TRY(workspace_open(&where, io, &w));
	*code = 0;
	e = o->log.runs ? runs_print(o, io, &w) : log_targets(o, io, &w);
	workspace_close(&w);
	return e;
}
