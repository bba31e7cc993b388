/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/live.h"

#include <stdlib.h>
#include <string.h>

#include "cloud/harden.h"
#include "cloud/identity.h"
#include "cloud/net.h"
#include "cloud/pool.h"
#include "cloud/replay.h"
#include "cloud/stop.h"
#include "cmd/digest.h"
#include "cmd/progress.h"

#define JOBS_DEFAULT 16u
#define REGION_STS   "ap-guangzhou" /* what the vendor's clients name where none is */

/* The network's part: there from the first fetch on. */
struct live {
	const struct options *o;
	const struct io *io;
	const struct workspace *w;
	struct client *client; /* NULL until then */
	struct pool *pool;
	struct identities *identities;
	struct fetch_session session;
	uint64_t deadline_ms; /* on the monotonic clock; 0: none */
	bool is_unrecorded;
	struct arena **kept; /* what live_get gave out */
	size_t kept_n;
	/* The endpoints of the target before, which most often are the next one's too. */
	struct str endpoint_text, sts_text;
	const struct endpoint *endpoint, *sts;
};

struct err *live_open(const struct options *o, const struct io *io, const struct workspace *w,
		      struct live **out)
{
	struct fetch_clock clock = fetch_clock_system();
	struct live *l;

	if (o->replay && o->record)
		return err_new(ERR_USAGE, "--record and --replay exclude each other");
	l = calloc(1, sizeof(*l));
	if (!l)
		return err_nomem();
	l->o = o;
	l->io = io;
	l->w = w;
	if (o->deadline_ms)
		l->deadline_ms = clock.monotonic_ms(clock.ctx) + o->deadline_ms;
	*out = l;
	return NULL;
}

void live_close(struct live *l)
{
	if (!l)
		return;
	identities_free(l->identities);
	pool_free(l->pool);
	client_free(l->client);
	for (size_t i = 0; i < l->kept_n; i++)
		arena_free(l->kept[i]);
	free(l->kept);
	free(l);
}

static const char *lookup(void *ctx, const char *name)
{
	return io_env(ctx, name);
}

static struct err *open_network(struct live *l)
{
	const struct client_options opt = {
		.ca_bundle = l->o->ca_bundle,
		.ssl_cert_file = io_env(l->io, "SSL_CERT_FILE"),
	};
	struct identities_options who = {
		.session = &l->session,
		.arena = l->w->arena,
		.env = lookup,
		.env_ctx = (void *)(uintptr_t)l->io,
		.log = &l->io->log,
	};

	if (l->identities)
		return NULL;
	TRY(cloud_harden());
	if (!l->client)
		TRY(client_new(&opt, &l->client));
	l->session = (struct fetch_session){
		.http = client_http(l->client),
		.clock = fetch_clock_system(),
		.policy = retry_default,
		.deadline_ms = l->deadline_ms,
		.log = &l->io->log,
	};
	if (!l->pool)
		TRY(pool_new(l->client, &l->session, l->o->jobs ? l->o->jobs : JOBS_DEFAULT,
			     &l->pool));
	who.client = l->client;
	who.pool = l->pool;
	return identities_new(&who, &l->identities);
}

/* ---- what a target asks, and as whom ---- */

static struct err *parse_endpoint(struct live *l, struct str text, const struct endpoint **out)
{
	struct endpoint *e = arena_alloc(l->w->arena, sizeof(*e));

	if (!e)
		return err_nomem();
	TRY(endpoint_parse(l->w->arena, text, e));
	*out = e;
	return NULL;
}

static struct err *find_sts(struct live *l)
{
	struct endpoint *e = arena_alloc(l->w->arena, sizeof(*e));

	if (!e)
		return err_nomem();
	TRY(identity_sts_endpoint(l->w->arena, l->endpoint, e));
	l->sts = e;
	return NULL;
}

/* --endpoint is for both; without a place of its own STS is looked for beside the API. */
static struct err *find_endpoints(struct live *l, const struct target *t)
{
	struct str where = l->o->endpoint ? str_from(l->o->endpoint) : t->endpoint;
	struct str sts = l->o->endpoint ? where : t->sts_endpoint;

	if (l->endpoint && str_eq(where, l->endpoint_text) && str_eq(sts, l->sts_text))
		return NULL;
	TRY(parse_endpoint(l, where, &l->endpoint));
	TRY(sts.n ? parse_endpoint(l, sts, &l->sts) : find_sts(l));
	l->endpoint_text = where;
	l->sts_text = sts;
	return NULL;
}

