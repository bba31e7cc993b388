/* SPDX-License-Identifier: Apache-2.0 */
/* log --runs: what the journal has, what it lacks, and where it parts (src/data/runs.schema.json). */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/timeutil.h"
#include "cmd/log.h"
#include "history/journal.h"
#include "json/object.h"
#include "json/write.h"
#include "repo/history.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/json_finding.h"
#include "run/run_result.h"

#define RUNS_SCHEMA "scandrift-runs/1"
#define PAGE_MAX    ((size_t)1 << 30)
#define MISSING_MAX 10000u
#define FETCHED_REF "refs/remotes/origin/scandrift/runs"

struct run {
	const struct repo_event *event;
	struct str time, verdict, commit, version, build; /* as the record says */
	int64_t time_s;
	struct str json;    /* the record */
	struct str problem; /* it cannot be read */
};

struct runs {
	const struct options *o;
	const struct workspace *w;
	struct repo_commit tip;
	struct run *list; /* newest first */
	size_t count;
	bool is_cut;
	int64_t *missing; /* oldest first */
	size_t missing_count;
	bool is_parted; /* from the remote's, as it was fetched */
};

static const struct json_member members[] = {
	{JSON_ROW("time", TEXT, struct run, time)},
	{JSON_ROW("verdict", TEXT, struct run, verdict)},
	{JSON_ROW("commit", TEXT, struct run, commit)},
	{JSON_ROW("version", TEXT, struct run, version)},
	{JSON_ROW("build", TEXT, struct run, build)},
};
static const struct json_object record = {JSON_OTHER_IS_ABSENT, members, ARRAY_LEN(members)};

static struct err *parse(struct run *run, struct arena *a)
{
	struct json_limits lim = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPO};
	struct err *e = json_object_parse(run->json, &lim, &record, a, run);

	if (e && e->kind == ERR_NOMEM)
		return e;
	if (e || !run->verdict.n || !time_parse_rfc3339(run->time, &run->time_s)) {
		run->problem = STR("is no record of a run");
		run->time_s = run->event->commit.time_s;
	}
	err_free(e);
	return NULL;
}

static struct err *read_run(const struct workspace *w, const struct repo_event *event,
			    struct run *out)
{
	struct repo_entry entry;

	*out = (struct run){.event = event, .time_s = event->commit.time_s};
	TRY(repo_read_entry(w->repo, &event->commit, JOURNAL_FILE, JSON_SIZE_MAX, w->arena,
			    &entry));
	if (entry.kind != REPO_ENTRY_FILE) {
		out->problem = STR("has no " JOURNAL_FILE);
		return NULL;
	}
	out->json = entry.bytes;
	return parse(out, w->arena);
}

/* One is due each interval after the last; half of one late is still that one. */
static struct err *miss(struct runs *r, int64_t from_s, int64_t to_s)
{
	int64_t every = r->o->log.every_s;

	for (int64_t due = from_s + every; due + every / 2 < to_s; due += every) {
		if (r->missing_count == MISSING_MAX)
			return NULL;
		r->missing[r->missing_count++] = due;
	}
	return NULL;
}

static struct err *find_missing(struct runs *r, int64_t now_s)
{
	if (!r->o->log.every_s || !r->count)
		return NULL;
	r->missing = arena_array(r->w->arena, MISSING_MAX, sizeof(*r->missing));
	if (!r->missing)
		return err_nomem();
	for (size_t i = r->count - 1; i > 0; i--)
		TRY(miss(r, r->list[i].time_s, r->list[i - 1].time_s));
	return miss(r, r->list[0].time_s, now_s);
}

/* Two chains that have each a record of their own. */
static struct err *find_fork(struct runs *r)
{
	struct repo_commit other;
	bool ahead = false, behind = false;
	struct err *e = repo_resolve(r->w->repo, FETCHED_REF, &other);

	if (e && e->kind != ERR_NOMEM) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	TRY(repo_is_within(r->w->repo, &other, &r->tip, &ahead));
	TRY(repo_is_within(r->w->repo, &r->tip, &other, &behind));
	r->is_parted = !ahead && !behind;
	return NULL;
}

static struct err *read_runs(struct runs *r, int64_t now_s)
{
	struct repo_tip tip;
	struct repo_history h;

