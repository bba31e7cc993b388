/* SPDX-License-Identifier: Apache-2.0 */
#include "history/journal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/build_info.h"
#include "base/endpoint.h"
#include "json/write.h"
#include "repo/commit.h"
#include "report/json_parts.h"
#include "result/exit.h"

#define RUN_ID_SIZE     33
#define RECORD_SIZE_MAX ((size_t)64 << 20)

/* What the record of a run is made from, once more at each try: the time is that of the try. */
struct making_record {
	const struct journal_run *run;
	const char *id;
	bool is_endpoint_other;
	struct buf text;
	struct repo_change *change;
};

static void put_fetched(struct json_writer *j, const struct live_side *live)
{
	if (live->fetched_s) {
		json_put_time(j, "fetched", live->fetched_s);
	} else {
		json_key(j, "fetched");
		json_null(j);
	}
	json_key(j, "replayed");
	json_boolean(j, live->is_replayed);
}

static void put_target(struct json_writer *j, const struct result_target *t,
		       const struct live_side *live)
{
	json_begin_inline(j);
	json_begin_object(j);
	json_put_text(j, "name", t->name);
	json_key(j, "outcome");
	json_text(j, outcome_name(t->outcome));
	json_put_text(j, "baseline_digest", t->baseline_digest);
	json_put_text(j, "live_digest", t->live_digest);
	json_put_text(j, "account", t->account);
	json_put_text(j, "endpoint", live->endpoint);
	json_put_text(j, "request_id", t->request_id);
	put_fetched(j, live);
	json_end_object(j);
	json_end_inline(j);
}

static void put_targets(struct json_writer *j, const struct journal_run *run)
{
	json_key(j, "targets_of_commit");
	json_count(j, run->w->targets.count);
	json_key(j, "targets");
	json_begin_array(j);
	for (size_t i = 0; i < run->r->target_count; i++)
		put_target(j, &run->r->targets[i], &run->sides[i].live);
	json_end_array(j);
}

static void put_record(struct json_writer *j, const struct making_record *m)
{
	const struct result *r = m->run->r;

	json_begin_object(j);
	json_key(j, "schema");
	json_text(j, JOURNAL_SCHEMA);
	json_put_text(j, "run", str_from(m->id));
	json_put_time(j, "time", (int64_t)time(NULL));
	if (r->is_now_given)
		json_put_time(j, "now", r->now_s);
	json_key(j, "version");
	json_text(j, SCANDRIFT_VERSION);
	json_key(j, "build");
	json_text(j, build_commit());
	json_put_text(j, "commit", r->commit);
	json_key(j, "endpoint_option");
	json_boolean(j, m->is_endpoint_other);
	json_key(j, "verdict");
	json_text(j, result_verdict_name(r));
	json_key(j, "incomplete");
	json_boolean(j, result_is_incomplete(r));
	json_key(j, "exit_code");
	json_count(j, exit_for_result(r));
	put_targets(j, m->run);
	json_key(j, "evidence");
	json_null(j);
	json_end_object(j);
	json_finish(j);
}

static struct err *refresh(void *ctx)
{
	struct making_record *m = ctx;
	struct json_writer j = json_writer_to(&m->text);

	buf_clear(&m->text);
	put_record(&j, m);
	m->change->bytes = buf_view(&m->text);
	return buf_check(&m->text, ERR_OUTPUT, "the record");
}

/* A recording that was made with --endpoint says so by the URL that it has. */
static struct err *find_other_endpoint(const struct journal_run *run, bool *out)
{
	*out = run->endpoint_given;
	for (size_t i = 0; i < run->r->target_count && !*out; i++) {
		struct str asked = run->sides[i].live.endpoint;
		struct endpoint own;

		if (!asked.n)
			continue;
		TRY(endpoint_parse(run->w->arena, run->w->selected[i]->endpoint, &own));
		*out = !str_is(asked, own.url);
	}
	return NULL;
}

static void put_message(struct buf *b, const struct result *r)
{
	buf_printf(b, "run: %s\n\n", result_verdict_name(r));
	for (enum outcome o = OUTCOME_EQUAL; o <= OUTCOME_NO_BASELINE; o++) {
		size_t n = result_count_outcome(r, o);

		if (n)
			buf_printf(b, "%zu %s\n", n, outcome_name(o));
	}
	if (r->commit.n)
		buf_printf(b, "\nScandrift-Baseline: %.*s\n", STR_ARG(r->commit));
}

/* Two runs of one second that saw the same would else be one and the same commit. */
static struct err *make_run_id(char out[RUN_ID_SIZE])
{
	unsigned char bytes[(RUN_ID_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_errno(ERR_OUTPUT, errno, "random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return NULL;
}

static struct err *write_record(const struct io *io, const struct journal_run *run,
				struct making_record *m, struct buf *message)
{
	struct repo_commit_request request = {
		.changes = m->change,
		.change_count = 1,
		.is_record = true,
		.refresh = refresh,
		.refresh_ctx = m,
	};
	struct repo_commit_result done = {0};
	struct workspace *w = run->w;
	struct err *e;

	TRY(repo_resolve_tip(w->repo, JOURNAL_REF, w->arena, &request.expect));
	put_message(message, run->r);
	TRY(buf_check(message, ERR_OUTPUT, "the message"));
	request.message = buf_view(message);
	e = repo_commit_changes(w->repo, &request, w->arena, &done);
	if (!e)
		log_note(&io->log, "journal: %.12s on %s", done.hex, done.ref);
	if (done.is_committed)
		result_add_commit(run->r, done.ref, done.hex);
	return e;
}

struct err *journal_append(const struct io *io, const struct journal_run *run)
{
	char id[RUN_ID_SIZE];
	struct repo_change change = {.path = JOURNAL_FILE};
	struct making_record m = {
		.run = run, .id = id, .text = BUF_INIT(RECORD_SIZE_MAX), .change = &change};
	struct buf message = BUF_INIT((size_t)1 << 16);
	struct err *e = make_run_id(id);

	if (!e)
		e = find_other_endpoint(run, &m.is_endpoint_other);
	if (!e)
		e = write_record(io, run, &m, &message);
	buf_free(&m.text);
	buf_free(&message);
	return e;
}

struct err *journal_find_tip(const struct workspace *w, struct repo_tip *out)
{
	struct repo_tip old;

	TRY(repo_resolve_tip(w->repo, JOURNAL_REF, w->arena, out));
	if (!out->commit.is_unborn)
		return NULL;
	TRY(repo_resolve_tip(w->repo, JOURNAL_OLD_REF, w->arena, &old));
	if (old.commit.is_unborn)
		return NULL;
	return err_new(ERR_REPO,
		       "the journal is at " JOURNAL_OLD_REF ", where version 0.1.0 kept it; make "
		       "the branch of it: " JOURNAL_OLD_HINT);
}

struct err *journal_check(const struct workspace *w)
{
	struct repo_tip tip;
	struct repo_entry entry;

	TRY(journal_find_tip(w, &tip));
	if (tip.commit.is_unborn)
		return NULL;
	TRY(repo_read_entry(w->repo, &tip.commit, TARGETS_FILE, 0, w->arena, &entry));
	if (entry.kind != REPO_ENTRY_MISSING)
		return err_new(ERR_USAGE,
			       "--journal: %s holds " TARGETS_FILE
			       ", so it is no journal; give that branch another name",
			       tip.ref);
	return NULL;
}