static uint64_t timeout_of(const struct live *l, const struct target *t)
{
	return l->o->timeout_ms ? l->o->timeout_ms : t->timeout_ms;
}

/* The financial zones are worlds of their own; elsewhere STS is the same in every region. */
static const char *sts_region(const struct target *t)
{
	static const char isolated[] = "-fsi";
	size_t n = sizeof(isolated) - 1;

	return t->region.n > n && strcmp(t->region.p + t->region.n - n, isolated) == 0 ? t->region.p
										       : REGION_STS;
}

static struct err *find_identity(struct live *l, const struct target *t, struct identity_wish *wish,
				 struct identity **out)
{
	TRY(find_endpoints(l, t));
	wish->profile = t->profile.p;
	wish->is_cvm_role = t->is_cvm_role;
	wish->role_arn = t->role_arn.p;
	wish->sts = l->sts;
	wish->region = sts_region(t);
	wish->timeout_ms = timeout_of(l, t);
	wish->wants_account |= t->uin.n > 0;
	return identities_get(l->identities, wish, out);
}

static struct err *make_request(struct live *l, const struct target *t, struct fetch_request *out)
{
	const struct resource *r = &schema_registry_scan;

	TRY(find_endpoints(l, t));
	*out = (struct fetch_request){
		.service = r->service,
		.action = r->action,
		.version = r->version,
		.body = str_from(r->request_body),
		.region = t->region.p,
		.endpoint = l->endpoint,
		.timeout_ms = timeout_of(l, t),
		.reply_max = l->o->max_reply,
	};
	return NULL;
}

/* ---- many at once ---- */

struct batch;

struct job {
	struct batch *batch;
	const struct target *t;
	size_t i;
	struct identity *identity;
	struct identity_waiter waiter;
	struct pool_call call;
};

/* The outcome is in `a`, which is the callee's. */
typedef struct err *take_outcome(void *ctx, size_t i, struct fetch_outcome *o, struct arena *a);

struct batch {
	struct live *l;
	struct job *jobs;
	size_t n, done, failed_n;
	take_outcome *take;
	void *ctx;
	struct err *failed;
	struct progress progress;
};

/* A reply that cannot be kept is judged all the same; said once, counted at the end. */
static struct err *record(struct live *l, const struct target *t, const struct fetch_outcome *o)
{
	struct err *e = replay_record(l->o->record, t->name.p, l->w->commit.hex, o);

	if (!e || e->kind != ERR_OUTPUT)
		return e;
	if (l->is_unrecorded)
		err_free(e);
	else
		(void)io_fail(l->io, err_wrap(e, "--record"));
	l->is_unrecorded = true;
	return NULL;
}

static void finish_job(struct job *j, struct fetch_outcome *o, struct arena *a)
{
	struct batch *b = j->batch;
	struct live *l = b->l;
	struct err *e = NULL;

	b->done++;
	b->failed_n += !fetch_is_ok(o);
	o->is_fetched = true;
	o->account = identity_account(j->identity);
	if (l->io->log.level == LOG_VERBOSE)
		progress_hide(&b->progress);
	log_verbose(&l->io->log, "%s: tries=%u status=%d bytes=%zu ms=%llu", j->t->name.p, o->tries,
		    o->status, o->body.n, (unsigned long long)o->elapsed_ms);
	if (b->failed) {
		arena_free(a);
		return;
	}
	if (l->o->record)
		e = record(l, j->t, o);
	if (e)
		arena_free(a);
	else
		e = b->take(b->ctx, j->i, o, a);
	b->failed = e;
	progress_show(&b->progress, b->done, b->failed_n);
}

static void fail_job(struct job *j, const struct fetch_failure *f)
{
	struct fetch_outcome o = {.content_type = "", .date = "", .failure = *f};
	struct arena *a = arena_new();

	if (a) {
		finish_job(j, &o, a);
		return;
	}
	if (!j->batch->failed)
		j->batch->failed = err_nomem();
	j->batch->done++;
}

static void on_reply(void *ctx, struct pool_call *call)
{
	struct job *j = ctx;

	finish_job(j, &call->steps.o, call->arena);
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
		.reason = "wrong-account",
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

static void on_identity(void *ctx)
{
	struct job *j = ctx;
	struct batch *b = j->batch;
	struct live *l = b->l;
	const struct fetch_failure *f = identity_failure(j->identity);
	struct err *e;

	if (f->reason) {
		fail_job(j, f);
		return;
	}
	if (j->t->uin.n && !str_is(j->t->uin, identity_account(j->identity))) {
		fail_account(j);
		return;
	}
	e = make_request(l, j->t, &j->call.request);
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
		struct identity_wish wish = {0};
		struct job *j = &b->jobs[i];

		j->batch = b;
		j->t = list[i];
		j->i = i;
		TRY(find_identity(b->l, j->t, &wish, &j->identity));
	}
	return check_configured(b);
}

