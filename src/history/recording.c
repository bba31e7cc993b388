/* SPDX-License-Identifier: Apache-2.0 */
#include "history/recording.h"

#include "history/observed_branch.h"

/* A recording that fails is told and counted; what was judged is reported all the same. */
static void take_failure(const struct io *io, struct result *r, const char *what, struct err *e)
{
	if (!e)
		return;
	r->side_effect_failed = true;
	(void)io_fail(io, err_wrap(e, "%s", what));
}

static struct err *fetch_journal(const struct record_options *o, struct workspace *w,
				 const struct recording *to)
{
	bool is_there = false;

	TRY(repo_fetch_ours(w->repo, to->remote, &to->runs, w->arena, &is_there));
	if (is_there || o->journal_start)
		return NULL;
	return err_new(ERR_OUTPUT,
		       "%s has no branch " JOURNAL_BRANCH "; --journal-start begins one (version "
		       "0.1.0 kept it at " JOURNAL_OLD_REF ")",
		       to->remote);
}

struct err *recording_prepare(const struct record_options *o, const struct io *io,
			      const struct journal_run *run, struct recording *out)
{
	struct workspace *w = run->w;
	struct result *r = run->r;
	struct repo_tip tip;
	struct err *e;
	bool is_there;

	*out = (struct recording){
		.branch = o->branch,
		.commit = o->branch,
		.journal = o->journal,
		.runs = {.ref = JOURNAL_REF, .is_ours = true, .is_record = true},
	};
	if (out->commit)
		TRY(observe_check(o->branch, w));
	if (out->journal)
		TRY(journal_check(w));
	if (!o->push)
		return NULL;
	out->remote = o->remote;
	TRY(repo_push_check(w->repo, "", w->arena, &out->remote));
	if (out->commit) {
		TRY(repo_resolve_tip(w->repo, o->branch, w->arena, &tip));
		out->observed = (struct repo_owed){.ref = tip.ref, .is_ours = true};
		e = repo_fetch_ours(w->repo, out->remote, &out->observed, w->arena, &is_there);
		out->commit = !e;
		take_failure(io, r, "--commit", e);
	}
	if (out->journal) {
		e = fetch_journal(o, w, out);
		out->journal = !e;
		take_failure(io, r, "--journal", e);
	}
	return NULL;
}

/* Everything that the remote lacks, also of runs before this one. */
static struct err *push(const struct io *io, struct workspace *w, struct result *r,
			const char *remote, const struct repo_owed *owed)
{
	struct repo_pushed done;

	TRY(repo_push(w->repo, remote, owed, w->arena, &done));
	if (!done.count)
		return NULL;
	if (result_has_commit(r, owed->ref))
		result_add_commit(r, owed->ref, done.hex);
	if (done.count > result_has_commit(r, owed->ref))
		log_note(&io->log, "%s: %s lacked %zu commits, and has them now", owed->ref, remote,
			 done.count);
	if (done.worktree_lag)
		log_warn(&io->log, "%s", done.worktree_lag);
	return NULL;
}

void recording_make(const struct recording *to, const struct io *io, const struct journal_run *run)
{
	struct workspace *w = run->w;
	struct result *r = run->r;

	if (to->commit)
		take_failure(io, r, "--commit", observe_commit(to->branch, io, w, r, run->sides));
	if (to->journal)
		take_failure(io, r, "--journal", journal_append(io, run));
	if (to->remote && to->commit)
		take_failure(io, r, "--commit", push(io, w, r, to->remote, &to->observed));
	if (to->remote && to->journal)
		take_failure(io, r, "--journal", push(io, w, r, to->remote, &to->runs));
}
