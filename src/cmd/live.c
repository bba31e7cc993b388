/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/live.h"

#include <stdlib.h>
#include <time.h>

#include "cloud/client.h"
#include "cloud/harden.h"
#include "cloud/replay.h"
#include "cmd/digest.h"

struct live {
	const struct options *o;
	const struct io *io;
	const struct workspace *w;
	struct client *client; /* NULL until the first fetch */
	struct credential credential;
	struct str profile; /* the credential's */
	struct fetch_session session;
	bool is_unrecorded;
};

struct err *live_open(const struct options *o, const struct io *io, const struct workspace *w,
		      struct live **out)
{
	struct live *l;

	if (o->replay && o->record)
		return err_new(ERR_USAGE, "--record and --replay exclude each other");
	l = calloc(1, sizeof(*l));
	if (!l)
		return err_nomem();
	l->o = o;
	l->io = io;
	l->w = w;
	*out = l;
	return NULL;
}

void live_close(struct live *l)
{
	if (!l)
		return;
	client_free(l->client);
	credential_clear(&l->credential);
	free(l);
}

static const char *lookup(void *ctx, const char *name)
{
	return io_env(ctx, name);
}

static struct err *find_credential(struct live *l, const struct target *t)
{
	struct credential_query q = {
		.profile = t->profile.p,
		.env = lookup,
		.env_ctx = (void *)(uintptr_t)l->io,
		.arena = l->w->arena,
		.now_s = (int64_t)time(NULL),
		.is_cvm_role = t->is_cvm_role,
		.log = &l->io->log,
	};

	if (l->credential.source && str_eq(l->profile, t->profile))
		return NULL;
	TRY(cloud_harden());
	credential_clear(&l->credential);
	TRY(credentials_find(&q, &l->credential));
	l->profile = t->profile;
	if (l->credential.form != CREDENTIAL_KEY || l->credential.role_arn)
		return err_new(ERR_CONFIG, "%s: %s: this version cannot exchange it for keys",
			       t->name.p, l->credential.place);
	return NULL;
}

static struct err *connect_client(struct live *l, const struct target *t)
{
	const struct client_options opt = {
		.ca_bundle = l->o->ca_bundle,
		.ssl_cert_file = io_env(l->io, "SSL_CERT_FILE"),
	};

	TRY(find_credential(l, t));
	if (l->client)
		return NULL;
	TRY(client_new(&opt, &l->client));
	l->session = (struct fetch_session){
		.http = client_http(l->client),
		.clock = fetch_clock_system(),
		.policy = retry_default,
		.log = &l->io->log,
	};
	return NULL;
}

static struct err *make_request(struct live *l, const struct target *t, struct endpoint *endpoint,
				struct fetch_request *out)
{
	const struct resource *r = &schema_registry_scan;
	struct str where = l->o->endpoint ? str_from(l->o->endpoint) : t->endpoint;

	TRY(target_unsupported_for_fetch(t));
	TRY(endpoint_parse(l->w->arena, where, endpoint));
	*out = (struct fetch_request){
		.service = r->service,
		.action = r->action,
		.version = r->version,
		.body = str_from(r->request_body),
		.region = t->region.p,
		.endpoint = endpoint,
		.credential = l->credential.source ? &l->credential : NULL,
		.timeout_ms = l->o->timeout_ms ? l->o->timeout_ms : t->timeout_ms,
		.reply_max = l->o->max_reply,
	};
	return NULL;
}

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

bool live_is_unrecorded(const struct live *l)
{
	return l->is_unrecorded;
}

static struct err *fetch(struct live *l, const struct target *t, struct fetch_outcome *out)
{
	struct endpoint endpoint;
	struct fetch_request request;

	TRY(connect_client(l, t));
	TRY(make_request(l, t, &endpoint, &request));
	if (target_is_uin_unverified(t))
		log_note(&l->io->log, "%s: uin is not verified by this version", t->name.p);
	log_verbose(&l->io->log, "%s: asking %s", t->name.p, endpoint.url);
	TRY(fetch_send(&l->session, &request, l->w->arena, out));
	log_verbose(&l->io->log, "%s: tries=%u status=%d bytes=%zu ms=%llu", t->name.p, out->tries,
		    out->status, out->body.n, (unsigned long long)out->elapsed_ms);
	return l->o->record ? record(l, t, out) : NULL;
}

struct err *live_get_reply(struct live *l, const struct target *t, struct fetch_outcome *out)
{
	if (l->o->replay)
		return replay_read(l->o->replay, t->name.p, schema_registry_scan.service,
				   l->o->max_reply, l->w->arena, out);
	return fetch(l, t, out);
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
static struct err *unusable(struct live *l, struct live_side *out, struct err *e)
{
	char *text;
	struct str copy;

	if (e->kind == ERR_NOMEM)
		return e;
	text = err_text(e);
	err_free(e);
	if (!text)
		return err_nomem();
	copy = arena_str(l->w->arena, str_from(text));
	free(text);
	out->failure.reason = "bad-reply";
	out->failure.message = copy;
	return copy.p ? NULL : err_nomem();
}

struct err *live_get(struct live *l, const struct target *t, struct live_side *out)
{
	struct normalize_options opt = workspace_reading(l->w, l->o, READ_REPLY, ERR_REPLY);
	struct fetch_outcome got = {0};
	struct reading *r = NULL;
	struct err *e;

	*out = (struct live_side){.is_fetched = !l->o->replay};
	TRY(live_get_reply(l, t, &got));
	if (!fetch_is_ok(&got)) {
		live_take_failure(out, &got);
		return NULL;
	}
	e = normalize_read(&schema_registry_scan, got.body, &opt, l->w->arena, &r);
	if (e)
		return unusable(l, out, e);
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
	return digest_config(&r->config, l->w->arena, &out->digest);
}

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

struct err *live_show_request(struct live *l, const struct target *t, struct buf *out)
{
	struct fetch_clock clock = fetch_clock_system();
	struct endpoint endpoint;
	struct fetch_request request;

	TRY(find_credential(l, t));
	TRY(make_request(l, t, &endpoint, &request));
	return fetch_show_request(&request, clock.unix_s(clock.ctx), l->w->arena, out);
}