static struct err *run_jobs(struct batch *b)
{
	struct err *e;

	for (size_t i = 0; i < b->n && !b->failed; i++) {
		struct job *j = &b->jobs[i];

		j->waiter = (struct identity_waiter){.ready = on_identity, .ctx = j};
		identity_wait(j->identity, &j->waiter);
	}
	e = pool_run(b->l->pool, is_stopped, b);
	if (b->failed) {
		err_free(e);
		return b->failed;
	}
	return e;
}

static struct err *fetch_all(struct live *l, const struct target *const *list, size_t n,
			     take_outcome *take, void *ctx)
{
	struct batch b = {.l = l, .n = n, .take = take, .ctx = ctx};
	struct err *e = open_network(l);

	if (e)
		return e;
	b.jobs = calloc(n ? n : 1, sizeof(*b.jobs));
	if (!b.jobs)
		return err_nomem();
	b.progress = progress_on(l->io, n);
	stop_catch();
	e = prepare_jobs(&b, list);
	if (!e)
		e = run_jobs(&b);
	stop_release();
	progress_hide(&b.progress);
	free(b.jobs);
	return e;
}

/* ---- from a folder ---- */

/* Of recordings that name several commits, ours counts, else the first. */
static struct err *find_commit(struct live *l, const struct target *const *list, size_t n,
			       const char **out)
{
	const char *first = NULL;

	*out = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *commit = NULL;

		TRY(replay_commit(l->o->replay, list[i]->name.p, l->w->arena, &commit));
		if (!commit)
			continue;
		if (!first)
			first = commit;
		if (strcmp(commit, l->w->commit.hex) == 0) {
			*out = commit;
			return NULL;
		}
	}
	*out = first;
	return NULL;
}

static struct err *judge_recording(const struct target *t, const char *commit, struct arena *a,
				   struct fetch_outcome *o)
{
	struct fetch_failure f = {.api_code = "", .request_id = ""};

	if (commit && o->commit && strcmp(commit, o->commit) != 0) {
		f.reason = "other-commit";
		f.message =
			arena_printf(a, "recorded by a run on commit %.12s, and others on %.12s",
				     o->commit, commit);
		f.hint = "Run all shards on one commit, and this again";
	} else if (t->uin.n && o->account && *o->account && !str_is(t->uin, o->account)) {
		f.reason = "wrong-account";
		f.message = arena_printf(a, "recorded from account %s, expected uin = %s",
					 o->account, t->uin.p);
		f.hint = "Record it with the credentials of its account, or correct its uin";
	} else {
		return NULL;
	}
	o->failure = f;
	return f.message ? NULL : err_nomem();
}

static struct err *replay_all(struct live *l, const struct target *const *list, size_t n,
			      take_outcome *take, void *ctx)
{
	const char *commit = NULL;

	if (n > 1)
		TRY(find_commit(l, list, n, &commit));
	for (size_t i = 0; i < n; i++) {
		struct fetch_outcome o = {0};
		struct arena *a = arena_new();
		struct err *e;

		if (!a)
			return err_nomem();
		e = replay_read(l->o->replay, list[i]->name.p, schema_registry_scan.service,
				l->o->max_reply, a, &o);
		if (!e)
			e = judge_recording(list[i], commit, a, &o);
		if (e) {
			arena_free(a);
			return e;
		}
		TRY(take(ctx, i, &o, a));
	}
	return NULL;
}

static struct err *get_all(struct live *l, const struct target *const *list, size_t n,
			   take_outcome *take, void *ctx)
{
	return l->o->replay ? replay_all(l, list, n, take, ctx) : fetch_all(l, list, n, take, ctx);
}

/* ---- from an outcome to a side ---- */

struct err *live_refuse(const struct target *t, const struct live_side *side)
{
	struct str code = side->failure.api_code, id = side->failure.request_id;

	return err_new(ERR_NET, "%s: %s: %.*s%s%.*s%s%s%.*s%s", t->name.p, side->failure.reason,
		       STR_ARG(side->failure.message), code.n || id.n ? " (" : "", STR_ARG(code),
		       code.n && id.n ? ", " : "", id.n ? "RequestId " : "", STR_ARG(id),
		       code.n || id.n ? ")" : "");
}

