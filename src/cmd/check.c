/* SPDX-License-Identifier: Apache-2.0 */
/* check: what is live against what was committed. */
#include <stdlib.h>
#include <string.h>

#include "cloud/replay.h"
#include "cmd/options.h"
#include "history/drift_since.h"
#include "history/recording.h"
#include "result/exit.h"
#include "run/evaluate.h"
#include "run/orphans.h"
#include "run/policy_files.h"

/* A night counts for a target by when its reply arrived, so the recording must say that. */
static struct err *require_arrival(const struct recorded *there, const char *name,
				   const char *replay)
{
	/* A meta file that cannot be understood makes the target incomplete, which counts for nothing. */
	if (!there->has_reply || there->is_unreadable || there->is_timed)
		return NULL;
	return err_new(ERR_USAGE,
		       "--journal: %s/%s.json has no %s.meta.json that says when it arrived; the "
		       "journal takes what --record wrote, both files",
		       replay, name, name);
}

/* What is recorded names the commit that it was evaluated by, and when each reply arrived. */
static struct err *refuse_recording(const struct workspace *w, const struct record_options *o,
				    const char *replay)
{
	const char *option = o->branch ? "commit" : "journal";

	if (w->is_worktree)
		return err_new(ERR_USAGE,
			       "--%s: this branch has no commit yet that a record could name; "
			       "commit baselines/ and policies/ first",
			       option);
	for (size_t i = 0; replay && i < w->selected_count; i++) {
		const char *name = w->selected[i]->name.p;
		struct recorded there;

		TRY(replay_look(replay, name, w->arena, &there));
		if (there.commit && strcmp(there.commit, WORKSPACE_COMMIT_WORKTREE) == 0)
			return err_new(ERR_USAGE,
				       "--%s: %s in %s was recorded with --worktree, so no commit "
				       "was evaluated; record it without",
				       option, name, replay);
		if (o->journal)
			TRY(require_arrival(&there, name, replay));
	}
	return NULL;
}

/* What belongs to no target: told by a run over all of them. */
static struct err *judge_repository(const struct workspace *w, struct result *r)
{
	const struct file_tree tree = workspace_tree(w);
	struct orphans orphans;

	if (w->selected_count != w->targets.count)
		return NULL;
	TRY(orphans_begin(&tree, &w->targets, w->arena, r, &orphans));
	TRY(orphans_search(&orphans, ORPHANS_FOLDER));
	TRY(orphans_end(&orphans));
	return judge_empty_policies(r, w->policies, NULL);
}

static struct err *check(const struct options *o, struct io *io, struct workspace *w,
			 struct live *l, struct result *r, int *code)
{
	struct sides *sides = arena_array(w->arena, w->selected_count, sizeof(*sides));
	const struct evaluation evaluation = {
		.w = w, .live = l, .keeps_configs = o->record.branch != NULL};
	const struct journal_run run = {
		.w = w, .r = r, .sides = sides, .endpoint_given = o->net.endpoint != NULL};
	struct recording recording;
	struct past_facts past;

	if (!sides)
		return err_nomem();
	if (o->record.branch || o->record.journal)
		TRY(refuse_recording(w, &o->record, o->net.replay));
	TRY(recording_prepare(&o->record, io, &run, &recording));
	TRY(judge_repository(w, r));
	r->has_verdict = true;
	TRY(evaluate_targets(&evaluation, r, sides));
	TRY(since_find(o->record.branch, w, r, sides, &past));
	TRY(past_apply(r, &past));
	TRY(result_finish(r));
	recording_make(&recording, io, &run);
	*code = (int)exit_for_result(r);
	return run_report(&o->output, io, r, code);
}

/* What there is, for --config-only: that all of it can be read is said by getting here. */
static struct err *list_config(const struct io *io, const struct workspace *w)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e;

	buf_printf(&b, "%s: targets: %zu\n", w->targets.file, w->targets.count);
	for (size_t i = 0; i < w->policies->count; i++) {
		const struct policy *p = &w->policies->list[i];

		buf_printf(&b, "%s: rules: %zu, waivers and ignores: %zu\n", p->file, p->rule_count,
			   p->waiver_count);
	}
	e = buf_check(&b, ERR_OUTPUT, "the list");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *check_live(const struct options *o, struct io *io, struct workspace *w,
			      int *code)
{
	struct live *l = NULL;
	struct result r = {0};
	struct err *e = live_open(&o->net, io, w, &l);

	if (!e)
		e = run_begin("check", &o->evaluate, io, w, &r);
	if (!e)
		e = check(o, io, w, l, &r, code);
	run_end(&r);
	live_close(l);
	return e;
}

struct err *cmd_check(const struct options *o, struct io *io, int *code)
{
	struct workspace_options where = options_workspace(o);
	struct policies policies;
	struct workspace w;
	struct err *e;

	if (o->evaluate.has_now && (o->record.branch || o->record.journal) && !o->net.replay)
		return err_new(ERR_USAGE,
			       "--now with --%s would record a night that was not; only with "
			       "--replay",
			       o->record.branch ? "commit" : "journal");
	where.files = o->check.worktree                 ? WORKSPACE_WORKTREE
		      : o->check.config_only && !o->rev ? WORKSPACE_EDITED
							: WORKSPACE_COMMIT;
	where.rev = o->rev;
	where.repairs = true;
	TRY(workspace_open(&where, io, &w));
	e = policies_open(&w, io, &policies);
	w.policies = &policies;
	if (!e && o->check.config_only) {
		*code = EXIT_FINE;
		e = list_config(io, &w);
	} else if (!e) {
		e = check_live(o, io, &w, code);
	}
	workspace_close(&w);
	return e;
}
