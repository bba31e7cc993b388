/* SPDX-License-Identifier: Apache-2.0 */
/* log: the timeline of targets, or the runs of the journal. */
#include "cmd/options.h"
#include "history/journal_read.h"
#include "history/timeline.h"
#include "report/formats.h"
#include "run/run_result.h"

#define LOG_SIZE_MAX ((size_t)1 << 30)

static struct err *print_runs(const struct options *o, const struct format *f,
			      const struct workspace *w, struct buf *b)
{
	struct runs runs;

	TRY(journal_read(w, o->log.every_s, run_now(&o->evaluate), &runs));
	runs.is_now_given = o->evaluate.has_now;
	runs.now_s = o->evaluate.now_s;
	return f->runs(b, &runs);
}

/* The tip whose baselines are reported. */
static struct err *find_tip(const struct options *o, const struct workspace *w,
			    struct repo_commit *out)
{
	struct repo_tip named;

	*out = w->commit;
	if (!o->branch)
		return NULL;
	TRY(repo_resolve_tip(w->repo, o->branch, w->arena, &named));
	if (named.commit.is_unborn)
		return err_new(ERR_REPO, "--branch: there is no branch %s", o->branch);
	*out = named.commit;
	return NULL;
}

static struct err *print_timelines(const struct options *o, const struct format *f,
				   const struct workspace *w, struct buf *b)
{
	struct timeline *list = arena_array(w->arena, w->selected_count + 1, sizeof(*list));
	struct repo_commit tip;
	struct timelines timelines = {
		.list = list,
		.count = w->selected_count,
		.now_s = run_now(&o->evaluate),
		.is_now_given = o->evaluate.has_now,
	};

	if (!list)
		return err_nomem();
	TRY(find_tip(o, w, &tip));
	timelines.commit = tip.hex;
	TRY(timelines_read(w, &tip, list));
	return f->timelines(b, &timelines);
}

static struct err *print(const struct options *o, const struct io *io, const struct workspace *w)
{
	const struct format *f = o->output.format ? o->output.format : &formats[FORMAT_TEXT];
	struct buf b = BUF_INIT(LOG_SIZE_MAX);
	struct err *e = o->log.runs ? print_runs(o, f, w, &b) : print_timelines(o, f, w, &b);

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

	if (o->log.runs && o->evaluate.has_now && !o->log.every_s)
		return err_new(ERR_USAGE,
			       "log: --now with --runs requires --every: only a run that is "
			       "missing depends on it");
	TRY(workspace_open(&where, io, &w));
	*code = 0;
	e = print(o, io, &w);
	workspace_close(&w);
	return e;
}