struct err *live_require(const struct target *t, const struct live_side *side)
{
	const struct reading *r = side->reading;

	if (side->failure.reason)
		return live_refuse(t, side);
	for (size_t i = 0; i < r->note_count; i++) {
		const struct note *n = &r->notes[i];

		if (n->kind == NOTE_TYPE_CHANGED || n->kind == NOTE_BAD_VALUE ||
		    n->kind == NOTE_REQUIRED)
			return err_new(ERR_REPLY, "%s: the reply is not whole: %.*s: %.*s",
				       t->name.p, STR_ARG(n->path), STR_ARG(n->message));
	}
	/* Of notes without end only the first ones are kept. */
	return reading_is_whole(r) ? NULL
				   : err_new(ERR_REPLY, "%s: the reply is not whole", t->name.p);
}

void live_take_failure(struct live_side *side, const struct fetch_outcome *o)
{
	side->failure.reason = o->failure.reason;
	side->failure.message = str_from(o->failure.message);
	side->failure.api_code = str_from(o->failure.api_code);
	side->failure.request_id = str_from(o->failure.request_id);
	side->failure.next = str_from(o->failure.hint);
}

/* A reply came and is no JSON that we take: the target's failure, not the run's. */
static struct err *unusable(struct arena *a, struct live_side *out, struct err *e)
{
	char *text;
	struct str copy;

	if (e->kind == ERR_NOMEM)
		return e;
	text = err_text(e);
	err_free(e);
	if (!text)
		return err_nomem();
	copy = arena_str(a, str_from(text));
	free(text);
	out->failure.reason = "bad-reply";
	out->failure.message = copy;
	return copy.p ? NULL : err_nomem();
}

static struct err *read_side(struct live *l, const struct target *t, const struct fetch_outcome *o,
			     struct arena *a, struct live_side *out)
{
	struct normalize_options opt = workspace_reading(l->w, l->o, READ_REPLY, ERR_REPLY);
	struct reading *r = NULL;
	struct err *e;

	*out = (struct live_side){.is_fetched = o->is_fetched,
				  .account = str_from(o->account ? o->account : "")};
	if (!fetch_is_ok(o)) {
		live_take_failure(out, o);
		return NULL;
	}
	e = normalize_read(&schema_registry_scan, o->body, &opt, a, &r);
	if (e)
		return unusable(a, out, e);
	out->reading = r;
	if (r->has_error) {
		out->failure.reason = "api-error";
		out->failure.message = r->error_message;
		out->failure.api_code = r->error_code;
		return NULL;
	}
	if (reading_text(r, "DeprecatedWarning").n)
		log_note(&l->io->log, "%s: the API says: %.*s", t->name.p,
			 STR_ARG(reading_text(r, "DeprecatedWarning")));
	return digest_config(&r->config, a, &out->digest);
}

struct sides_taker {
	struct live *l;
	const struct target *const *list;
	live_take *take;
	void *ctx;
};

static struct err *take_side(void *ctx, size_t i, struct fetch_outcome *o, struct arena *a)
{
	struct sides_taker *s = ctx;
	struct live_side side;
	struct err *e = read_side(s->l, s->list[i], o, a, &side);

	if (e) {
		arena_free(a);
		return e;
	}
	return s->take(s->ctx, i, &side, a);
}

struct err *live_get_all(struct live *l, const struct target *const *list, size_t n,
			 live_take *take, void *ctx)
{
	struct sides_taker s = {l, list, take, ctx};

	return get_all(l, list, n, take_side, &s);
}

/* ---- one ---- */

struct single {
	struct live *l;
	struct fetch_outcome *outcome;
	struct live_side *side;
};

static struct err *keep(struct live *l, struct arena *a)
{
	struct arena **v = reallocarray(l->kept, l->kept_n + 1, sizeof(struct arena *));

	if (!v) {
		arena_free(a);
		return err_nomem();
	}
	l->kept = v;
	l->kept[l->kept_n++] = a;
	return NULL;
}

static struct err *take_single_side(void *ctx, size_t i, const struct live_side *side,
				    struct arena *a)
{
	struct single *s = ctx;

	(void)i;
	TRY(keep(s->l, a));
	*s->side = *side;
	return NULL;
}

static struct err *take_single_outcome(void *ctx, size_t i, struct fetch_outcome *o,
				       struct arena *a)
{
	struct single *s = ctx;

	(void)i;
	TRY(keep(s->l, a));
	*s->outcome = *o;
	return NULL;
}

struct err *live_get(struct live *l, const struct target *t, struct live_side *out)
{
	struct single s = {.l = l, .side = out};

