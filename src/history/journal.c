/* SPDX-License-Identifier: Apache-2.0 */
#include "history/journal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/build_info.h"
#include "base/timeutil.h"
#include "json/write.h"
#include "repo/push.h"
#include "report/json_parts.h"
#include "result/exit.h"

#define RUN_ID_SIZE     33
#define RECORD_SIZE_MAX ((size_t)64 << 20)

static void put_target(struct json_writer *j, const struct result_target *t)
{
	json_begin_inline(j);
	json_begin_object(j);
	json_put_text(j, "name", t->name);
	json_key(j, "outcome");
	json_text(j, outcome_name(t->outcome));
	json_put_text(j, "baseline_digest", t->baseline_digest);
	json_put_text(j, "live_digest", t->live_digest);
	json_put_text(j, "account", t->account);
	json_put_text(j, "request_id", t->request_id);
	json_end_object(j);
	json_end_inline(j);
}

static void put_record(struct json_writer *j, const char *run_id, const struct result *r)
{
	char when[TIME_TEXT_SIZE];

	json_begin_object(j);
	json_key(j, "schema");
	json_text(j, JOURNAL_SCHEMA);
	json_put_text(j, "run", str_from(run_id));
	json_key(j, "time");
	json_text(j, time_format_rfc3339(r->is_now_given ? r->now_s : r->time_s, when));
	json_key(j, "version");
	json_text(j, SCANDRIFT_VERSION);
	json_key(j, "build");
	json_text(j, build_commit());
	json_put_text(j, "commit", r->commit);
	json_key(j, "verdict");
	json_text(j, result_verdict_name(r));
	json_key(j, "incomplete");
	json_boolean(j, result_is_incomplete(r));
	json_key(j, "exit_code");
	json_count(j, exit_for_result(r));
	json_key(j, "targets");
	json_begin_array(j);
	for (size_t i = 0; i < r->target_count; i++)
		put_target(j, &r->targets[i]);
	json_end_array(j);
	json_key(j, "evidence");
	json_null(j);
	json_end_object(j);
	json_finish(j);
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

struct err *journal_append(const struct io *io, struct workspace *w, struct result *r,
			   const char *remote)
{
	struct buf record = BUF_INIT(RECORD_SIZE_MAX), message = BUF_INIT((size_t)1 << 16);
	struct json_writer j = json_writer_to(&record);
	struct repo_change change = {.path = JOURNAL_FILE};
	struct repo_commit_request request = {
		.changes = &change, .change_count = 1, .is_record = true};
	struct repo_commit_result done = {0};
	char run_id[RUN_ID_SIZE];
	struct err *e;

	TRY(make_run_id(run_id));
	TRY(repo_resolve_tip(w->repo, JOURNAL_REF, w->arena, &request.expect));
	put_record(&j, run_id, r);
	put_message(&message, r);
	e = buf_check(&record, ERR_OUTPUT, "the record");
	if (!e)
		e = buf_check(&message, ERR_OUTPUT, "the message");
	change.bytes = buf_view(&record);
	request.message = buf_view(&message);
	if (!e)
		e = repo_commit_changes(w->repo, &request, w->arena, &done);
	if (!e)
		log_note(&io->log, "journal: %.12s on %s", done.hex, done.ref);
	if (!e && remote)
		e = repo_push(w->repo, remote, &request, w->arena, &done);
	if (done.is_committed)
		result_add_commit(r, done.ref, done.hex);
	buf_free(&record);
	buf_free(&message);
	return e;
}
