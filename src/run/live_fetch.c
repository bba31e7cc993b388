/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many targets at once: each waits for its identity, then for its turn in the pool, and at its end
 * for the name of its account. What one of them cannot have is its own outcome; only what no target
 * can go on without ends the run.
 */
#include <stdlib.h>

#include "cloud/replay.h"
#include "cloud/stop.h"
#include "run/live_parts.h"
#include "run/progress.h"

/* Retries of a run: where a whole service fails, tries of each target would triple its load. */
#define RETRIES_BASE    100u
#define TARGETS_A_RETRY 5u

struct batch;

struct job {
	struct batch *batch;
	const struct target *t;
	size_t i;
	struct identity *identity;
	struct identity_waiter waiter, for_account;
	bool has_account, has_outcome;
	struct pool_call call; /* its outcome is the job's, sent or not */
};

struct batch {
	struct live *l;
	struct job *jobs;
	size_t n, done, failed_n;
	live_take_outcome *take;
	void *ctx;
	struct err *failed;
	struct progress progress;
};

/* A reply that cannot be kept is judged all the same; said once, counted at the end. */
static struct err *record(struct live *l, const struct target *t, const struct fetch_outcome *o)
{
	const char *commit = l->w->is_worktree ? WORKSPACE_COMMIT_WORKTREE : l->w->commit.hex;
	struct err *e = replay_record(l->net->record, t->name.p, commit, o);

	if (!e || e->kind != ERR_OUTPUT)
		return e;
	if (l->is_unrecorded)
		err_free(e);
	else
		(void)io_fail(l->io, err_wrap(e, "--record"));
	l->is_unrecorded = true;
	return NULL;
}

static void finish_job(struct job *j)
{
	struct batch *b = j->batch;
	struct live *l = b->l;
	struct fetch_outcome *o = &j->call.steps.o;
	struct arena *a = j->call.arena;
	struct err *e = NULL;

	b->done++;
	b->failed_n += !fetch_is_ok(o);
	o->is_fetched = true;
	if (j->call.request.endpoint)
		o->endpoint = j->call.request.endpoint->url;
	o->account = identity_account(j->identity);
	o->credential = identity_mark(j->identity);
	o->unnamed = identity_account_failure(j->identity);
	if (l->io->log.level == LOG_VERBOSE)
		progress_hide(&b->progress);
	log_verbose(&l->io->log, "%s: tries=%u status=%d bytes=%zu ms=%llu", j->t->name.p, o->tries,
		    o->status, o->body.n, (unsigned long long)o->elapsed_ms);
	if (!a && !b->failed)
		b->failed = err_nomem();
	if (b->failed) {
		arena_free(a);
		return;
	}
	if (l->net->record)
		e = record(l, j->t, o);
	if (e)
		arena_free(a);
	else
		e = b->take(b->ctx, j->i, o, a);
	b->failed = e;
	progress_show(&b->progress, b->done, b->failed_n);
}

static void end_job(struct job *j)
{
	j->has_outcome = true;
	if (j->has_account)
		finish_job(j);
}

static void fail_job(struct job *j, const struct fetch_failure *f)
{
	j->call.steps.o = (struct fetch_outcome){.content_type = "", .date = "", .failure = *f};
	j->call.arena = arena_new(); /* NULL is what finish_job takes for a lack of memory */
	end_job(j);
}

static void on_reply(void *ctx, struct pool_call *call)
{
	(void)call;
	end_job(ctx);
}

static void on_renewed(void *ctx)
{
	struct job *j = ctx;
	const struct fetch_failure *f = identity_failure(j->identity);

	if (!f->reason) {
		pool_resume(j->batch->l->pool, &j->call);
		return;
	}
	j->call.steps.o.failure = *f;
	pool_end(j->batch->l->pool, &j->call);
}

static bool renew(void *ctx, struct pool_call *call)
{
	struct job *j = ctx;

	(void)call;
	j->waiter = (struct identity_waiter){.ready = on_renewed, .ctx = j};
	return identity_renew(j->identity, &j->waiter);
}