	TRY(repo_resolve_tip(r->w->repo, JOURNAL_REF, r->w->arena, &tip));
	r->tip = tip.commit;
	if (tip.commit.is_unborn)
		return err_new(ERR_REPO,
			       "there is no journal here (" JOURNAL_REF "); scandrift check "
			       "--journal begins one, git fetch ORIGIN " JOURNAL_REF ":" JOURNAL_REF
			       " fetches one");
	TRY(repo_history(r->w->repo, &r->tip, NULL, 0, r->w->arena, &h));
	r->list = arena_array(r->w->arena, h.count, sizeof(*r->list));
	if (!r->list)
		return err_nomem();
	r->count = h.count;
	r->is_cut = h.is_cut;
	for (size_t i = 0; i < h.count; i++)
		TRY(read_run(r->w, &h.events[i], &r->list[i]));
	TRY(find_missing(r, now_s));
	return find_fork(r);
}

static void put(struct buf *b, struct str s)
{
	escape_terminal(b, s);
}

static void put_text(struct buf *b, const struct runs *r)
{
	char when[TIME_TEXT_SIZE];

	for (size_t i = 0; i < r->count; i++) {
		const struct run *run = &r->list[i];

		buf_printf(b, "%s  ", time_format_rfc3339(run->time_s, when));
		put(b, run->problem.n ? run->problem : run->verdict);
		buf_printf(b, "  %.12s", run->event->commit.hex);
		if (run->commit.n) {
			buf_puts(b, "  judged by ");
			put(b,
			    (struct str){run->commit.p, run->commit.n > 12 ? 12 : run->commit.n});
		}
		if (run->event->parent_count > 1)
			buf_puts(b, "  FORK: two chains meet here");
		buf_char(b, '\n');
	}
	buf_printf(b, "%zu run%s", r->count, r->count == 1 ? "" : "s");
	if (r->o->log.every_s)
		buf_printf(b, ", %zu missing", r->missing_count);
	buf_char(b, '\n');
	for (size_t i = 0; i < r->missing_count; i++)
		buf_printf(b, "missing: %s\n", time_format_rfc3339(r->missing[i], when));
	if (r->is_parted)
		buf_puts(b, "FORK: " FETCHED_REF " has records that are not here\n");
	if (r->is_cut)
		buf_puts(b, "Older runs are not in this shallow clone.\n");
	run_tell_now(b, &r->o->evaluate);
}

static void put_run_json(struct json_writer *j, const struct run *run)
{
	char when[TIME_TEXT_SIZE];

	json_begin_object(j);
	json_key(j, "commit");
	json_text(j, run->event->commit.hex);
	json_key(j, "time");
	json_text(j, time_format_rfc3339(run->time_s, when));
	json_put_text(j, "verdict", run->verdict);
	json_put_text(j, "judged_by", run->commit);
	json_put_text(j, "version", run->version);
	json_put_text(j, "build", run->build);
	json_key(j, "fork");
	json_boolean(j, run->event->parent_count > 1);
	json_put_text(j, "problem", run->problem);
	json_end_object(j);
}

static void put_json(struct json_writer *j, const struct runs *r)
{
	char when[TIME_TEXT_SIZE];

	json_begin_object(j);
	json_key(j, "schema");
	json_text(j, RUNS_SCHEMA);
	if (r->o->evaluate.has_now) {
		json_key(j, "now");
		json_text(j, time_format_rfc3339(r->o->evaluate.now_s, when));
	}
	json_key(j, "reference");
	json_text(j, JOURNAL_REF);
	json_key(j, "commit");
	json_text(j, r->tip.hex);
	json_key(j, "cut");
	json_boolean(j, r->is_cut);
	json_key(j, "parted");
	json_boolean(j, r->is_parted);
	json_key(j, "runs");
	json_begin_array(j);
	for (size_t i = 0; i < r->count; i++)
		put_run_json(j, &r->list[i]);
	json_end_array(j);
	json_key(j, "missing");
	json_begin_array(j);
	for (size_t i = 0; i < r->missing_count; i++)
		json_text(j, time_format_rfc3339(r->missing[i], when));
	json_end_array(j);
	json_end_object(j);
	json_finish(j);
}

struct err *runs_print(const struct options *o, const struct io *io, const struct workspace *w)
{
	struct runs r = {.o = o, .w = w};
	struct buf b = BUF_INIT(PAGE_MAX);
	struct json_writer j = json_writer_to(&b);
	struct err *e;

	TRY(read_runs(&r, run_now(&o->evaluate)));
	e = NULL;
	if (o->output.format == &formats[FORMAT_JSON]) {
		put_json(&j, &r);
		e = escape_json_commands(&b);
	} else {
		put_text(&b, &r);
	}
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the log");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}