	return live_get_all(l, &t, 1, take_single_side, &s);
}

struct err *live_get_reply(struct live *l, const struct target *t, struct fetch_outcome *out)
{
	struct single s = {.l = l, .outcome = out};

	return get_all(l, &t, 1, take_single_outcome, &s);
}

int live_signal(const struct live *l)
{
	(void)l;
	return stop_signal();
}

bool live_is_unrecorded(const struct live *l)
{
	return l->is_unrecorded;
}

/* ---- for people ---- */

/* Without asking anybody: a credential that has yet to be exchanged signs nothing here. */
struct err *live_show_request(struct live *l, const struct target *t, struct buf *out)
{
	struct fetch_clock clock = fetch_clock_system();
	struct identity_wish wish = {0};
	struct identity *id = NULL;
	struct fetch_request request;

	TRY(open_network(l));
	TRY(find_identity(l, t, &wish, &id));
	if (identity_is_unconfigured(id))
		return err_new(ERR_CONFIG, "%s", identity_failure(id)->message);
	TRY(make_request(l, t, &request));
	if (secret_is_set(&identity_credential(id)->id))
		request.credential = identity_credential(id);
	return fetch_show_request(&request, clock.unix_s(clock.ctx), l->w->arena, out);
}

static void on_passed(void *ctx, const char *source, const char *why)
{
	buf_printf(ctx, "  %-12s passed over: %s\n", source, why);
}

static void on_known(void *ctx)
{
	(void)ctx;
}

static struct err *put_source(const struct live *l, const struct identity *id, struct buf *out)
{
	const struct credential *root = identity_root(id);
	const char *masked = credential_masked_id(root, l->w->arena);

	if (!masked)
		return err_nomem();
	if (!root->source) {
		buf_printf(out, "  %-12s %s\n", "none", identity_failure(id)->message);
		return NULL;
	}
	buf_printf(out, "  %-12s used: %s", root->source, root->place);
	if (root->form == CREDENTIAL_KEY)
		buf_printf(out, ", SecretId %s, %s", masked,
			   secret_is_set(&root->token) ? "with a token" : "without a token");
	buf_char(out, '\n');
	return NULL;
}

static void put_rest(const struct identity *id, const struct target *t, struct buf *out)
{
	const struct credential *root = identity_root(id);
	const struct fetch_failure *f = identity_failure(id);
	bool is_behind = false;

	for (size_t i = 0; root->source && credentials_source_name(i); i++) {
		const char *name = credentials_source_name(i);

		if (is_behind)
			buf_printf(out, "  %-12s not looked at\n", name);
		is_behind |= strcmp(name, root->source) == 0;
	}
	if (root->role_arn)
		buf_printf(out, "  %-12s %s, said by the file\n", "role", root->role_arn);
	if (t->role_arn.n)
		buf_printf(out, "  %-12s %s\n", "role-arn", t->role_arn.p);
	if (f->reason && root->source)
		buf_printf(out, "  %-12s %s%s%s%s\n", "failed", f->message,
			   *f->api_code ? " (" : "", f->api_code, *f->api_code ? ")" : "");
	if (!f->reason)
		buf_printf(out, "  %-12s %s%s%s%s\n", "account", identity_account(id),
			   *identity_arn(id) ? " (" : "", identity_arn(id),
			   *identity_arn(id) ? ")" : "");
	if (!f->reason && t->uin.n && !str_is(t->uin, identity_account(id)))
		buf_printf(out, "  %-12s %s is another account\n", "uin", t->uin.p);
}

struct err *live_explain(struct live *l, const struct target *t, struct buf *out, struct err **why)
{
	const struct fetch_failure *f;
	struct identity_wish wish = {.wants_account = true, .passed = on_passed, .passed_ctx = out};
	struct identity_waiter waiter = {.ready = on_known};
	struct batch b = {0};
	struct identity *id = NULL;
	struct err *e;

	TRY(open_network(l));
	buf_printf(out, "target %s\n", t->name.p);
	TRY(find_identity(l, t, &wish, &id));
	TRY(put_source(l, id, out));
	stop_catch();
	identity_wait(id, &waiter);
	e = pool_run(l->pool, is_stopped, &b);
	stop_release();
	if (e)
		return e;
	put_rest(id, t, out);
	f = identity_failure(id);
	if (f->reason)
		*why = err_new(identity_is_unconfigured(id) ? ERR_CONFIG : ERR_NET, "%s: %s: %s",
			       t->name.p, f->reason, f->message);
	return NULL;
}