static void fail_account(struct job *j)
{
	const char *account = identity_account(j->identity), *arn = identity_arn(j->identity);
	struct fetch_failure f = {
		.reason = REASON_WRONG_ACCOUNT,
		.message = arena_printf(j->batch->l->w->arena,
					"the credentials are those of account %s (%s), expected "
					"uin = %s",
					account, arn, j->t->uin.p),
		.api_code = "",
		.request_id = "",
		.hint = "Give the target the credentials of its account, or correct its uin",
	};

	if (!f.message)
		f.message = "the credentials are those of another account";
	fail_job(j, &f);
}

static void send(struct job *j)
{
	struct batch *b = j->batch;
	struct live *l = b->l;
	struct err *e;

	e = live_make_request(l, j->t, &j->call.request);
	log_verbose(&l->io->log, "%s: asking %s", j->t->name.p, l->endpoint->url);
	j->call.request.credential = identity_credential(j->identity);
	j->call.identity = identity_name(j->identity);
	j->call.done = on_reply;
	j->call.renew = renew;
	j->call.ctx = j;
	if (!e)
		e = pool_add(l->pool, &j->call);
	if (!e)
		return;
	if (b->failed)
		err_free(e);
	else
		b->failed = e;
}

static void on_identity(void *ctx)
{
	struct job *j = ctx;
	const struct fetch_failure *f = identity_failure(j->identity);

	if (f->reason)
		fail_job(j, f);
	else
		send(j);
}

/* A target with uin is asked once its account is known to be that; others do not wait for it. */
static void on_account(void *ctx)
{
	struct job *j = ctx;
	const struct fetch_failure *f = identity_account_failure(j->identity);

	j->has_account = true;
	if (!j->t->uin.n) {
		if (j->has_outcome)
			finish_job(j);
	} else if (f->reason) {
		fail_job(j, f);
	} else if (!str_is(j->t->uin, identity_account(j->identity))) {
		fail_account(j);
	} else {
		on_identity(j);
	}
}

static bool is_stopped(void *ctx)
{
	const struct batch *b = ctx;

	return b->failed || stop_signal();
}

/* With no credential for any of them, nothing can be judged: that is an error of configuration. */
static struct err *check_configured(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!identity_is_unconfigured(b->jobs[i].identity))
			return NULL;
	return b->n ? err_new(ERR_CONFIG, "%s", identity_failure(b->jobs[0].identity)->message)
		    : NULL;
}

static struct err *prepare_jobs(struct batch *b, const struct target *const *list)
{
	for (size_t i = 0; i < b->n; i++) {
		struct identity_request wish = {0};
		struct job *j = &b->jobs[i];

		j->batch = b;
		j->t = list[i];
		j->i = i;
		TRY(live_find_identity(b->l, j->t, &wish, &j->identity));
	}
	return check_configured(b);
}

static struct err *run_jobs(struct batch *b)
{
	struct err *e;

	for (size_t i = 0; i < b->n && !b->failed; i++) {
		struct job *j = &b->jobs[i];

		j->for_account = (struct identity_waiter){.ready = on_account, .ctx = j};
		j->waiter = (struct identity_waiter){.ready = on_identity, .ctx = j};
		identity_wait_account(j->identity, &j->for_account);
		if (!j->t->uin.n)
			identity_wait(j->identity, &j->waiter);
	}
	e = pool_run(b->l->pool, is_stopped, b);
	if (b->failed) {
		err_free(e);
		return b->failed;
	}
	return e;
}

struct err *live_fetch_all(struct live *l, const struct target *const *list, size_t n,
			   live_take_outcome *take, void *ctx)
{
	struct batch b = {.l = l, .n = n, .take = take, .ctx = ctx};
	struct err *e = live_open_network(l);

	if (e)
		return e;
	b.jobs = calloc(n ? n : 1, sizeof(*b.jobs));
	if (!b.jobs)
		return err_nomem();
	b.progress = progress_on(l->io, n);
	l->session.retries_max = RETRIES_BASE + (unsigned)(n / TARGETS_A_RETRY);
	stop_catch();
	e = prepare_jobs(&b, list);
	if (!e)
		e = run_jobs(&b);
	stop_release();
	progress_hide(&b.progress);
	free(b.jobs);
	return e;
}
